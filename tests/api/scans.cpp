// Scans as users write them: dtypes, axes, own merges and their derivatives.
#include "tests/api/support.h"
#include <cmath>
#include <limits>

using namespace croton;
using test::values;
using D = std::vector<f64>;
using I = std::vector<i64>;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
Expr constant(std::vector<double> v) { return In(Array::from(v)).expr(); }
Expr constant(std::vector<double> v, std::vector<i64> shape) { return In(Array::from(v, std::move(shape))).expr(); }
Expr integers(std::vector<i64> v) { return In(Array::from(v)).expr(); }
} // namespace

TEST_CASE("running sums, products and extremes") {
  auto x = constant({1, 2, 3, 4, 5, 6}, {2, 3});
  CHECK(values<f64>(cumsum(x)) == D{1, 3, 6, 4, 9, 15});
  CHECK(values<f64>(cumsum(x, 0)) == D{1, 2, 3, 5, 7, 9});
  CHECK(values<f64>(cumsum(x, -2, {.reverse = true})) == D{5, 7, 9, 4, 5, 6});
  CHECK(values<f64>(cumprod(x, 1, {.exclusive = true})) == D{1, 1, 2, 1, 4, 20});
  CHECK(values<f64>(cummax(constant({2, 1, 3}))) == D{2, 2, 3});
  CHECK(values<f64>(cummin(constant({2, 1, 3}), 0, {.reverse = true, .exclusive = true})) == D{1, 3, infinity});
  CHECK(values<f64>(logcumsumexp(constant({0, 0}))) == D{0, std::log(2.0)});
  CHECK(values<f64>(linear_recurrence(constant({0.5, 0.5}), 1)) == D{1, 1.5});
  CHECK(cumsum(zeros<f64>({3, 0})).shape().to_string() == "{3, 0}");
  CHECK_FAILS(ShapeError, "axis", cumsum(x, 2));
  CHECK_FAILS(ShapeError, "axis", cumsum(scalar<f32>("s")));
}

TEST_CASE("dtypes of scans") {
  CHECK(values<i64>(cumsum(In(Array{i8(100), i8(100)}))) == I{100, 200});
  CHECK(cumprod(vector<u8>("u")).dtype() == DType::u64);
  CHECK(values<i64>(cumsum(In(Array{true, true, false}))) == I{1, 2, 2});
  CHECK(cumsum(vector<f32>("f")).dtype() == DType::f32);
  CHECK(cummax(vector<i8>("i")).dtype() == DType::i8);
  CHECK(values<bool>(cummax(In(Array{false, true, false}))) == std::vector<bool>{false, true, true});
  CHECK(logcumsumexp(vector<i32>("i")).dtype() == DType::f32);
  CHECK(linear_recurrence(vector<f32>("m"), vector<f64>("c")).dtype() == DType::f64);
}

TEST_CASE("scans of an own merge") {
  auto longest = scan_kernel("where(abs(b) > abs(a), b, a)", 0);
  CHECK(values<f64>(longest(constant({1, -3, 2, 4}))) == D{1, -3, -3, 4});
  CHECK(values<i64>(longest(integers({1, -3, 2, 4}), 0, {.reverse = true})) == I{4, 4, 4, 4});
  CHECK(values<i64>(scan_kernel("bitwise_xor(a, b)", 0)(integers({1, 3, 1}))) == I{1, 2, 3});
  CHECK(values<f64>(scan_kernel("minimum(a, b)", infinity)(constant({2, 1, 3}), 0, {.exclusive = true})) == D{infinity, 2, 1});
  CHECK_FAILS(ValueError, "column 5", scan_kernel("a + longest(a, b)", 0));
  CHECK_FAILS(ValueError, "column", scan_kernel("a +", 0));
  // (1 + y) is the running product of (1 + x).
  auto x = vector<f64>("x");
  auto grown = scan_kernel("a + b + a * b", 0)(x);
  D at{0.5, -1, 2};
  CHECK(values<f64>(grown, {{x, at}}) == D{0.5, -1, -1});
  CHECK(values<f64>(grad(sum(grown), x), {{x, at}}) == D{1, 6, 0});
}

TEST_CASE("derivatives of scans, one by one") {
  auto x = vector<f64>("x", 3);
  D at{2, 3, 4};
  CHECK(values<f64>(jacobian(cumsum(x), x), {{x, at}}) == D{1, 0, 0, 1, 1, 0, 1, 1, 1});
  CHECK(values<f64>(jacobian(cumprod(x), x), {{x, at}}) == D{1, 0, 0, 3, 2, 0, 12, 8, 6});
  CHECK(values<f64>(hessian(sum(cumprod(x)), x), {{x, at}}) == D{0, 5, 3, 5, 0, 2, 3, 2, 0});
  CHECK(values<f64>(jacobian(linear_recurrence(x, constant({1, 1, 1})), x), {{x, at}}) == D{0, 0, 0, 0, 1, 0, 0, 4, 4});
}
