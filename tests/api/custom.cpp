// Elementwise ops of the user's own.
#include "tests/api/support.h"
#include <cmath>

using namespace croton;
using D = std::vector<f64>;

TEST_CASE("an own op has the derivative of its value") {
  auto wave = custom_op("test_wave", [](Expr x) { return sin(x) / x; });
  auto x = vector<f64>("x");
  D at{0.5, 2};
  D value = test::values<f64>(wave(x), {{x, at}}), slope = test::values<f64>(grad(sum(wave(x)), x), {{x, at}});
  for (std::size_t i = 0; i < at.size(); ++i) {
    CHECK(std::fabs(value[i] - std::sin(at[i]) / at[i]) < 1e-12);
    CHECK(std::fabs(slope[i] - (std::cos(at[i]) / at[i] - std::sin(at[i]) / (at[i] * at[i]))) < 1e-12);
  }
  CHECK(test::contains(wave(x).to_string(), "test_wave"));
  CHECK(wave(vector<f32>("f")).dtype() == DType::f32);
  CHECK(wave(vector<i32>("i")).dtype() == DType::f32);
}

TEST_CASE("an own op may have its own derivative") {
  // The identity whose gradient is clipped.
  auto clipped = custom_op("test_clip_gradient", {.value = [](const std::vector<Expr>& a) { return a[0] + 0; },
                                                  .gradient = [](const std::vector<Expr>&, const Expr&, const Expr& g) {
                                                    return std::vector<Expr>{clip(g, -1, 1)};
                                                  }});
  auto x = scalar<f64>("x");
  CHECK(grad(square(clipped(x)), x).eval({{x, 2.0}}).item<f64>() == 1);
  CHECK(grad(square(clipped(x)), x).eval({{x, 0.25}}).item<f64>() == 0.5);
}

TEST_CASE("own ops of two operands broadcast and promote") {
  auto blend = custom_op("test_blend", {.value = [](const std::vector<Expr>& a) { return a[0] * 0.25 + a[1] * 0.75; }, .operands = 2});
  auto m = tensor<f64>("m", {2, 2});
  CHECK(blend(m, tensor<f32>("r", {2})).shape().to_string() == "{2, 2}");
  CHECK(test::values<f64>(blend(m, 4), {{m, Array{{0.0, 4.0}, {8.0, 12.0}}}}) == D{3, 4, 5, 6});
  CHECK_FAILS(ValueError, "found 1 operands", blend(m));
}

TEST_CASE("own ops that cannot be") {
  CHECK_FAILS(ValueError, "exists already", custom_op("tanh", [](Expr x) { return x; }));
  CHECK_FAILS(ValueError, "1 to 3", custom_op("test_many", {.value = [](const std::vector<Expr>& a) { return a[0]; }, .operands = 4}));
  auto total = custom_op("test_total", [](Expr x) { return sum(concatenate({expand_dims(x, 0)})); });
  CHECK_FAILS(UnsupportedError, "elementwise", total(vector<f32>("x")));
  auto wrong = custom_op("test_wrong", [](Expr x) { return x > 0; });
  CHECK_FAILS(DTypeError, "expected a scalar", wrong(vector<f32>("x")));
}
