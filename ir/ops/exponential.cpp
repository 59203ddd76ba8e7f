// Powers, exponentials, logarithms and the sigmoid family.
#include "ir/math/node_vocabulary.h"
#include "ir/math/exp.h"
#include "ir/math/log.h"
#include "ir/math/special.h"
#include "ir/ops/transcendental.h"
#include <numbers>

namespace croton::ir {

namespace {

constexpr auto sigmoid_value = [](auto x) {
  double v = static_cast<double>(x);
  return static_cast<decltype(x)>(v >= 0 ? 1 / (1 + std::exp(-v)) : std::exp(v) / (1 + std::exp(v)));
};
constexpr auto softplus_value = [](auto x) {
  double v = static_cast<double>(x);
  return static_cast<decltype(x)>((v > 0 ? v : (v != v ? v : 0.0)) + std::log1p(std::exp(-std::fabs(v))));
};

std::vector<Ref> pow_vjp(const Node& n, const Ref& g) {
  const Ref &x = n.args[0], &y = n.args[1];
  Ref zero = constant_like(x, 0);
  Ref dx = y * call("pow", {x, y - 1.0});
  // xʸ·log x tends to 0 at x = 0 for y ≥ 0; log 0 would make it NaN.
  Ref at_zero = call("logical_and", {call("equal", {x, zero}), call("greater_equal", {y, zero})});
  Ref dy = where(at_zero, zero, self(n) * call("log", {where(at_zero, constant_like(x, 1), x)}));
  return {g * dx, g * dy};
}

} // namespace

std::vector<Op> exponential_ops() {
  using R = std::vector<Ref>;
  using std::numbers::ln10, std::numbers::ln2;
  const Domain positive{0.01, 8}, wide_range{-6, 6};
  return {
      transcendental("exp", "eˣ.", "exponential", CROTON_LIBM1(std::exp), CROTON_EXPAND1(exp),
                     [](const Node& n, const Ref& g) -> R { return {g * self(n)}; }, {wide_range}),
      transcendental("exp2", "2ˣ.", "exponential", CROTON_LIBM1(std::exp2), CROTON_EXPAND1(exp2),
                     [](const Node& n, const Ref& g) -> R { return {g * (self(n) * ln2)}; }, {wide_range}),
      transcendental("expm1", "eˣ − 1, accurate near 0.", "exponential", CROTON_LIBM1(std::expm1), CROTON_EXPAND1(expm1),
                     [](const Node& n, const Ref& g) -> R { return {g * (self(n) + 1.0)}; }, {wide_range}),
      transcendental("log", "Natural logarithm; NaN below 0.", "exponential", CROTON_LIBM1(std::log), CROTON_EXPAND1(log),
                     [](const Node& n, const Ref& g) -> R { return {g / n.args[0]}; }, {positive}),
      transcendental("log2", "Logarithm to base 2.", "exponential", CROTON_LIBM1(std::log2), CROTON_EXPAND1(log2),
                     [](const Node& n, const Ref& g) -> R { return {g / (n.args[0] * ln2)}; }, {positive}),
      transcendental("log10", "Logarithm to base 10.", "exponential", CROTON_LIBM1(std::log10), CROTON_EXPAND1(log10),
                     [](const Node& n, const Ref& g) -> R { return {g / (n.args[0] * ln10)}; }, {positive}),
      transcendental("log1p", "log(1 + x), accurate near 0.", "exponential", CROTON_LIBM1(std::log1p), CROTON_EXPAND1(log1p),
                     [](const Node& n, const Ref& g) -> R { return {g / (n.args[0] + 1.0)}; }, {{-0.9, 8}}),
      transcendental("sigmoid", "1/(1 + e⁻ˣ).", "exponential", on_floats<1>(sigmoid_value), CROTON_EXPAND1(sigmoid),
                     [](const Node& n, const Ref& g) -> R { return {g * (self(n) * (1.0 - self(n)))}; }, {wide_range}),
      transcendental("softplus", "log(1 + eˣ), without overflow.", "exponential", on_floats<1>(softplus_value),
                     CROTON_EXPAND1(softplus),
                     [](const Node& n, const Ref& g) -> R { return {g * call("sigmoid", {n.args[0]})}; }, {wide_range}, 24),
      transcendental("pow", "xʸ with C's special cases: pow(x, 0) = 1, pow(1, y) = 1.", "exponential",
                     on_floats<2>([](auto x, auto y) { return static_cast<decltype(x)>(std::pow(static_cast<double>(x), static_cast<double>(y))); }),
                     CROTON_EXPAND2(pow), pow_vjp, {{0.1, 4}, {-3, 3}}, 40, {.between = "^", .binding = Binding::raising}),
      {.name = "sqrt", .doc = "Square root; NaN below 0, the derivative at 0 is infinite.", .group = "exponential",
       .params = {"x"}, .accepts = Accepts::floating,
       .body = costing(spelled(on_floats<1>([](auto x) { return std::sqrt(x); }), {"@llvm.sqrt", "", "", "sqrt({0})"}), 6, {.f32_loose = 3}),
       .type = pointwise_type, .vjp = [](const Node& n, const Ref& g) -> R { return {g * 0.5 / self(n)}; },
       .domain = {positive}, .notation = {.before = "√", .binding = Binding::raising}},
      {.name = "rsqrt", .doc = "1/√x.", .group = "exponential", .params = {"x"}, .accepts = Accepts::floating,
       .body = expanded(CROTON_LIBM1([](double v) { return 1 / std::sqrt(v); }),
                        [](const Node& n) { return 1.0 / call("sqrt", {n.args[0]}); }, 10, {1.5, 1.5, 5.5}),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> R { return {g * (self(n) / n.args[0]) * -0.5}; }, .domain = {positive}},
      transcendental("cbrt", "Cube root, also of negative numbers.", "exponential", CROTON_LIBM1(std::cbrt), CROTON_EXPAND1(cbrt),
                     [](const Node& n, const Ref& g) -> R { return {g / (call("square", {self(n)}) * 3.0)}; }, {{0.1, 8}}, 20),
  };
}

} // namespace croton::ir
