// Runs the program `croton` and looks at what it says.
#pragma once
#include "src/io/npy.h"
#include "tests/io/bytes.h"
#include "tests/support/catch.h"
#include <cstdio>
#include <cstring>
#include <string>
#include <sys/wait.h>

namespace croton::cli::testing {

using io::NpyArray;

struct Outcome {
  int code = -1; ///< 128 and more: killed by a signal
  std::string out, err;
};

/// A folder to run in; paths on the command line are relative to it.
class Folder : public io::testing::TemporaryFolder {
public:
  /// `line` as in a shell, behind the program's name.
  Outcome croton(const std::string& line) const { return shell(std::string(CROTON_PROGRAM) + " " + line); }

  Outcome shell(const std::string& line) const {
    Outcome result;
    std::string command = "cd '" + *this / "" + "' && ( " + line + " ) 2>'" + *this / "stderr.txt" + "'";
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    char buffer[4096];
    for (std::size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) result.out.append(buffer, n);
    int status = pclose(pipe);
    result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.err = io::testing::get(*this / "stderr.txt");
    return result;
  }

  void put(const std::string& name, std::string_view text) const { io::testing::put(*this / name, text); }
  std::string get(const std::string& name) const { return io::testing::get(*this / name); }

  template <class T> void save(const std::string& name, std::vector<i64> shape, std::vector<T> values) const {
    io::write_npy(*this / name, dtype_of<T>, shape, std::as_bytes(std::span(values)));
  }
  template <class T> std::vector<T> load(const std::string& name, const std::vector<i64>& shape) const { return values<T>(io::read_npy(*this / name), shape); }

  template <class T> static std::vector<T> values(const NpyArray& array, const std::vector<i64>& shape) {
    REQUIRE(array.dtype == dtype_of<T>);
    REQUIRE(array.shape == shape);
    std::vector<T> result(array.data.size() / sizeof(T));
    if (!result.empty()) std::memcpy(result.data(), array.data.data(), array.data.size());
    return result;
  }
};

/// Ran without a word on stderr.
inline std::string succeeded(const Outcome& o) {
  INFO(o.err);
  REQUIRE(o.code == 0);
  CHECK(o.err.empty());
  return o.out;
}

/// The message of a user's error: exit code 2, nothing printed, one line.
inline std::string refused(const Outcome& o) {
  INFO(o.err);
  REQUIRE(o.code == 2);
  CHECK(o.out.empty());
  constexpr std::string_view prefix = "croton: ";
  REQUIRE(o.err.starts_with(prefix));
  REQUIRE(o.err.ends_with('\n'));
  std::string line = o.err.substr(prefix.size(), o.err.size() - prefix.size() - 1);
  CHECK(line.find('\n') == std::string::npos);
  return line;
}

} // namespace croton::cli::testing
