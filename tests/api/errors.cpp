// Every bad function and call: the error's type, what it names, and the caller's line.
#include "tests/api/support.h"

using namespace croton;
using croton::test::contains, croton::test::message_of;
using F = std::vector<f32>;

TEST_CASE("functions that cannot be") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto w = shared(F{1, 2}, "w");
  CHECK_FAILS(ValueError, "y: f32{y.0} (errors.cpp:", function({x}, {x + y}));
  CHECK_FAILS(ValueError, "is not used", function({x, y}, {x}));
  CHECK_FAILS(ValueError, "stands twice", function({x, x}, {x}));
  CHECK_FAILS(ValueError, "named 'x'", function({x, vector<f64>("x")}, {x}, {.unused_inputs = Unused::ignore}));
  CHECK_FAILS(ValueError, "is not a variable", function({x + 1}, {x}));
  CHECK_FAILS(ValueError, "shared variable", function({x, w}, {x + w}));
  CHECK_FAILS(ValueError, "empty expression", function({x}, {Expr()}));
  CHECK_FAILS(UnsupportedError, "nowhere", function({x}, {x}, {.device = "nowhere"}));
  CHECK_FAILS(ValueError, "output names", function({x}, {x}, {.output_names = {"a", "b"}}));
  CHECK_FAILS(ValueError, "input names", function({x}, {x}, {.input_names = {"a", "b"}}));
  CHECK_FAILS(ValueError, "names no input", function({x}, {x}, {.defaults = {{y, F{1}}}}));
  CHECK_FAILS(ShapeError, "the default of", function({x}, {x}, {.defaults = {{x, 1.0}}}));
  CHECK_FAILS(DTypeError, "the default of", function({x}, {x}, {.defaults = {{x, std::vector<f64>{1}}}}));
  CHECK_FAILS(ShapeError, "the size 'q'", function({}, {zeros<f32>({dim("q")})}));
  CHECK(function({x, y}, {x}, {.unused_inputs = Unused::ignore})(F{1}, F{2, 3}).single().size() == 1);
  CHECK(function({x}, {Expr(x.dim(0))})(F{1, 2}).item<i64>() == 2); // used for its size only
}

TEST_CASE("dtypes that are not built yet are refused by name") {
  for (DType d : {DType::f16, DType::bf16, DType::c64, DType::c128}) {
    auto x = tensor(d, "x", {2});
    CHECK_FAILS(UnsupportedError, std::string(name(d)), function({x}, {x}));
  }
  auto y = vector<f32>("y");
  CHECK_FAILS(UnsupportedError, "f16", function({y}, {cast(y, DType::f16)}));
}

TEST_CASE("calls that do not fit") {
  auto x = tensor<f32>("x", {dim("batch"), 3});
  auto y = tensor<i32>("y", {dim("batch")});
  auto f = function({x, y}, {cross_entropy(x, y)}, {.name = "loss"});
  Array rows(DType::f32, {2, 3});
  std::vector<i32> labels{0, 1};
  CHECK(f(rows, labels).single().size() == 2);
  CHECK_FAILS(ValueError, "[loss] input 'y' is missing", f(rows));
  CHECK_FAILS(ValueError, "[loss] input 'x' is missing", f());
  CHECK_FAILS(ValueError, "found 3 arguments", f(rows, labels, labels));
  CHECK_FAILS(DTypeError, "input 'x': found i32{2}, expected f32{batch, 3}", f(labels, labels));
  CHECK_FAILS(DTypeError, "input 'y'", f(rows, std::vector<i64>{0, 1}));
  CHECK_FAILS(ShapeError, "input 'x': found f32{6}, expected f32{batch, 3}", f(F(6), labels));
  CHECK_FAILS(ShapeError, "input 'y': found a scalar", f(rows, 1));
  CHECK_FAILS(ShapeError, "'x'", f(Array(DType::f32, {2, 4}), labels));
  CHECK_FAILS(ShapeError, "batch", f(rows, std::vector<i32>{0, 1, 2}));
  CHECK_THROWS_AS(f(rows, std::vector<i32>{0, 3}), IndexError);
  CHECK_THROWS_AS(f(rows, std::vector<i32>{0, -4}), IndexError);
}

