// explain: rules behind nodes, what kernels fuse and move, why they stopped, who asked for copies and compilations.
#include "croton/croton.h"
#include "tests/support/catch.h"
#include "src/api/compiled.h"
#include "src/driver/planner.h"
#include "src/inspect/explain.h"
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_set>

using namespace croton;
using Json = nlohmann::json;

namespace {

Json explained(const Function& f, const std::vector<TensorArg>& args = {}) { return Json::parse(f.explanation("json", args)); }

bool names_this_file(const Json& line) { return line.get<std::string>().starts_with("explain.cpp:"); }

} // namespace

TEST_CASE("nodes that rules made lead to the rules and to the user's line") {
  auto x = vector<f32>("x");
  Function f = function({x}, log(1 + x));
  Json j = explained(f);
  bool found = false;
  for (const Json& n : j.at("nodes")) {
    CHECK(names_this_file(n.at("line")));
    if (n.at("op") != "log1p") continue;
    found = true;
    REQUIRE(n.at("rules").size() == 1);
    CHECK(n.at("rules")[0].at("rule") == "log1p");
    CHECK(names_this_file(n.at("rules")[0].at("line")));
  }
  CHECK(found);
}

TEST_CASE("what a kernel reads, writes and computes") {
  auto x = tensor<f32>("x", {dim("n")});
  auto y = tensor<f32>("y", {dim("n")});
  Function f = function({x, y}, {x + y * 2, sum(x)});
  std::vector<f32> data(1000);
  Json j = explained(f, {data, data});
  i64 written = 0, read = 0;
  for (const Json& s : j.at("steps")) {
    written += s.at("written_bytes").at("of_call").get<i64>();
    read += s.at("read_bytes").at("of_call").get<i64>();
  }
  CHECK(written >= 4004);
  CHECK(written < 4200);
  CHECK(read >= 8000);
  CHECK(read <= 12100);
  CHECK(j.at("steps")[0].at("read_bytes").at("symbolic").get<std::string>().find('n') != std::string::npos);
}

TEST_CASE("a gather moves what it takes") {
  auto x = tensor<f32>("x", {100000, 4});
  auto at = tensor<i64>("at", {dim("k")});
  std::vector<i64> positions{1, 2, 3};
  std::vector<f32> table(400000);
  Json j = explained(function({x, at}, take(x, at) * 2), {view(table.data(), {100000, 4}), positions});
  i64 read = 0;
  for (const Json& s : j.at("steps")) read += s.at("read_bytes").at("of_call").get<i64>();
  CHECK(read < 1000);
}

TEST_CASE("every compilation has its cause, its line and its time") {
  auto x = tensor<f32>("x", {dim("n"), dim("m")});
  auto y = tensor<f32>("y", {dim("n"), dim("m")});
  unsigned made = __LINE__ + 1;
  Function f = function({x, y}, exp(x) + y);
  std::vector<f32> data(12, 1.f);
  f(view(data.data(), {3, 4}), view(data.data(), {3, 4}));
  f(view(data.data(), {2, 6}), view(data.data(), {2, 6})); // other sizes compile nothing
  unsigned strided = __LINE__ + 1;
  f(view(data.data(), {3, 4}, {1, 3}), view(data.data(), {3, 4}));
  f(view(data.data(), {4, 3}, {1, 4}), view(data.data(), {4, 3})); // lies in the same way
  unsigned moved = __LINE__ + 1;
  Function host = f.on("host");
  Json all = explained(f).at("compilations");
  REQUIRE(all.size() == 3);
  CHECK(all == explained(host).at("compilations"));
  CHECK(all[0].at("cause") == "function() on device cpu");
  CHECK(all[0].at("line") == "explain.cpp:" + std::to_string(made));
  CHECK(all[1].at("cause") == "input 'x' of the shape {3, 4} has the strides {1, 3}: code for inputs that lie so");
  CHECK(all[1].at("line") == "explain.cpp:" + std::to_string(strided));
  CHECK(all[2].at("cause").get<std::string>().starts_with("on(\"host\")"));
  CHECK(all[2].at("line") == "explain.cpp:" + std::to_string(moved));
  for (const Json& c : all) CHECK(c.at("ms").get<double>() > 0);
  std::string text = f.explanation();
  CHECK(text.find("compiled for input 'x' of the shape {3, 4} has the strides {1, 3}: code for inputs that lie so (explain.cpp:" + std::to_string(strided) + ") in ") != std::string::npos);
}

