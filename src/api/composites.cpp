// Composite functions. Inside the frame of `at`, the public functions they call attribute their nodes to the user's line.
#include "croton/nn.h"
#include "croton/linalg.h"
#include "croton/pointwise.h"
#include "croton/reductions.h"
#include "croton/shaping.h"
#include "src/api/promote.h"
#include <numbers>

namespace croton {

namespace {

Expr floating(std::string_view op, const In& x) {
  return api::expr_at(x.where(), [&] { return api::as_float(op, x); });
}

// The axis is checked here, so that the message names the function called.
Expr floating(std::string_view op, const In& x, int axis) {
  Expr z = floating(op, x);
  api::axis_of(op, axis, z.rank());
  return z;
}

// {n} of gamma or beta against the normalised axis, not the last one.
Expr along(const Expr& parameter, const Expr& x, int axis) {
  int from_end = x.rank() - 1 - static_cast<int>(api::axis_of("layer_norm", axis, x.rank()));
  if (parameter.rank() != 1 || from_end == 0) return parameter;
  std::vector<int> places;
  for (int i = 1; i <= from_end; ++i) places.push_back(i);
  return expand_dims(parameter, places);
}

Expr normalised(const Expr& z, double eps, int axis) {
  return (z - mean(z, axis, keepdims)) * rsqrt(var(z, axis, 0, keepdims) + eps);
}

} // namespace

// The maximum is only there against overflow: the value does not depend on it, so no gradient goes through it.
Expr softmax(In x, int axis) {
  return api::at(x.where(), [&] {
    Expr z = floating("softmax", x, axis);
    Expr e = exp(z - stop_gradient(max(z, axis, keepdims)));
    return e * reciprocal(sum(e, axis, keepdims)); // one division a row
  });
}

Expr log_softmax(In x, int axis) {
  return api::at(x.where(), [&] {
    Expr z = floating("log_softmax", x, axis);
    return z - logsumexp(z, axis, keepdims);
  });
}

Expr cross_entropy(In logits, In labels) {
  return api::at(logits.where(), [&] {
    Expr z = floating("cross_entropy", logits), y = api::expr_at(labels.where(), [&] { return api::operand(labels); });
    if (z.rank() == 0) throw ShapeError("[cross_entropy] " + z.to_string() + " has no axis of classes.");
    if (is_float(y.dtype())) {
      if (y.rank() != z.rank())
        throw ShapeError("[cross_entropy] " + z.to_string() + " · " + y.to_string() + ": found a distribution of rank " +
                         std::to_string(y.rank()) + ", expected " + std::to_string(z.rank()) + ". Cast class labels to integers.");
      return -sum(y * log_softmax(z), -1);
    }
    if (y.rank() != z.rank() - 1)
      throw ShapeError("[cross_entropy] " + z.to_string() + " · " + y.to_string() + ": found labels of rank " +
                       std::to_string(y.rank()) + ", expected " + std::to_string(z.rank() - 1) + ".");
    return logsumexp(z, -1) - pick(z, y, -1);
  });
}

Expr mse(In prediction, In target) {
  return api::at(prediction.where(), [&] { return mean(square(prediction - target)); });
}

Expr layer_norm(In x, double eps, int axis) {
  return api::at(x.where(), [&] { return normalised(floating("layer_norm", x, axis), eps, axis); });
}

Expr layer_norm(In x, In gamma, In beta, double eps, int axis) {
  return api::at(x.where(), [&] {
    Expr z = floating("layer_norm", x, axis), scale = floating("layer_norm", gamma), shift = floating("layer_norm", beta);
    return normalised(z, eps, axis) * along(scale, z, axis) + along(shift, z, axis);
  });
}

// A tie goes to the first operand, so 0 stands first: the derivative at 0 is 0.
Expr relu(In x) {
  return api::at(x.where(), [&] { return maximum(0, x); });
}

Expr gelu(In x, Gelu form) {
  return api::at(x.where(), [&] {
    Expr z = floating("gelu", x);
    if (form == Gelu::erf) return 0.5 * z * (1 + erf(z * (std::numbers::sqrt2 / 2)));
    constexpr double slope = std::numbers::sqrt2 * std::numbers::inv_sqrtpi; // √(2/π)
    return 0.5 * z * (1 + tanh(slope * (z + 0.044715 * (z * z * z))));
  });
}

Expr silu(In x) {
  return api::at(x.where(), [&] {
    Expr z = floating("silu", x);
    return z * sigmoid(z);
  });
}

Expr clip(In x, In low, In high) {
  return api::at(x.where(), [&] { return where(x < low, low, where(x > high, high, x)); });
}

} // namespace croton