TEST_CASE("buffers that do not fit") {
  auto x = vector<f32>("x");
  auto f = function({x}, {x * 2, sum(x)}, {.output_names = {"twice", "total"}});
  F data{1, 2, 3}, out(3), small(2);
  float total = 0;
  std::vector<f64> wide(3);
  CHECK_FAILS(ShapeError, "twice: found f32{2}", f(data, into(small, total)));
  CHECK_FAILS(DTypeError, "twice: found f64{3}", f(data, into(wide, total)));
  CHECK_FAILS(ValueError, "found 1 output buffers", f(data, into(out)));
  CHECK_FAILS(ValueError, "overlaps the memory of input 'x'", f(data, into(data, total)));
  CHECK_FAILS(ValueError, "overlaps the memory of input 'x'", f(data, into(out, data[1])));
  CHECK_FAILS(ValueError, "overlaps the buffer of twice", f(data, into(out, out[0])));
  CHECK_FAILS(ValueError, "const", f(data, into(view(static_cast<const float*>(out.data()), {3}), total)));
  CHECK_FAILS(ShapeError, "dense", f(std::span(data).first(2), into(view(out.data(), {2}, {2}), total)));
  CHECK_FAILS(ValueError, "overlaps", f.bind({data, total}, {data}));
  CHECK(out == F{0, 0, 0});
  CHECK(data == F{1, 2, 3});
}

TEST_CASE("only a size known to be 1 stretches") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto f = function({x, y}, {x + y});
  CHECK_THROWS_AS(f(F{1, 2, 3}, F{1}), ShapeError);
  auto one = tensor<f32>("one", {1});
  CHECK(function({x, one}, {x + one})(F{1, 2, 3}, F{1}).single().size() == 3);
  auto m = matrix<f32>("m");
  auto g = function({m}, {squeeze(m, 0)});
  CHECK(g(Array{{1.f, 2.f}}).single().size() == 2);
  CHECK_THROWS_AS(g(Array{{1.f}, {2.f}}), ShapeError);
  auto h = function({m}, {reshape(m, {-1, 4})});
  CHECK(h(Array{{1.f, 2.f}, {3.f, 4.f}}).single().shape() == std::vector<i64>{1, 4});
  CHECK_THROWS_AS(h(Array{{1.f, 2.f, 3.f}}), ShapeError);
  CHECK_FAILS(DTypeError, "integer positions", take(x, vector<bool>("mask")));
}

TEST_CASE("a shape error deep in a graph names the two lines that disagree") {
  auto x = tensor<f32>("x", {dim("rows"), 64});
  Expr left = x, right = tensor<f32>("y", {dim("rows"), 63});
  for (int i = 0; i < 100; ++i) left = tanh(left * 2) + 1;
  for (int i = 0; i < 100; ++i) right = exp(right) - 1;
  const unsigned line = __LINE__;
  std::string message = message_of<ShapeError>([&] { (void)(left + right); });
  INFO(message);
  auto place = [&](unsigned n) { return "(" + to_string(Location(__FILE__, n)) + ")"; };
  CHECK(contains(message, place(line - 2))); // where the left operand was made
  CHECK(contains(message, place(line - 1)));
  CHECK(contains(message, place(line + 1)));
  CHECK(contains(message, "64 ≠ 63"));
}

TEST_CASE("errors of a call's sizes begin with the function's name") {
  auto x = vector<f32>("x"), y = tensor<f32>("y", {3});
  auto f = function({x, y}, {x + y}, {.name = "blend"});
  CHECK_FAILS(ShapeError, "[blend] input 'x' has 2 along axis 0", f(F{1, 2}, F{1, 2, 3}));
}

TEST_CASE("a shape error at the end of 200 nodes names the two lines that disagree") {
  auto x = tensor<f32>("x", {dim("batch"), 64});
  auto W = tensor<f32>("W", {64, 64});
  Expr h = x;
  for (int i = 0; i < 50; ++i) h = tanh(dot(h, W) + 1) * 0.5;
  const std::string left = "(errors.cpp:" + std::to_string(__LINE__ + 1) + ")";
  Expr wide = concatenate({h, h}, 1);
  for (int i = 0; i < 50; ++i) h = exp(-abs(h));
  const std::string right = "(errors.cpp:" + std::to_string(__LINE__ + 1) + ")";
  Expr narrow = sigmoid(h);
  const std::string call = "(errors.cpp:" + std::to_string(__LINE__ + 1) + ")";
  std::string message = message_of<ShapeError>([&] { wide - narrow; });
  INFO(message);
  CHECK(contains(message, "[subtract] "));
  CHECK(contains(message, left));
  CHECK(contains(message, right));
  CHECK(contains(message, "128 ≠ 64"));
  std::size_t lines = 0;
  for (std::size_t at = message.find("errors.cpp:"); at != std::string::npos; at = message.find("errors.cpp:", at + 1)) ++lines;
  CHECK(lines <= 3); // the two, and where they meet
}
