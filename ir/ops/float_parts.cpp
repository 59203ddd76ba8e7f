// The parts of a float: what the expansions of exp and log are made of, one instruction each on some processors.
#include "ir/math/node_vocabulary.h"
#include "ir/math/parts.h"
#include "ir/ops/transcendental.h"

namespace croton::ir {

namespace {

constexpr auto scaleb_value = [](auto x, auto k) {
  if (k != k) return k;
  return std::scalbn(x, static_cast<int>(std::fmax(-5000.0, std::fmin(5000.0, static_cast<double>(k)))));
};

constexpr auto significand_value = [](auto x) -> decltype(x) {
  if (!(x >= 0)) return std::numeric_limits<decltype(x)>::quiet_NaN();
  if (x == 0 || std::isinf(x)) return 1;
  int exponent = 0;
  auto m = std::frexp(x, &exponent); // in [1/2, 1)
  return m < decltype(x)(0.75) ? 2 * m : m;
};

constexpr Pointwise part(Pointwise value, Ref (*expand)(const Node&), std::string_view avx512) {
  value = expanded(value, expand, 4);
  value.avx512 = avx512;
  return value;
}

} // namespace

std::vector<Op> float_part_ops() {
  return {
      {.name = "scaleb", .doc = "x·2ᵏ, rounded once, for x near 1 and integral k from −250 to 250 (f32), −2000 to 2000 (f64).",
       .group = "internal", .params = {"x", "k"}, .accepts = Accepts::floating,
       .body = part(on_floats<2>(scaleb_value), CROTON_EXPAND2(scaleb), "scalef"), .type = pointwise_type,
       .domain = {{0.5, 2}, {-100, 100, true}}},
      {.name = "logb", .doc = "The exponent of |x|: floor(log₂|x|); −∞ at 0, ∞ at ∞.", .group = "internal", .params = {"x"},
       .accepts = Accepts::floating, .body = part(on_floats<1>([](auto x) { return std::logb(x); }), CROTON_EXPAND1(logb), "getexp"),
       .type = pointwise_type, .differentiable = false},
      // 11: signed zeros give 1, below 0 is NaN; 11: the interval [3/4, 3/2)
      {.name = "significand", .doc = "x·2⁻ᵏ with the k that brings it into [3/4, 3/2); 1 at 0 and ∞, NaN below 0.", .group = "internal",
       .params = {"x"}, .accepts = Accepts::floating,
       .body = part(on_floats<1>(significand_value), CROTON_EXPAND1(significand), "getmant 15"), .type = pointwise_type},
  };
}

} // namespace croton::ir
