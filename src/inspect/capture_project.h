// The files of a capture that are the same for every call: a CMake project that runs it again.
#pragma once
#include <string>
#include <string_view>

namespace croton::inspect {

inline constexpr std::string_view capture_cmake = R"(# Runs the captured call again: cmake -B build && cmake --build build && build/replay
cmake_minimum_required(VERSION 3.25)
project(CrotonReplay LANGUAGES CXX)
find_package(Croton REQUIRED)
add_executable(replay replay.cpp)
target_link_libraries(replay PRIVATE Croton::croton)
target_compile_definitions(replay PRIVATE CAPTURE="${CMAKE_CURRENT_SOURCE_DIR}")
)";

inline constexpr std::string_view capture_program = R"(// replay [DEVICE]: loads the graph and the values of the captured call, runs it and compares with what was recorded.
// Exit code 0: the same; 1: it differs; 2: it cannot be run.
#include <croton/croton.h>
#include <iostream>

int main(int argc, char** argv) {
  try {
    croton::Replay replay = croton::replay(CAPTURE, argc > 1 ? argv[1] : "");
    std::cout << replay.text;
    return replay.same ? 0 : 1;
  } catch (const croton::Error& error) {
    std::cerr << "replay: " << error.what() << "\n";
    return 2;
  }
}
)";

inline std::string capture_readme(const std::string& function, const std::string& device, const std::string& error) {
  std::string text = "# A call of '" + function + "' on " + device + "\n\nWritten by Croton " CROTON_VERSION ", for a report about a wrong value or an error.\n\n";
  if (!error.empty()) text += "The call failed:\n\n```text\n" + error + "\n```\n\n";
  return text + R"(Run it again, and compare with what was recorded:

```sh
croton run .                          # on the device of the capture; --device NAME for another
croton run graph.json --inputs inputs.npz
cmake -B build && cmake --build build && build/replay
```

| file | holds |
| --- | --- |
| `graph.json` | the graph |
| `inputs.npz`, `state.npz` | values of its inputs and shared variables |
| `outputs.npz`, `state_after.npz` | what the call computed; they are missing when it failed |
| `capture.json` | device, options, versions, the error |
| `stages/` | the program at every stage of its compilation |

The values are those of the program that wrote this: look at them before you pass them on.
)";
}

} // namespace croton::inspect
