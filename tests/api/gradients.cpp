// Derivatives through the public functions: values by definition and by central differences.
#include "tests/api/support.h"
#include <cmath>

using namespace croton;
using D = std::vector<f64>;

namespace {

// The derivative of a scalar function of one vector, element by element.
void check_gradient(const Expr& x, const Expr& cost, const D& at, double tolerance = 1e-6) {
  INFO("cost " << cost);
  auto f = function({x}, {cost}), g = function({x}, {grad(cost, x)}, {.unused_inputs = Unused::ignore});
  D slope = test::values<f64>(g(at));
  for (std::size_t i = 0; i < at.size(); ++i) {
    double h = 1e-5;
    D up = at, down = at;
    up[i] += h;
    down[i] -= h;
    double expected = (f(up).item<f64>() - f(down).item<f64>()) / (2 * h);
    INFO("element " << i << ": " << slope[i] << " and " << expected);
    CHECK(std::fabs(slope[i] - expected) < tolerance * (1 + std::fabs(expected)));
  }
}

double derivative_at(const Expr& x, const Expr& y, double at) { return grad(y, x).eval({{x, at}}).item<f64>(); }

} // namespace

TEST_CASE("gradients of composites agree with central differences") {
  auto x = tensor<f64>("x", {6});
  D at{0.3, -1.2, 2.0, 0.1, -0.4, 1.5};
  auto m = reshape(x, {2, 3});
  auto weights = In(Array{0.5, -1.0, 2.0}).expr();
  check_gradient(x, sum(softmax(m) * weights), at);
  check_gradient(x, sum(log_softmax(m, 0) * weights), at);
  check_gradient(x, mean(cross_entropy(m, In(Array{2, 0}))), at);
  check_gradient(x, sum(layer_norm(m) * weights), at);
  check_gradient(x, sum(var(m, 1, 1) * norm(m, 1)), at);
  check_gradient(x, sum(gelu(x) + gelu(x, Gelu::tanh) * silu(x)), at);
  check_gradient(x, logsumexp(x) * stddev(x), at);
  check_gradient(x, mse(flip(x), x * 2), at);
  check_gradient(x, sum(dot(m, m.T()) * In(Array{{1.0, 2.0}, {3.0, 4.0}})), at);
  check_gradient(x, einsum("ij,kj->", m, m), at);
  check_gradient(x, sum(concatenate({x({1, 4}), pad(x(slice(none, none, -2)), {{1, 0}})}) * 3), at);
  check_gradient(x, sum(square(diagonal(reshape(tile(x, {2}), {3, 4}), 1))), at);
  check_gradient(x, sum(take(x, In(Array{0, 0, -1})) * weights), at);
  check_gradient(x, sum(pick(m, In(Array{1, -1})) * x({0, 2})), at);
  check_gradient(x, sum(clip(x, -0.5, 0.5) * relu(x)), at);
}

TEST_CASE("gradients of gradients") {
  auto x = tensor<f64>("x", {4});
  D at{0.3, -1.2, 2.0, 0.1};
  check_gradient(x, sum(square(grad(sum(tanh(x) * exp(x)), x))), at, 1e-5);
  check_gradient(x, sum(square(grad(logsumexp(x * x), x))), at, 1e-5);
  check_gradient(x, sum(square(grad(sum(softmax(x) * x), x))), at, 1e-5);
}

