// compare: bounds, the node where devices part, state left alone, and the forms of the report.
#include "croton/croton.h"
#include "ir/build.h"
#include "src/compare/compare.h"
#include "tests/support/catch.h"
#include <nlohmann/json.hpp>

using namespace croton;
using Json = nlohmann::json;
using F = std::vector<f32>;

namespace {

// An op that compilers are told to subtract: its value is a sum.
const ir::Op& planted() {
  static const ir::Op& op = ir::register_op(
      {.name = "test_planted", .doc = "x + y.", .group = "test", .params = {"x", "y"}, .accepts = ir::Accepts::floating,
       .body = ir::Pointwise{.f32 = [](const float* x) { return x[0] + x[1]; }, .f64 = [](const double* x) { return x[0] + x[1]; },
                             .llvm_float = "fsub", .c_float = "({0} - {1})"},
       .type = [](const ir::Op&, const ir::Args& args, const ir::Attrs&) { return args[0]->type; }});
  return op;
}

F ramp(int count) {
  F v;
  for (int i = 0; i < count; ++i) v.push_back(0.01f * static_cast<float>(i) - 1);
  return v;
}

} // namespace

TEST_CASE("devices within the bounds agree, and each is timed") {
  auto x = matrix<f32>("x");
  auto f = function({x}, {softmax(x), mean(exp(x))}, {.output_names = {"p", "m"}});
  F data = ramp(12 * 20);
  Comparison c = compare(f, {"cpu", "host", "reference", "nowhere"}, {view(data.data(), {12, 20})});
  CHECK(c.agree());
  CHECK(!c.first);
  CHECK(c.nodes.empty());
  REQUIRE(c.devices.size() == 4);
  CHECK(c.devices[0].ran);
  CHECK(c.devices[0].call_ms > 0);
  CHECK(c.devices[0].gigabytes_per_second > 0);
  CHECK(!c.devices[3].ran);
  CHECK(c.devices[3].note.find("nowhere") != std::string::npos);
  CHECK(c.bytes == 4 * (240 + 240 + 1));
  REQUIRE(c.outputs.size() == 6);
  CHECK(c.outputs[0].what == "p");
  CHECK(c.outputs[0].device == "cpu");
  CHECK(c.outputs[0].share > 0); // exp is approximated
  CHECK(c.outputs[2].share == 0); // the reference with itself
}

TEST_CASE("the first node that differs is named with the user's line") {
  ir::Dim n = ir::symbol_dim("n");
  ir::Ref a = ir::variable("x", DType::f32, {n}), b = ir::variable("y", DType::f32, {n});
  Location line{"model.cpp", 12};
  ir::Ref bad = ir::make(planted(), {ir::call("exp", {a}), b}, {}, line);
  comparison::Request request;
  request.program.inputs = {a, b};
  request.program.input_names = {"x", "y"};
  request.program.outputs = {ir::call("sqrt", {ir::call("abs", {bad})}) * 2.0};
  request.inputs = {ir::array_of<f32>({3}, F{1, 2, 3}), ir::array_of<f32>({3}, F{4, 5, 6})};
  request.output_names = {"out"};
  request.devices = {"cpu", "host"};
  Comparison c = comparison::compare(request);
  CHECK(!c.agree());
  REQUIRE(c.first);
  CHECK(c.first->what.starts_with("test_planted f32"));
  CHECK(c.first->where == "model.cpp:12");
  CHECK(c.first->device == "cpu");
  CHECK(c.text().find("First to differ: test_planted") != std::string::npos);
  for (const auto& d : c.outputs) CHECK(d.exceeds == (d.device == "cpu"));
}

TEST_CASE("strict mode counts bits") {
  auto x = matrix<f32>("x");
  auto w = matrix<f32>("w");
  auto f = function({x, w}, {sum(exp(x) * 0.3f, 1), dot(x, w), tanh(x) + sqrt(abs(x))});
  F a = ramp(7 * 33), b = ramp(33 * 5);
  Comparison c = compare(f, {"cpu", "host", "reference"}, {view(a.data(), {7, 33}), view(b.data(), {33, 5})}, {.strict = true});
  INFO(c.text());
  CHECK(c.agree());
  for (const auto& d : c.outputs) CHECK(d.differing == 0);
}

TEST_CASE("every node on request; shared variables keep their values") {
  auto x = vector<f32>("x");
  auto w = shared(Array{1.f, 2.f}, "w");
  auto f = function({x}, {sum(x * w)}, {.updates = {{w, w + x}}});
  Comparison c = compare(f, {"cpu", "host"}, {F{3, 4}}, {.intermediates = true, .repeat = 0});
  CHECK(c.agree());
  CHECK(c.nodes.size() >= 2 * 3); // product, sum and new value, on two devices
  CHECK(c.devices[0].call_ms == 0);
  CHECK(w.get() == Array{1.f, 2.f});
  CHECK(c.outputs.back().what == "new w");
}

TEST_CASE("the report as JSON and as a page") {
  auto x = vector<f32>("x");
  auto f = function({x}, {log(x)});
  Comparison c = compare(f, {"cpu", "nowhere"}, {F{1, 0, -1}});
  Json j = Json::parse(c.json());
  CHECK(j.at("agree") == true);
  CHECK(j.at("devices").size() == 2);
  CHECK(j.at("outputs").at(0).at("device") == "cpu");
  CHECK(j.at("first").is_null());
  CHECK(c.html().starts_with("<!doctype html>"));
  CHECK(c.html().find("http") == std::string::npos);
}
