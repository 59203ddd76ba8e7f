// Golden dumps: five graphs at every stage that is the same on every machine, in every format. CROTON_UPDATE=1 rewrites them.
#include "croton/croton.h"
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

// Storage is numbered in the order in which a process makes it.
std::string without_ids(const std::string& text) { return std::regex_replace(std::regex_replace(text, std::regex("state=\\d+"), "state=#"), std::regex("\"state\":\\d+"), "\"state\":0"); }

} // namespace

TEST_CASE("golden dumps of five graphs") {
  const fs::path folder = fs::path(CROTON_SOURCE_DIR) / "tests/inspect/golden";
  bool update = std::getenv("CROTON_UPDATE") != nullptr;
  if (update) fs::create_directories(folder);
  for (const Golden& g : graphs())
    for (const char* stage : {"input", "unified", "simplified", "optimized", "scheduled", "contracted", "plan"})
      for (const char* format : {"text", "json", "dot"}) {
        bool kernels = std::string_view(stage) == "scheduled" || std::string_view(stage) == "contracted";
        if (kernels && std::string_view(format) != "text") continue; // the same text once more
        fs::path path = folder / (std::string(g.name) + "." + stage + "." + (std::string_view(format) == "text" ? "txt" : format));
        std::string now = without_ids(g.function.dump(stage, {.format = format}));
        if (update) std::ofstream(path, std::ios::binary) << now;
        INFO(path << ": CROTON_UPDATE=1 rewrites it");
        CHECK(read(path) == now);
      }
}