TEST_CASE("Jacobians, Hessians and products with them") {
  auto x = tensor<f64>("x", {3}), v = tensor<f64>("v", {3});
  D at{1, 2, 3};
  auto y = x * x * x;
  CHECK(test::values<f64>(jacobian(y, x), {{x, at}}) == D{3, 0, 0, 0, 12, 0, 0, 0, 27});
  CHECK(test::values<f64>(hessian(sum(y), x), {{x, at}}) == D{6, 0, 0, 0, 12, 0, 0, 0, 18});
  CHECK(test::values<f64>(hvp(sum(y), x, v), {{x, at}, {v, D{1, 1, 2}}}) == D{6, 12, 36});
  CHECK(test::values<f64>(vjp({y}, {v}, {x})[0], {{x, at}, {v, D{1, 1, 2}}}) == D{3, 12, 54});
  CHECK(test::values<f64>(jvp({y}, {x}, {v})[0], {{x, at}, {v, D{1, 1, 2}}}) == D{3, 12, 54});
  CHECK(jacobian(y, x).shape().to_string() == "{3, 3}");
  auto n = vector<f64>("n");
  CHECK(test::values<f64>(hessian(sum(n * n), n), {{n, D{1, 2}}}) == D{2, 0, 0, 2});
}

TEST_CASE("gradients where the function is not smooth") {
  auto x = scalar<f64>("x");
  CHECK(derivative_at(x, abs(x), 0) == 0);
  CHECK(std::isinf(derivative_at(x, sqrt(x), 0)));
  CHECK(derivative_at(x, relu(x), 0) == 0);
  CHECK(derivative_at(x, relu(x), 1) == 1);
  CHECK(derivative_at(x, clip(x, 0, 1), 0) == 1);
  CHECK(derivative_at(x, clip(x, 0, 1), 1) == 1);
  CHECK(derivative_at(x, clip(x, 0, 1), 2) == 0);
  CHECK(derivative_at(x, where(x > 0, log(x), 0), 0) == 0);
  CHECK(derivative_at(x, pow(x, 2), 0) == 0);
  CHECK(derivative_at(x, x % 2, 7) == 1);
  auto v = tensor<f64>("v", {3});
  CHECK(test::values<f64>(grad(max(v), v), {{v, D{2, 5, 5}}}) == D{0, 0.5, 0.5});
  auto y = scalar<f64>("y");
  auto [dx, dy] = grad(maximum(x, y), x, y);
  CHECK(dx.eval({{x, 1.0}, {y, 1.0}}).item<f64>() == 1);
  CHECK(dy.eval({{x, 1.0}, {y, 1.0}}).item<f64>() == 0);
}

TEST_CASE("no gradient flows through stop_gradient") {
  auto x = scalar<f64>("x");
  CHECK(derivative_at(x, stop_gradient(x * x) * x, 3) == 9);
  CHECK(derivative_at(x, floor(x) * x, 2.5) == 2);
}

TEST_CASE("derivatives with respect to several variables and to parts") {
  auto x = scalar<f32>("x"), y = scalar<f32>("y");
  auto w = shared(2.f, "w");
  auto [dx, dy, dw] = grad(x * y * w, x, y, w);
  auto f = function({x, y}, {dx, dy, dw});
  auto all = f(3, 5);
  CHECK(all[0].item<f32>() == 10);
  CHECK(all[1].item<f32>() == 6);
  CHECK(all[2].item<f32>() == 15);
  auto inner = x * 2;
  CHECK(grad(inner * inner, inner).eval({{x, 3}}).item<f32>() == 12);
}

TEST_CASE("derivatives that do not exist") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto i = vector<i32>("i");
  CHECK_FAILS(GradientError, "must be a scalar", grad(x * x, x));
  CHECK_FAILS(GradientError, "not computed from y", grad(sum(x), y));
  CHECK_FAILS(GradientError, "i: i32", grad(sum(x), i));
  CHECK_FAILS(GradientError, "must be a float", grad(sum(i), x));
  CHECK_FAILS(GradientError, "must be a scalar", hessian(x, x));
  CHECK_FAILS(ValueError, "cotangents", vjp({x}, {}, {x}));
  auto zero = grad(sum(x), y, {.disconnected = Disconnected::zero});
  CHECK(test::values<f32>(zero, {{y, std::vector<f32>{1, 2}}}) == std::vector<f32>{0, 0});
  auto both = grad(sum(x * x), {x, y}, {.disconnected = Disconnected::zero});
  CHECK(both.size() == 2);
}
