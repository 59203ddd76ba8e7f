// Ordinary functions over the ops, written so that rewriting finds their stable and fused forms.
#pragma once
#include "croton/expr.h"

namespace croton {

/// eˣ / Σeˣ along the axis, without overflow. Integers give the default float; so below.
Expr softmax(In x, int axis = -1);
/// log softmax(x), accurate where softmax underflows.
Expr log_softmax(In x, int axis = -1);
/// −log softmax(logits)[label] for each row: logits {…, classes}, integer labels {…} (negative ones count from the end) or
/// a distribution of the logits' shape. Take its mean for a loss.
Expr cross_entropy(In logits, In labels);
/// Mean of squared differences over all elements.
Expr mse(In prediction, In target);
/// (x − mean)/√(variance + eps)·gamma + beta over the axis, with the biased variance.
Expr layer_norm(In x, In gamma, In beta, double eps = 1e-5, int axis = -1);
/// Without scale and shift.
Expr layer_norm(In x, double eps = 1e-5, int axis = -1);

/// max(x, 0); the derivative at 0 is 0.
Expr relu(In x);
/// The two usual definitions: x·Φ(x), and its approximation by tanh.
enum class Gelu : bool { erf, tanh };
Expr gelu(In x, Gelu form = Gelu::erf);
/// x·sigmoid(x).
Expr silu(In x);
/// low where x < low, else high where x > high, else x; NaN stays. At a bound the gradient goes to x.
Expr clip(In x, In low, In high);

} // namespace croton
