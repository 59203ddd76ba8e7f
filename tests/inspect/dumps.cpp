// Dumps: every stage in every format, text that parses back, long graphs folded and cut, files by the environment.
#include "croton/croton.h"
#include "ir/json.h"
#include "ir/pretty.h"
#include "ir/text.h"
#include "runtime/cuda/cuda.h"
#include "src/api/bridge.h"
#include "src/inspect/dump.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <unistd.h>

using namespace croton;
using Json = nlohmann::json;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

Function softmax_loss(const std::string& device = "cpu") {
  auto x = tensor<f32>("x", {dim("rows"), 64});
  auto y = tensor<i32>("y", {dim("rows")});
  auto W = shared(zeros<f32>({64, 10}), "W");
  Expr loss = mean(cross_entropy(dot(x, W), y));
  return function({x, y}, loss, {.updates = {{W, W - 0.1f * grad(loss, W)}}, .device = device, .name = "loss"});
}

bool has_nvrtc() { return runtime::cuda::missing_compiler().empty(); }
bool has_cuda() { return !runtime::cuda::list().empty(); }

bool has_graphviz() { return std::system("dot -V > /dev/null 2>&1") == 0; }

} // namespace

TEST_CASE("every stage in every format") {
  Function f = softmax_loss();
  for (auto& stage : inspect::stages()) {
    INFO(stage.name);
    std::string name(stage.name);
    if (stage.brings == "cuda" || stage.brings == "cuda or opencl") {
      CHECK_THROWS_AS(f.dump(name), UnsupportedError);
      continue;
    }
    CHECK(f.dump(name).size() > 20);
    CHECK(Json::parse(f.dump(name, {.format = "json"})).size() > 0);
    if (stage.kind == inspect::StageKind::code) {
      CHECK_THROWS_AS(f.dump(name, {.format = "dot"}), UnsupportedError);
      continue;
    }
    CHECK(f.dump(name, {.format = "dot"}).starts_with("digraph croton {"));
    if (has_graphviz()) CHECK(contains(f.dump(name, {.format = "svg"}), "<svg"));
    else CHECK_THROWS_AS(f.dump(name, {.format = "svg"}), UnsupportedError);
  }
}

TEST_CASE("what a device is given when a call needs it") {
  Function f = softmax_loss("cuda");
  CHECK(contains(f.dump("source.wide"), "__global__"));
  CHECK(f.dump("source.wide") != f.dump("source"));
  CHECK(f.dump("source.rare") != f.dump("source.wide.rare"));
}

TEST_CASE("PTX, facts and SASS of the device cuda, without a device") {
  Function f = softmax_loss("cuda");
  if (has_nvrtc()) {
    CHECK(contains(f.dump("ptx"), ".entry"));
    CHECK(contains(Json::parse(f.dump("ptx", {.format = "json"})).at("text").get<std::string>(), ".target sm_"));
    std::string source = f.dump("source");
    Json facts = Json::parse(f.dump("cubin", {.format = "json"}));
    CHECK(facts.at("kernels").size() > 0);
    for (const Json& k : facts.at("kernels")) {
      CHECK(contains(source, k.at("kernel").get<std::string>() + "("));
      CHECK(k.at("registers").get<int>() > 0);
      CHECK(k.at("spill_store_bytes") == 0);
    }
    CHECK(contains(f.dump("cubin"), " registers, "));
  } else {
    for (const char* stage : {"ptx", "cubin", "sass"}) CHECK_THROWS_AS(f.dump(stage), UnsupportedError);
  }
  try {
    std::string sass = f.dump("sass");
    CHECK(contains(sass, "EXIT"));
  } catch (const UnsupportedError& e) { // the program or the compiler is not installed: which package it is in
    CHECK((contains(e.what(), "nvidia-cuda-toolkit") || contains(e.what(), "NVRTC")));
  }
}

TEST_CASE("another architecture by the environment") {
  NEEDS(has_nvrtc() && !has_cuda(), "NVRTC and no GPU");
  setenv("CROTON_CUDA_ARCH", "sm_80", 1);
  std::string ptx = softmax_loss("cuda").dump("ptx");
  setenv("CROTON_CUDA_ARCH", "sm_; rm -r", 1);
  Function f = softmax_loss("cuda");
  CHECK_THROWS_AS(f.dump("ptx"), ValueError);
  unsetenv("CROTON_CUDA_ARCH");
  CHECK(contains(ptx, ".target sm_80"));
}

TEST_CASE("the text and the JSON of a graph stage are the graph") {
  Function f = softmax_loss();
  for (const char* stage : {"input", "unified", "simplified", "optimized"}) {
    INFO(stage);
    std::string text = f.dump(stage);
    CHECK(contains(text, "# dumps.cpp:"));
    auto roots = ir::parse_text(text, stage);
    CHECK(ir::to_text(roots) == ir::to_text(ir::parse_text(ir::to_text(roots))));
    CHECK(contains(text, ir::to_text(roots).substr(ir::to_text(roots).rfind("return"))));
    ir::Document d = ir::from_json(f.dump(stage, {.format = "json"}), {.keep_states = true});
    REQUIRE(d.outputs.size() == 2);
    CHECK(d.outputs[0].name == "output 0");
    CHECK(d.outputs[1].name == "new W");
    auto plain = inspect::without_marks(roots);
    CHECK(d.outputs[0].node == plain[0]);
    CHECK(d.outputs[1].node == plain[1]);
  }
}

