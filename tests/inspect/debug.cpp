// Debug modes: a planted wrong rule and a planted NaN are named; right programs pass; monitors see every node.
#include "croton/croton.h"
#include "ir/build.h"
#include "passes/rules.h"
#include "src/executable.h"
#include "tests/support/catch.h"
#include <cmath>

using namespace croton;

namespace {

template <class E, class F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> devices_here() {
  std::vector<std::string> names{"cpu", "host"};
  for (const Device& d : devices())
    if (std::string(d.name).starts_with("opencl")) {
      names.emplace_back(d.name);
      break;
    }
  return names;
}

// x + y becomes x − y.
const passes::ShapeRule wrong{"planted_wrong", {"add"}, "x + y", "x − y",
                              [](const ir::Node& n) { return ir::is_literal(*n.args[1]) ? ir::Ref() : ir::call("subtract", {n.args[0], n.args[1]}); }};

} // namespace

TEST_CASE("debug names a wrong rule, its node and the values") {
  auto x = vector<f32>("x"), y = tensor<f32>("y", {x.dim(0)});
  passes::PlantedRule planted(wrong);
  Function f = function({x, y}, exp(x) + y, {.name = "sum", .debug = true});
  std::vector<f32> a{0, 0}, b{0, 3};
  std::string message = message_of<InternalError>([&] { f(a, b); });
  INFO(message);
  CHECK(contains(message, "[debug] sum: rule planted_wrong changes a value: add(…): f32{x.0} (debug.cpp:"));
  CHECK(contains(message, "is 4 at [1]"));
  CHECK(contains(message, "is -2"));
}

TEST_CASE("debug finds nothing wrong in right programs, and computes what they compute") {
  auto x = tensor<f32>("x", {dim("n"), 8});
  auto y = tensor<i32>("y", {dim("n")});
  auto W = shared(ones<f32>({8, 4}), "W");
  Expr loss = mean(cross_entropy(tanh(dot(x, W)), y));
  std::vector<f32> data(40);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<f32>(std::sin(static_cast<double>(i)));
  std::vector<i32> labels{0, 1, 2, 3, 1};
  for (const std::string& device : devices_here()) {
    INFO(device);
    Function plain = function({x, y}, {loss, grad(loss, W)}, {.device = device}), checked = function({x, y}, {loss, grad(loss, W)}, {.device = device, .debug = true});
    auto a = plain(view(data.data(), {5, 8}), labels), b = checked(view(data.data(), {5, 8}), labels);
    CHECK(a[0] == b[0]);
    CHECK(a[1] == b[1]);
  }
}

TEST_CASE("nan_guard names the node where a NaN begins, its line and its operands, on every device") {
  auto x = vector<f32>("x");
  const unsigned line = __LINE__ + 1;
  Expr root = sqrt(x - 2);
  Expr y = exp(root) * 3 + sum(x);
  std::vector<f32> good{2, 3, 6}, bad{2, 3, 1};
  for (const std::string& device : devices_here()) {
    INFO(device);
    Function f = function({x}, y, {.device = device, .name = "roots", .nan_guard = true});
    CHECK(f(good).single().size() == 3);
    std::string message = message_of<ValueError>([&] { f(bad); });
    INFO(message);
    CHECK(contains(message, "[nan_guard] roots: sqrt(…): f32{x.0} (debug.cpp:" + std::to_string(line) + ") is "));
    CHECK(contains(message, "at [2]"));
    CHECK(contains(message, "from -1 to 1"));
  }
}

TEST_CASE("nan_guard finds infinities, huge values and inputs, and leaves state as it was") {
  auto x = vector<f32>("x");
  auto w = shared(1.f, "w");
  Function f = function({x}, exp(x), {.updates = {{w, w + sum(x)}}, .nan_guard = true});
  std::vector<f32> large{1, 89}, huge{75}, infinite{1, INFINITY}, fine{1, 2};
  CHECK(contains(message_of<ValueError>([&] { f(large); }), "exp(…)"));
  CHECK(contains(message_of<ValueError>([&] { f(huge); }), "exp(…)"));
  CHECK(contains(message_of<ValueError>([&] { f(infinite); }), " x: f32{x.0}"));
  CHECK(w.get().item<f32>() == 1);
  f(fine);
  CHECK(w.get().item<f32>() == 4);
}

TEST_CASE("a monitor is called before and after every node") {
  auto x = vector<f32>("x");
  std::vector<std::string> seen;
  f32 last = 0;
  Function f = function({x}, exp(x) + 1, {.monitor = [&](const Monitored& m) {
                          seen.push_back((m.after ? "after " : "before ") + m.op);
                          if (m.after && m.op == "add") last = m.value.at<f32>({0});
                          if (m.op == "exp") CHECK(m.operands.at(0).size() == 1);
                        }});
  CHECK(f(std::vector<f32>{0}).single().at<f32>({0}) == 2);
  CHECK(last == 2);
  CHECK(seen == std::vector<std::string>{"before input", "after input", "before exp", "after exp", "before add", "after add"});
}
