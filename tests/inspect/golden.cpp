// Golden dumps: five graphs at every stage, in every format, for a processor without instructions of its own, so that they are
// the same on every machine; their CUDA C as well. Machine code, PTX and SVG are what other programs make of these: they
// are looked at in dumps.cpp. CROTON_UPDATE=1 rewrites them.
#include "croton/croton.h"
#include "codegen/c.h"
#include "codegen/llvm.h"
#include "src/api/compiled.h"
#include "src/driver/built_executable.h"
#include "src/driver/gpu_target.h"
#include "src/inspect/dump.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

using namespace croton;
namespace fs = std::filesystem;

namespace {

struct Golden {
  const char* name;
  Function function;
};

std::vector<Golden> graphs() {
  std::vector<Golden> all;
  auto x = tensor<f32>("x", {dim("n"), 8});
  auto y = tensor<i32>("y", {dim("n")});
  auto w = shared(ones<f32>({8}), "w");
  auto v = vector<f64>("v");
  Expr loss = mean(cross_entropy(x * w, y));
  all.push_back({"chain", function({v}, exp(log(1 + v) * 2) + v / 4, {.name = "chain"})});
  all.push_back({"softmax", function({x}, softmax(x), {.name = "softmax"})});
  all.push_back({"training", function({x, y}, loss, {.updates = {{w, w - 0.5f * grad(loss, w)}}, .name = "training", .output_names = {"loss"}})});
  all.push_back({"views", function({x}, {x, sum(x(slice(1, none), slice(none, none, -1)), 0) + x.T()(0, 0)}, {.name = "views"})});
  all.push_back({"moments", function({v}, {var(v), max(v), argmax(v) + 1, logsumexp(v)}, {.name = "moments"})});
  return all;
}

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The numbers of shared variables' storage count up through the process.
std::string without_ids(const std::string& text) { return std::regex_replace(std::regex_replace(text, std::regex("state=\\d+"), "state=#"), std::regex("\"state\":\\d+"), "\"state\":0"); }

// A program for a machine that is the same everywhere; it only shows what would run.
class Shown final : public driver::BuiltExecutable {
public:
  Shown(const Program& program, const driver::Target& target) : BuiltExecutable(program, target) {
    source_ = target.dialect == ir::Dialect::llvm ? codegen::llvm_module(built_.kernels).text : codegen::c_module(built_.kernels, codegen::cuda_c()).text;
  }
  void run(std::span<const TensorView>, std::span<const TensorView>) const override { throw InternalError("[golden] it does not run"); }
  std::unique_ptr<BoundCall> bind(std::span<const TensorView>, std::span<const TensorView>) const override { throw InternalError("[golden] it does not run"); }
  std::string code(std::string_view stage) const override { return stage == "source" || stage == "llvm" ? source_ : ""; }

private:
  std::string source_;
};

void compare(const std::string& name, const std::string& now) {
  const fs::path folder = fs::path(CROTON_SOURCE_DIR) / "tests/inspect/golden", path = folder / name;
  if (std::getenv("CROTON_UPDATE")) {
    fs::create_directories(folder);
    std::ofstream(path, std::ios::binary) << without_ids(now);
  }
  INFO(path << ": CROTON_UPDATE=1 rewrites it");
  CHECK(read(path) == without_ids(now));
}

} // namespace

TEST_CASE("golden dumps of five graphs") {
  driver::Target cpu = driver::cpu_target();
  cpu.features = {};
  for (const Golden& g : graphs()) {
    const Program& program = detail::Access::compiled(g.function).program;
    Shown processor(program, cpu), gpu(program, driver::gpu_target({}));
    for (const inspect::Stage& stage : inspect::stages()) {
      if (!stage.brings.empty() && stage.name != "llvm") continue;
      for (const char* format : {"text", "json", "dot"}) {
        if (stage.kind == inspect::StageKind::code && std::string_view(format) == "dot") continue;
        std::string ending = std::string_view(format) == "text" ? "txt" : format;
        compare(std::string(g.name) + "." + std::string(stage.name) + "." + ending, inspect::dump(program, processor, stage.name, {format}));
      }
    }
    compare(std::string(g.name) + ".source.cu", inspect::dump(program, gpu, "source"));
  }
}