TEST_CASE("an expression by itself") {
  auto x = tensor<f32>("x", {dim("n"), 3});
  auto W = tensor<f32>("W", {3, 2});
  auto b = tensor<f32>("b", {2});
  auto y = tensor<f32>("y", {dim("n"), 2});
  Expr loss = mean(square(dot(x, W) + b - y));
  CHECK(ir::parse_text(dump(loss))[0] == detail::Access::ref(loss));
  CHECK(dump(loss, {.format = "dot"}).starts_with("digraph"));
  CHECK(pretty(loss) == "mean((x·W + b − y)²)");
  CHECK(pretty(x * (x + 1) / 2 - x) == "x·(x + 1)/2 − x");
  CHECK(pretty(sum(x, 0)) == "sum(x, axis 0)");
  CHECK(pretty(-(x - 1)) == "−(x − 1)");
  CHECK(pretty(x - (x - 1)) == "x − (x − 1)");
  CHECK(pretty(dot(transpose(x), x)) == "xᵀ·x");
  CHECK(pretty(x < 0) == "x < 0");
}

TEST_CASE("what the short form shares has a name, and the form stays short") {
  auto x = vector<f32>("x");
  Expr e = exp(x * 2 + 1) - 3;
  CHECK(pretty(e * e + e) == "t₁·t₁ + t₁ where t₁ = exp(x·2 + 1) − 3");
  for (int i = 0; i < 200; ++i) e = e * e + sin(e);
  CHECK(pretty(e).size() < 20000);
}

TEST_CASE("kernels that share subexpressions print in linear size") {
  auto x = vector<f32>("x");
  Expr e = x;
  for (int i = 0; i < 40; ++i) e = e * e + e;
  Function f = function({x}, e);
  CHECK(f.dump("kernels").size() < 100'000); // written out it would have 2⁴⁰ letters
}

TEST_CASE("structure that repeats is folded above the limit, and what is still long is cut") {
  auto x = tensor<f32>("x", {dim("n"), 8});
  Expr e = x;
  for (int i = 0; i < 100; ++i) e = tanh(dot(e, tensor<f32>("W" + std::to_string(i), {8, 8})) + 1);
  std::string whole = dump(e), folded = dump(e, {.max_nodes = 40});
  CHECK(ir::parse_text(whole)[0] == detail::Access::ref(e));
  CHECK(contains(folded, "more times: "));
  CHECK(folded.size() * 10 < whole.size());
  e = sum(e);
  std::string drawing = dump(e, {.format = "dot", .max_nodes = 40}), all_drawn = dump(e, {.format = "dot"});
  CHECK(contains(drawing, "boxes above, 99 more times"));
  CHECK(!contains(drawing, "left out"));
  CHECK(drawing.size() * 10 < all_drawn.size());
  std::smatch last; // boxes behind the fold keep their numbers
  REQUIRE(std::regex_search(all_drawn, last, std::regex("%\\d+ sum")));
  CHECK(contains(drawing, last.str()));
  CHECK(std::regex_search(drawing, std::regex("n\\d+ -> r1;\n")));
  if (has_graphviz()) CHECK(contains(dump(e, {.format = "svg", .max_nodes = 40}), "more times"));
  Expr irregular = x;
  for (int i = 0; i < 100; ++i) irregular = i * i * i % 7 < 3 ? sin(irregular) : i % 3 ? exp(irregular) : irregular + i;
  std::string cut = dump(irregular, {.max_nodes = 20});
  CHECK(contains(cut, "lines left out: the limit is 20"));
  CHECK(contains(cut, "\nreturn %"));
  CHECK(contains(dump(irregular, {.format = "dot", .max_nodes = 20}), "nodes farther from the results are left out"));
}

TEST_CASE("files by the environment") {
  namespace fs = std::filesystem;
  fs::path folder = fs::temp_directory_path() / ("croton-dumps-" + std::to_string(::getpid()));
  setenv("CROTON_DUMP", "input,optimized.json,plan,ptx", 1);
  setenv("CROTON_DUMP_DIR", folder.c_str(), 1);
  softmax_loss();
  setenv("CROTON_DUMP", "nonsense", 1);
  CHECK_THROWS_AS(softmax_loss(), ValueError);
  setenv("CROTON_DUMP_DIR", "/dev/null/x", 1);
  CHECK_THROWS_AS(softmax_loss(), IoError);
  unsetenv("CROTON_DUMP");
  unsetenv("CROTON_DUMP_DIR");
  std::vector<std::string> names;
  for (auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  fs::remove_all(folder);
  std::sort(names.begin(), names.end());
  REQUIRE(names.size() == 3);
  CHECK(names[0].ends_with(".input.txt"));
  CHECK(names[0].starts_with("loss-"));
  CHECK(names[1].ends_with(".optimized.json"));
  CHECK(names[2].ends_with(".plan.txt"));
}
