// Golden dumps: five graphs at every stage, in every format, for a processor without instructions of its own, so that they are
// the same on every machine; their CUDA C as well. CROTON_UPDATE=1 rewrites them. What tools make of these: golden_tools.cpp.
#include "src/api/compiled.h"
#include "src/inspect/dump.h"
#include "tests/inspect/golden_graphs.h"
#include "tests/inspect/golden_machines.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <regex>

using namespace croton;
using namespace croton::test;
namespace fs = std::filesystem;

namespace {

// The numbers of shared variables' storage count up through the process.
std::string without_ids(const std::string& text) { return std::regex_replace(std::regex_replace(text, std::regex("state=\\d+"), "state=#"), std::regex("\"state\":\\d+"), "\"state\":0"); }

void compare(const std::string& name, const std::string& now) {
  const fs::path path = golden_folder / name;
  if (std::getenv("CROTON_UPDATE")) {
    fs::create_directories(golden_folder);
    std::ofstream(path, std::ios::binary) << without_ids(now);
  }
  INFO(path << ": CROTON_UPDATE=1 rewrites it");
  CHECK(read(path) == without_ids(now));
}

} // namespace

TEST_CASE("golden dumps of five graphs") {
  for (const Golden& g : golden_graphs()) {
    const Program& program = detail::Access::compiled(g.function).program;
    Shown processor(program, golden_processor()), gpu(program, driver::gpu_target({}));
    for (const inspect::Stage& stage : inspect::stages()) {
      if (!stage.brings.empty() && stage.name != "llvm") continue;
      for (const char* format : {"text", "json", "dot"}) {
        if (stage.kind == inspect::StageKind::code && std::string_view(format) == "dot") continue;
        std::string ending = std::string_view(format) == "text" ? "txt" : format;
        compare(std::string(g.name) + "." + std::string(stage.name) + "." + ending, inspect::dump(program, processor, stage.name, {format}));
      }
    }
    compare(std::string(g.name) + ".source.cu", inspect::dump(program, gpu, "source").substr(codegen::cuda_c().prologue.size()));
  }
}
