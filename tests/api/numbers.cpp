// Values of what this layer composes; the ops themselves are tested against the reference elsewhere.
#include "tests/api/support.h"
#include <cmath>
#include <limits>

using namespace croton;
using test::values;
using F = std::vector<f32>;
using D = std::vector<f64>;
using I = std::vector<i64>;

namespace {
constexpr double NaN = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

Expr constant(std::vector<double> v) { return In(Array::from(v)).expr(); }
Expr constant(std::vector<double> v, std::vector<i64> shape) { return In(Array::from(v, std::move(shape))).expr(); }
Expr integers(std::vector<i64> v) { return In(Array::from(v)).expr(); }

void check_close(const D& found, const D& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("element " << i << ": " << found[i] << " and " << expected[i]);
    CHECK((found[i] == expected[i] || (std::isnan(found[i]) && std::isnan(expected[i])) || std::fabs(found[i] - expected[i]) < 1e-12));
  }
}
} // namespace

TEST_CASE("floor division and remainder") {
  CHECK(values<i64>(floor_divide(integers({7, -7, 7, -7}), integers({2, 2, -2, -2}))) == I{3, -4, -4, 3});
  CHECK(values<i64>(integers({7, -7, 7, -7}) % integers({2, 2, -2, -2})) == I{1, 1, -1, -1});
  check_close(values<f64>(floor_divide(constant({7.5, -7.5, 7.5, -7.5}), constant({2, 2, -2, -2}))), {3, -4, -4, 3});
  check_close(values<f64>(constant({7.5, -7.5, 7.5, -7.5}) % constant({2, 2, -2, -2})), {1.5, 0.5, -0.5, -1.5});
  CHECK(values<i64>(floor_divide(integers({1, 0}), 0)) == I{0, 0});
  CHECK(values<f32>(integers({3}) / 2) == F{1.5f});
  CHECK(values<i64>(integers({1, 1}) << integers({64, -1})) == I{0, 0});
}

TEST_CASE("reductions") {
  auto x = constant({1, 2, 3, 4, 5, 6}, {2, 3});
  check_close(values<f64>(sum(x, 0)), {5, 7, 9});
  check_close(values<f64>(mean(x, 1)), {2, 5});
  check_close(values<f64>(var(constant({1, 2, 3, 4}, {2, 2}), Axes::every(), 1)), {5.0 / 3});
  check_close(values<f64>(stddev(x, 1)), {std::sqrt(2.0 / 3), std::sqrt(2.0 / 3)});
  check_close(values<f64>(norm(constant({3, -4}))), {5});
  check_close(values<f64>(norm(constant({3, -4}), 0, 1)), {7});
  check_close(values<f64>(norm(constant({3, -4}), 0, infinity)), {4});
  check_close(values<f64>(norm(constant({3, -4}), 0, 3)), {std::cbrt(91.0)});
  CHECK(values<i64>(sum(In(Array{i8(100), i8(100)}))) == I{200});
  CHECK(values<i64>(prod(In(Array{i8(100), i8(100)}))) == I{10000});
  CHECK(values<i64>(sum(In(Array{true, true, false}))) == I{2});
  CHECK(values<i64>(argmax(constant({1, NaN, 3}))) == I{1});
  CHECK(values<i64>(argmax(constant({2, 5, 5, 2}))) == I{1});
  CHECK(values<i64>(argmin(constant({2, 5, 5, 2}))) == I{0});
  CHECK(values<i8>(min(In(Array{i8(-128), i8(0), i8(5)}))) == std::vector<i8>{-128});
  check_close(values<f64>(logsumexp(constant({1000, 1000}))), {1000 + std::log(2.0)});
  check_close(values<f64>(logsumexp(constant({-infinity, -infinity}))), {-infinity});
  check_close(values<f64>(logsumexp(constant({infinity, 1}))), {infinity});
  auto empty = zeros<f64>({0});
  check_close(values<f64>(sum(empty)), {0});
  check_close(values<f64>(prod(empty)), {1});
  check_close(values<f64>(mean(empty)), {NaN});
  CHECK_THROWS_AS(eval(max(empty)), Error);
  CHECK(eval(any(In(Array{0, 2}))).item<bool>());
  CHECK(!eval(all(In(Array{0, 2}))).item<bool>());
}

