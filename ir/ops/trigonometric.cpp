// Trigonometric and hyperbolic functions and their inverses; angles in radians.
#include "ir/math/node_vocabulary.h"
#include "ir/math/hyperbolic.h"
#include "ir/math/trig.h"
#include "ir/ops/transcendental.h"

namespace croton::ir {

namespace {
Ref sqrt_of(const Ref& x) { return call("sqrt", {x}); }
Ref square_of(const Ref& x) { return call("square", {x}); }

// Nothing is promised beyond what the reduction of the argument reaches (ir/math/trig.h).
Op circular(Op op) {
  op.unspecified = [](const Node& n) {
    double range = n.dtype() == DType::f32 ? math::kCircularRange32 : math::kCircularRange64;
    return call("greater", {call("abs", {n.args[0]}), constant_like(n.args[0], range)});
  };
  return op;
}
} // namespace

std::vector<Op> trigonometric_ops() {
  using R = std::vector<Ref>;
  const Domain real{-3, 3}, unit{-0.95, 0.95};
  const auto t = [](auto... a) { return transcendental(a...); };
  return {
      circular(t("sin", "Sine.", "trigonometric", CROTON_LIBM1(std::sin), CROTON_EXPAND1(sin),
        [](const Node& n, const Ref& g) -> R { return {g * call("cos", {n.args[0]})}; }, std::vector{real})),
      circular(t("cos", "Cosine.", "trigonometric", CROTON_LIBM1(std::cos), CROTON_EXPAND1(cos),
        [](const Node& n, const Ref& g) -> R { return {-(g * call("sin", {n.args[0]}))}; }, std::vector{real})),
      circular(t("tan", "Tangent.", "trigonometric", CROTON_LIBM1(std::tan), CROTON_EXPAND1(tan),
        [](const Node& n, const Ref& g) -> R { return {g * (square_of(self(n)) + 1.0)}; }, std::vector<Domain>{{-1.2, 1.2}})),
      t("asin", "Inverse sine; NaN outside [−1, 1].", "trigonometric", CROTON_LIBM1(std::asin), CROTON_EXPAND1(asin),
        [](const Node& n, const Ref& g) -> R { return {g / sqrt_of(1.0 - square_of(n.args[0]))}; }, std::vector{unit}),
      t("acos", "Inverse cosine; NaN outside [−1, 1].", "trigonometric", CROTON_LIBM1(std::acos), CROTON_EXPAND1(acos),
        [](const Node& n, const Ref& g) -> R { return {-(g / sqrt_of(1.0 - square_of(n.args[0])))}; }, std::vector{unit}),
      t("atan", "Inverse tangent.", "trigonometric", CROTON_LIBM1(std::atan), CROTON_EXPAND1(atan),
        [](const Node& n, const Ref& g) -> R { return {g / (square_of(n.args[0]) + 1.0)}; }, std::vector{real}),
      t("atan2", "Angle of the point (y, x) given as atan2(x: ordinate, y: abscissa), in (−π, π].", "trigonometric",
        on_floats<2>([](auto x, auto y) { return static_cast<decltype(x)>(std::atan2(static_cast<double>(x), static_cast<double>(y))); }),
        CROTON_EXPAND2(atan2),
        [](const Node& n, const Ref& g) -> R {
          Ref scaled = g / (square_of(n.args[0]) + square_of(n.args[1]));
          return {scaled * n.args[1], -(scaled * n.args[0])};
        },
        std::vector<Domain>{{0.2, 3}, {0.2, 3}}),
      t("sinh", "Hyperbolic sine.", "trigonometric", CROTON_LIBM1(std::sinh), CROTON_EXPAND1(sinh),
        [](const Node& n, const Ref& g) -> R { return {g * call("cosh", {n.args[0]})}; }, std::vector{real}),
      t("cosh", "Hyperbolic cosine.", "trigonometric", CROTON_LIBM1(std::cosh), CROTON_EXPAND1(cosh),
        [](const Node& n, const Ref& g) -> R { return {g * call("sinh", {n.args[0]})}; }, std::vector{real}),
      t("tanh", "Hyperbolic tangent.", "trigonometric", CROTON_LIBM1(std::tanh), CROTON_EXPAND1(tanh),
        [](const Node& n, const Ref& g) -> R { return {g * (1.0 - square_of(self(n)))}; }, std::vector{real}),
      t("asinh", "Inverse hyperbolic sine.", "trigonometric", CROTON_LIBM1(std::asinh), CROTON_EXPAND1(asinh),
        [](const Node& n, const Ref& g) -> R { return {g / sqrt_of(square_of(n.args[0]) + 1.0)}; }, std::vector{real}),
      t("acosh", "Inverse hyperbolic cosine; NaN below 1.", "trigonometric", CROTON_LIBM1(std::acosh), CROTON_EXPAND1(acosh),
        [](const Node& n, const Ref& g) -> R { return {g / sqrt_of(square_of(n.args[0]) - 1.0)}; }, std::vector<Domain>{{1.1, 6}}),
      t("atanh", "Inverse hyperbolic tangent; NaN outside [−1, 1].", "trigonometric", CROTON_LIBM1(std::atanh), CROTON_EXPAND1(atanh),
        [](const Node& n, const Ref& g) -> R { return {g / (1.0 - square_of(n.args[0]))}; }, std::vector{unit}),
  };
}

} // namespace croton::ir
