// Derivatives, as expressions.
#pragma once
#include "croton/expr.h"
#include "croton/shared.h"
#include <array>
#include <concepts>
#include <vector>

namespace croton {

/// What a derivative is when the output is not computed from the variable: an error, or zeros.
enum class Disconnected : bool { error, zero };

struct GradOptions {
  Disconnected disconnected = Disconnected::error;
};

template <class X>
concept Differentiable = std::convertible_to<const X&, Expr> && !std::is_arithmetic_v<X>;

/// ∂cost/∂x for each x, with x's shape. x may be any float expression that cost is computed from. GradientError when cost
/// is not a float scalar, x is not a float, cost is not computed from x, or an op on the way has no derivative.
std::vector<Expr> grad(In cost, const std::vector<Expr>& wrt, GradOptions options = {});
template <Differentiable X> Expr grad(In cost, const X& wrt, GradOptions options = {}) {
  return grad(cost, std::vector<Expr>{Expr(wrt)}, options)[0];
}
/// `auto [dW, db] = grad(loss, W, b);`
template <Differentiable... X>
  requires(sizeof...(X) >= 2)
std::array<Expr, sizeof...(X)> grad(In cost, const X&... wrt) {
  std::vector<Expr> all = grad(cost, std::vector<Expr>{Expr(wrt)...}, GradOptions{});
  std::array<Expr, sizeof...(X)> result;
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = all[i];
  return result;
}

/// Σ cotangentᵢ·∂outputᵢ/∂x for each x. A cotangent has its output's shape or broadcasts to it.
std::vector<Expr> vjp(const std::vector<Expr>& outputs, const std::vector<Expr>& cotangents, const std::vector<Expr>& wrt,
                      GradOptions options = {}, std::source_location here = std::source_location::current());
/// Σ ∂output/∂xⱼ·tangentⱼ for each output; a tangent has its variable's shape.
std::vector<Expr> jvp(const std::vector<Expr>& outputs, const std::vector<Expr>& wrt, const std::vector<Expr>& tangents,
                      GradOptions options = {}, std::source_location here = std::source_location::current());
/// ∂output/∂x, of output.shape + x.shape.
Expr jacobian(In output, In wrt, GradOptions options = {});
/// ∂²cost/∂x² of a scalar cost, of x.shape + x.shape.
Expr hessian(In cost, In wrt, GradOptions options = {});
/// hessian(cost, x) times a vector of x's shape, without the Hessian.
Expr hvp(In cost, In wrt, In vector, GradOptions options = {});

} // namespace croton