namespace {

// What no rule and no change of an operand explains.
std::string unexplained(const Function& f) {
  auto& compiled = detail::Access::compiled(f);
  auto& built = *compiled.executable->built();
  auto origins = inspect::origins_of(built);
  std::unordered_set<const ir::Node*> written, changed;
  for (const ir::Node* n : ir::post_order(built.unified)) written.insert(n);
  for (const ir::Node* n : ir::post_order(built.outputs)) {
    if (written.contains(n) && !origins.contains(n)) continue;
    bool operands = false;
    for (const ir::Ref& a : n->args) operands |= changed.contains(a.get());
    changed.insert(n);
    bool size = n->args.empty() || (n->rank() == 0 && n->dtype() == DType::i64);
    if (!origins.contains(n) && !operands && !size) return ir::describe(ir::Ref(n));
  }
  return "";
}

} // namespace

TEST_CASE("each node of the optimised graph is as written, made by rules, or has an operand that was") {
  auto x = tensor<f32>("x", {dim("n"), 8});
  auto y = tensor<i32>("y", {dim("n")});
  auto w = shared(ones<f32>({8, 4}), "w");
  Expr loss = mean(cross_entropy(tanh(dot(x, w)), y)) + sum(log(1 + square(w)));
  CHECK(unexplained(function({x, y}, {loss, var(x, 1), logsumexp(x)}, {.updates = {{w, w - 0.5f * grad(loss, w)}}})) == "");
  CHECK(unexplained(function({x, y}, {loss, var(x, 1)}, {.updates = {{w, w - 0.5f * grad(loss, w)}}, .strict = true})) == "");
  Json nodes = explained(function({x}, softmax(x) / 2)).at("nodes");
  for (const Json& n : nodes) CHECK(names_this_file(n.at("line")));
}

TEST_CASE("rules stand in the order in which they fired, back to what was written") {
  auto x = vector<f32>("x");
  Json j = explained(function({x}, log(1 + exp(x)) * 1)); // softplus
  for (const Json& n : j.at("nodes")) {
    if (n.at("op") != "softplus") continue;
    const Json& rules = n.at("rules");
    REQUIRE(rules.size() >= 2);
    for (const Json& r : rules) CHECK(names_this_file(r.at("line")));
    CHECK(rules.back().at("replaced").get<std::string>().starts_with("multiply")); // the last: · 1
    return;
  }
  FAIL("there is no softplus");
}

TEST_CASE("boundaries have reasons, copies have askers, compilations have causes") {
  auto x = matrix<f32>("x");
  Function f = function({x}, {x, exp(sum(x, 0)) + sum(x, 1)(0)});
  Json j = explained(f);
  REQUIRE(j.at("copies").size() == 1);
  CHECK(j.at("copies")[0].at("asked_by") == "the output is an input as it is");
  for (const Json& b : j.at("boundaries")) CHECK(!b.at("reason").get<std::string>().empty());
  CHECK(j.at("compilations")[0].at("cause") == "function() on device cpu");
  std::ostringstream text;
  f.explain(text);
  for (const char* word : {"rewrites: ", "kernels: ", "reads x", "copy of x to output 0", "compiled for function() on device cpu", "passes: "}) {
    INFO(word << " in\n" << text.str());
    CHECK(text.str().find(word) != std::string::npos);
  }
  CHECK(f.on("reference").explanation() == "Nothing was rewritten or fused: every node is evaluated by itself.\n");
}
