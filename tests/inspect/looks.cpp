// print and assert nodes: they work on every device, are differentiated through, and a failed assert changes nothing.
#include "croton/croton.h"
#include "src/executable.h"
#include "tests/support/catch.h"
#include <iostream>
#include <sstream>

using namespace croton;

namespace {

struct Captured {
  std::ostringstream text;
  std::streambuf* before = std::cout.rdbuf(text.rdbuf());
  ~Captured() { std::cout.rdbuf(before); }
};

std::vector<std::string> devices_here() {
  std::vector<std::string> names{"cpu", "host", "reference"};
  for (const Device& d : devices())
    if (std::string(d.name).starts_with("opencl")) {
      names.emplace_back(d.name);
      break;
    }
  return names;
}

} // namespace

TEST_CASE("print shows values, in the order of the graph, and changes nothing") {
  auto x = vector<f32>("x");
  Expr y = print(print(x * 2, "twice") + 1, "and one");
  for (const std::string& device : devices_here()) {
    INFO(device);
    Function f = function({x}, {sum(y), grad(sum(y), x)}, {.device = device});
    CHECK(f.output_count() == 2);
    Captured out;
    Outputs r = f(std::vector<f32>{1, 2});
    CHECK(r[0].item<f32>() == 8);
    CHECK(r[1].at<f32>({0}) == 2);
    CHECK(out.text.str() == "twice: [2. 4.]\nand one: [3. 5.]\n");
  }
}

TEST_CASE("assert stops a call, names its line, and leaves state as it was") {
  auto x = vector<f32>("x");
  auto w = shared(1.f, "w");
  Expr checked = assert_that(x, x > 0, "x must be positive");
  for (const std::string& device : devices_here()) {
    INFO(device);
    w.set(1.f);
    Function f = function({x}, sum(log(checked)), {.updates = {{w, w + sum(checked)}}, .device = device, .name = "f"});
    CHECK(f(std::vector<f32>{1, 1}).item<f32>() == 0);
    CHECK(w.get().item<f32>() == 3);
    std::string message;
    try {
      f(std::vector<f32>{1, -1});
    } catch (const ValueError& e) {
      message = e.what();
    }
    CHECK(message.starts_with("[f] x must be positive: the condition is false at element 1 of {2}. (looks.cpp:"));
    CHECK(w.get().item<f32>() == 3);
  }
  Function plain = function({x}, checked * 2);
  std::vector<f32> good{1}, bad{-1}, out(1);
  plain.bind({out}, {good})();
  CHECK(out[0] == 2);
  CHECK_THROWS_AS(plain.bind({out}, {bad})(), ValueError);
  auto i = vector<i32>("i");
  CHECK_THROWS_AS(assert_that(x, i, "not bool"), DTypeError);
}

TEST_CASE("test values are followed while an expression is built") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  x.test_value(std::vector<f32>{1, 2, 3});
  CHECK((x * 2).eval().at<f32>({2}) == 6);
  CHECK((x + y).eval({{y, std::vector<f32>{1, 1, 1}}}).at<f32>({0}) == 2);
  y.test_value(std::vector<f32>{1, 2});
  const unsigned line = __LINE__ + 3;
  std::string message;
  try {
    Expr z = x + y; // symbols alone could be equal
  } catch (const ShapeError& e) {
    message = e.what();
  }
  CHECK(message.find("3 ≠ 2") != std::string::npos);
  CHECK(message.find("(looks.cpp:" + std::to_string(line) + ")") != std::string::npos);
  auto i = vector<i64>("i");
  i.test_value(std::vector<i64>{5});
  CHECK_THROWS_AS(take(x, i), IndexError);
  CHECK_THROWS_AS(x.test_value(std::vector<f64>{1}), DTypeError);
  CHECK_THROWS_AS(x.test_value(1.0), ShapeError);
  CHECK_THROWS_AS((x * 2).test_value(std::vector<f32>{1}), ValueError);
  clear_test_values();
  CHECK_NOTHROW(take(x, i));
  CHECK_THROWS_AS((x * 2).eval(), ValueError);
}