TEST_CASE("selection") {
  check_close(values<f64>(clip(constant({0, 5, NaN}), 4, 2)), {4, 2, NaN});
  check_close(values<f64>(clip(constant({-1, 0.5, 2}), 0, 1)), {0, 0.5, 1});
  check_close(values<f64>(maximum(constant({1, NaN}), 0)), {1, NaN});
  check_close(values<f64>(relu(constant({-1, 0, 2, NaN}))), {0, 0, 2, NaN});
  CHECK(values<i64>(cast(constant({1.9, -1.9, NaN, 1e300}), DType::i64)) == I{1, -1, 0, std::numeric_limits<i64>::max()});
  check_close(values<f64>(sign(constant({-0.0, NaN, -3}))), {0, NaN, -1});
}

TEST_CASE("generators") {
  CHECK(values<i64>(arange<i64>(5, 0, -2)) == I{5, 3, 1});
  CHECK(values<f32>(arange<f32>(1, 2, 0.25f)) == F{1, 1.25f, 1.5f, 1.75f});
  check_close(values<f64>(linspace<f64>(0, 1, 4)), {0, 1.0 / 3, 2.0 / 3, 1});
  CHECK(values<i64>(eye<i64>(2, 3, 1)) == I{0, 1, 0, 0, 0, 1});
  CHECK(values<i64>(eye<i64>(3, 2, -1)) == I{0, 0, 1, 0, 0, 1});
  CHECK(values<i64>(iota<i64>({2, 2}, 0)) == I{0, 0, 1, 1});
  CHECK(values<i32>(full<i32>({2}, 7)) == std::vector<i32>{7, 7});
}

TEST_CASE("joins, padding and views") {
  auto x = reshape(arange(6), {2, 3});
  CHECK(values<i64>(concatenate({x, x}, 1)) == I{0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5});
  CHECK(values<i64>(stack({arange(2), arange(2)}, 1)) == I{0, 0, 1, 1});
  CHECK(values<i64>(split(x, {1, 2}, 1)[1]) == I{1, 2, 4, 5});
  CHECK(values<i64>(pad(arange(2), {{1, 2}}, 9)) == I{9, 0, 1, 9, 9});
  CHECK(values<i64>(tile(arange(2), {2, 2})) == I{0, 1, 0, 1, 0, 1, 0, 1});
  CHECK(values<i64>(flip(x, 1)) == I{2, 1, 0, 5, 4, 3});
  CHECK(values<i64>(x.T()) == I{0, 3, 1, 4, 2, 5});
  CHECK(values<i64>(diagonal(x, 1)) == I{1, 5});
  CHECK(values<i64>(diagonal(x, -1)) == I{3});
  CHECK(values<i64>(trace(x)) == I{4});
  CHECK(values<i64>(moveaxis(reshape(arange(4), {1, 2, 2}), 2, 0)) == I{0, 2, 1, 3});
}

TEST_CASE("products") {
  auto a = constant({1, 2, 3, 4, 5, 6}, {2, 3}), b = constant({1, 0, 2, 1, 0, 1}, {3, 2});
  check_close(values<f64>(dot(a, b)), {5, 5, 14, 11});
  check_close(values<f64>(dot(a, constant({1, 1, 1}))), {6, 15});
  check_close(values<f64>(dot(constant({1, 1}), a)), {5, 7, 9});
  check_close(values<f64>(dot(constant({1, 2}), constant({3, 4}))), {11});
  check_close(values<f64>(outer(constant({1, 2}), constant({3, 4}))), {3, 4, 6, 8});
  check_close(values<f64>(einsum("ij,jk->ki", a, b)), {5, 14, 5, 11});
  check_close(values<f64>(einsum("ij,ij->", a, a)), {91});
  check_close(values<f64>(einsum("ij,ij->i", a, a)), {14, 77});
  check_close(values<f64>(einsum("i,j->ji", constant({1, 2}), constant({3, 4}))), {3, 6, 4, 8});
  check_close(values<f64>(einsum("ii->i", dot(a, b))), {5, 11});
  check_close(values<f64>(einsum("ij->", a)), {21});
  CHECK(values<i64>(dot(reshape(arange(4), {2, 2}), arange(2))) == I{1, 3});
}

// Σ over the axis, by loops over all indices of the NumPy definition.
TEST_CASE("products of many axes follow NumPy") {
  auto x = reshape(arange(24), {2, 3, 4}), y = reshape(arange(40), {5, 4, 2});
  Array product = eval(dot(x, y));
  REQUIRE(product.shape() == std::vector<i64>{2, 3, 5, 2});
  for (i64 a = 0; a < 2; ++a)
    for (i64 b = 0; b < 3; ++b)
      for (i64 c = 0; c < 5; ++c)
        for (i64 d = 0; d < 2; ++d) {
          i64 total = 0;
          for (i64 k = 0; k < 4; ++k) total += (12 * a + 4 * b + k) * (8 * c + 2 * k + d);
          CHECK(product.at<i64>({a, b, c, d}) == total);
        }
  Array batched = eval(matmul(reshape(arange(12), {1, 3, 4}), y));
  REQUIRE(batched.shape() == std::vector<i64>{5, 3, 2});
  for (i64 c = 0; c < 5; ++c)
    for (i64 b = 0; b < 3; ++b)
      for (i64 d = 0; d < 2; ++d) {
        i64 total = 0;
        for (i64 k = 0; k < 4; ++k) total += (4 * b + k) * (8 * c + 2 * k + d);
        CHECK(batched.at<i64>({c, b, d}) == total);
      }
}

TEST_CASE("reads at positions") {
  auto x = reshape(arange(6), {2, 3});
  CHECK(values<i64>(take(x, integers({-1, 0}), 1)) == I{2, 0, 5, 3});
  CHECK(values<i64>(take(x, 1)) == I{3, 4, 5});
  CHECK(values<i64>(pick(x, integers({2, -3}))) == I{2, 3});
  CHECK(values<i64>(take_along_axis(x, reshape(integers({1, -1}), {2, 1}), 1)) == I{1, 5});
  CHECK(values<f32>(one_hot(integers({1, -1}), 3)) == F{0, 1, 0, 0, 0, 1});
  CHECK_THROWS_AS(eval(take(x, integers({2}))), IndexError);
  CHECK_THROWS_AS(eval(take(x, integers({-3}))), IndexError);
  CHECK_THROWS_AS(eval(pick(x, integers({0, 3}))), IndexError);
  CHECK_THROWS_AS(eval(one_hot(integers({3}), 3)), IndexError);
  auto narrow = vector<i8>("narrow"); // too narrow for the size to be added in i8
  std::vector<i64> expected{999};
  CHECK(values<i64>(take(arange(1000), narrow), {{narrow, std::vector<i8>{-1}}}) == expected);
}

TEST_CASE("softmax and the losses") {
  check_close(values<f64>(softmax(constant({0, 0}))), {0.5, 0.5});
  check_close(values<f64>(softmax(constant({1000, 1000}))), {0.5, 0.5});
  check_close(values<f64>(log_softmax(constant({0, 1000}))), {-1000, 0});
  auto z = constant({1, 2, 3, 0, 0, 0}, {2, 3});
  double first = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(3.0)) - 3;
  check_close(values<f64>(cross_entropy(z, integers({2, -1}))), {first, std::log(3.0)});
  check_close(values<f64>(cross_entropy(z, constant({0, 0, 1, 0, 0, 1}, {2, 3}))), {first, std::log(3.0)});
  check_close(values<f64>(mse(constant({1, 2}), constant({3, 2}))), {2});
  check_close(values<f64>(layer_norm(constant({-1, 1}), 0.0)), {-1, 1});
  check_close(values<f64>(layer_norm(constant({-1, -2, 1, 2}, {2, 2}), constant({2, 2}), constant({1, 1}), 0.0, 0)), {-1, -1, 3, 3});
  check_close(values<f64>(gelu(constant({1}))), {0.5 * (1 + std::erf(std::sqrt(0.5)))});
  check_close(values<f64>(gelu(constant({1}), Gelu::tanh)), {0.5 * (1 + std::tanh(std::sqrt(2 / 3.14159265358979323846) * 1.044715))});
  check_close(values<f64>(silu(constant({1}))), {1 / (1 + std::exp(-1.0))});
}
