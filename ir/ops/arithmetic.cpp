// Arithmetic. Integers wrap; division never traps.
#include "ir/ops/record.h"

namespace croton::ir {

namespace {

__extension__ typedef unsigned __int128 uwide;
constexpr auto wrap_mul = [](wide x, wide y) { return static_cast<wide>(static_cast<uwide>(x) * static_cast<uwide>(y)); };
constexpr auto floor_quotient = [](wide x, wide y) -> wide {
  return y == 0 ? wide(0) : x / y - ((x % y != 0) && ((x < 0) != (y < 0)));
};

// NumPy's definition: the quotient of the exact remainder, snapped to an integer.
constexpr auto float_remainder = [](auto x, auto y) {
  auto r = std::fmod(x, y);
  if (r == 0) return std::copysign(r, y);
  return (r < 0) != (y < 0) ? r + y : r;
};
constexpr auto float_floor_divide = [](auto x, auto y) {
  if (y == 0) return x / y;
  auto r = std::fmod(x, y);
  auto q = (x - r) / y;
  if (r != 0 && (r < 0) != (y < 0)) q -= 1;
  if (q == 0) return std::copysign(decltype(x)(0), x / y);
  auto f = std::floor(q);
  return q - f > decltype(x)(0.5) ? f + 1 : f;
};

Ref expand_remainder(const Node& n) {
  const Ref &x = n.args[0], &y = n.args[1];
  Ref zero = constant_like(x, 0);
  if (is_float(n.dtype())) {
    Ref r = call("fmod", {x, y});
    Ref adjusted = where(call("not_equal", {call("less", {r, zero}), call("less", {y, zero})}), r + y, r);
    return where(call("equal", {r, zero}), call("copysign", {r, y}), adjusted);
  }
  // x % 0 is x − (x // 0)·0 = x.
  return x - call("floor_divide", {x, y}) * y;
}

Ref expand_floor_divide(const Node& n) {
  const Ref &x = n.args[0], &y = n.args[1];
  Ref zero = constant_like(x, 0), one = constant_like(x, 1);
  if (is_float(n.dtype())) {
    Ref r = call("fmod", {x, y}), q0 = (x - r) / y;
    Ref signs_differ = call("not_equal", {call("less", {r, zero}), call("less", {y, zero})});
    Ref q = where(call("logical_and", {call("not_equal", {r, zero}), signs_differ}), q0 - one, q0);
    Ref f = call("floor", {q});
    Ref snapped = where(call("greater", {q - f, constant_like(x, 0.5)}), f + one, f);
    Ref quotient = x / y;
    Ref result = where(call("equal", {q, zero}), call("copysign", {zero, quotient}), snapped);
    return where(call("equal", {y, zero}), quotient, result);
  }
  Ref by_zero = call("equal", {y, zero});
  if (!info(n.dtype()).is_signed) return where(by_zero, zero, call("quotient", {x, where(by_zero, one, y)}));
  // −1 is divided by negation: the most negative number over −1 would trap.
  Ref minus_one = constant_like(x, -1), by_minus_one = call("equal", {y, minus_one});
  Ref divisor = where(call("logical_or", {by_zero, by_minus_one}), one, y);
  Ref q = call("quotient", {x, divisor}), r = x - q * divisor;
  Ref signs_differ = call("not_equal", {call("less", {r, zero}), call("less", {divisor, zero})});
  Ref inexact = call("not_equal", {r, zero});
  Ref floored = where(call("logical_and", {inexact, signs_differ}), q - one, q);
  return where(by_zero, zero, where(by_minus_one, -x, floored));
}

// A NaN operand wins. The inner selection is one machine instruction, which gives y when either operand is NaN.
Ref expand_extreme(const Node& n, std::string_view better) {
  const Ref &x = n.args[0], &y = n.args[1];
  Ref chosen = where(call(better, {x, y}), x, y);
  return is_float(n.dtype()) ? where(call("not_equal", {x, x}), x, chosen) : chosen;
}

// The whole cotangent goes to the first operand on a tie.
std::vector<Ref> extreme_vjp(const Node& n, const Ref& g, std::string_view first_wins) {
  Ref first = call(first_wins, {n.args[0], n.args[1]}), zero = zeros_like(g);
  return {where(first, g, zero), where(first, zero, g)};
}

} // namespace

std::vector<Op> arithmetic_ops() {
  return {
      {.name = "add", .doc = "Sum. Integers wrap.", .group = "arithmetic", .params = {"x", "y"},
       .body = spelled(on_all<2>([](auto x, auto y) { return x + y; }), {"fadd", "add", "", "({0} + {1})", "({u0} + {u1})"}),
       .type = pointwise_type,
       .vjp = [](const Node&, const Ref& g) -> std::vector<Ref> { return {g, g}; }, .commutative = true, .notation = infix(" + ", Binding::adding)},
      {.name = "subtract", .doc = "Difference. Integers wrap.", .group = "arithmetic", .params = {"x", "y"},
       .body = spelled(on_all<2>([](auto x, auto y) { return x - y; }), {"fsub", "sub", "", "({0} - {1})", "({u0} - {u1})"}),
       .type = pointwise_type,
       .vjp = [](const Node&, const Ref& g) -> std::vector<Ref> { return {g, -g}; },
       .notation = infix_from_left(" − ", Binding::adding)},
      {.name = "multiply", .doc = "Product. Integers wrap.", .group = "arithmetic",
       .params = {"x", "y"},
       .body = product(spelled(on_either<2>([](auto x, auto y) { return x * y; }, wrap_mul),
                               {"fmul", "mul", "", "({0} * {1})", "({u0} * {u1})"})),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> { return {g * n.args[1], g * n.args[0]}; },
       .commutative = true, .notation = infix("·", Binding::multiplying)},
      {.name = "divide", .doc = "Quotient of floats; the public function turns integers into the default float first.",
       .group = "arithmetic", .params = {"x", "y"}, .accepts = Accepts::floating,
       .body = costing(spelled(on_floats<2>([](auto x, auto y) { return x / y; }), {"fdiv", "", "", "({0} / {1})"}), 4, {.f32_loose = 2.5}),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> {
         Ref q = g / n.args[1];
         return {q, -(q * self(n))};
       }, .notation = infix_from_left("/", Binding::multiplying)},
      {.name = "floor_divide", .doc = "Quotient rounded towards −infinity; an integer over 0 is 0.",
       .group = "arithmetic", .params = {"x", "y"}, .accepts = Accepts::real_number,
       .body = expanded(on_either<2>(float_floor_divide, floor_quotient), expand_floor_divide, 12),
       .type = pointwise_type, .differentiable = false, .notation = infix_from_left(" // ", Binding::multiplying)},
      {.name = "remainder", .doc = "x − floor_divide(x, y)·y, with the divisor's sign; an integer over 0 is itself.",
       .group = "arithmetic", .params = {"x", "y"}, .accepts = Accepts::real_number,
       .body = expanded(on_either<2>(float_remainder, [](wide x, wide y) { return x - floor_quotient(x, y) * y; }),
                        expand_remainder, 12),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> {
         return {g, -(g * call("floor_divide", {n.args[0], n.args[1]}))};
       }, .notation = infix_from_left(" mod ", Binding::multiplying)},
      {.name = "fmod", .doc = "Remainder of the division rounded towards zero, with the dividend's sign; exact.",
       .group = "arithmetic", .params = {"x", "y"}, .accepts = Accepts::floating,
       .body = costing(spelled(on_floats<2>([](auto x, auto y) { return std::fmod(x, y); }), {"frem", "", "", "fmod({0}, {1})"}), 20),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> {
         return {g, -(g * call("trunc", {n.args[0] / n.args[1]}))};
       }},
      {.name = "quotient", .doc = "Integer division towards zero; the divisor must not be 0, nor −1 under the minimum.",
       .group = "internal", .params = {"x", "y"}, .accepts = Accepts::integer,
       .body = costing(spelled(on_integers<2>([](wide x, wide y) { return y == 0 ? wide(0) : x / y; }), {"", "sdiv", "udiv", "", "({0} / {1})"}), 10),
       .type = pointwise_type, .differentiable = false},
      {.name = "negative", .doc = "−x. Integers wrap.", .group = "arithmetic", .params = {"x"},
       .body = spelled(on_all<1>([](auto x) { return -x; }), {"fneg", "neg", "", "(-{0})", "(-{u0})"}), .type = pointwise_type,
       .vjp = [](const Node&, const Ref& g) -> std::vector<Ref> { return {-g}; },
       .notation = {.before = "−", .binding = Binding::signing, .first = Binding::signing}},
      {.name = "abs", .doc = "Absolute value; the derivative at 0 is 0.", .group = "arithmetic", .params = {"x"},
       .accepts = Accepts::real_number,
       .body = expanded(spelled(on_either<1>([](auto x) { return std::fabs(x); }, [](wide x) { return x < 0 ? -x : x; }),
                                {"@llvm.fabs", "", "", "fabs({0})"}),
                        [](const Node& n) {
                          if (!info(n.dtype()).is_signed) return n.args[0];
                          return where(call("less", {n.args[0], constant_like(n.args[0], 0)}), -n.args[0], n.args[0]);
                        }),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> { return {g * call("sign", {n.args[0]})}; },
       .notation = {.before = "|", .after = "|", .first = Binding::none}},
      {.name = "sign", .doc = "−1, 0 or 1; NaN stays NaN, sign(−0) is 0.", .group = "arithmetic", .params = {"x"},
       .accepts = Accepts::real_number,
       .body = expanded(on_either<1>([](auto x) { return x != x ? x : decltype(x)((x > 0) - (x < 0)); },
                                     [](wide x) { return wide((x > 0) - (x < 0)); }),
                        [](const Node& n) {
                          const Ref& x = n.args[0];
                          Ref zero = constant_like(x, 0), one = constant_like(x, 1);
                          Ref magnitude = where(call("greater", {x, zero}), one, zero);
                          Ref result = info(n.dtype()).is_signed
                                           ? where(call("less", {x, zero}), constant_like(x, -1), magnitude)
                                           : magnitude;
                          return is_float(n.dtype()) ? where(call("isnan", {x}), x, result) : result;
                        }),
       .type = pointwise_type, .differentiable = false},
      {.name = "maximum", .doc = "The larger operand; NaN wins. On a tie the gradient goes to the first operand.",
       .group = "arithmetic", .params = {"x", "y"}, .accepts = Accepts::real_number,
       .body = expanded(on_either<2>([](auto x, auto y) { return x != x || x > y ? x : y; },
                                     [](wide x, wide y) { return x > y ? x : y; }),
                        [](const Node& n) { return expand_extreme(n, "greater"); }),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) { return extreme_vjp(n, g, "greater_equal"); }},
      {.name = "minimum", .doc = "The smaller operand; NaN wins. On a tie the gradient goes to the first operand.",
       .group = "arithmetic", .params = {"x", "y"}, .accepts = Accepts::real_number,
       .body = expanded(on_either<2>([](auto x, auto y) { return x != x || x < y ? x : y; },
                                     [](wide x, wide y) { return x < y ? x : y; }),
                        [](const Node& n) { return expand_extreme(n, "less"); }),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) { return extreme_vjp(n, g, "less_equal"); }},
      {.name = "fma", .doc = "x·y + z with one rounding.", .group = "arithmetic", .params = {"x", "y", "z"},
       .accepts = Accepts::floating,
       .body = spelled(on_floats<3>([](auto x, auto y, auto z) { return std::fma(x, y, z); }),
                       {"@llvm.fma", "", "", "fma({0}, {1}, {2})"}),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> { return {g * n.args[1], g * n.args[0], g}; },
       .commutative = true},
      {.name = "reciprocal", .doc = "1/x.", .group = "arithmetic", .params = {"x"}, .accepts = Accepts::floating,
       .body = expanded(on_floats<1>([](auto x) { return 1 / x; }), [](const Node& n) { return 1.0 / n.args[0]; }, 4, {.f32_loose = 2.5}),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> { return {-(g * call("square", {self(n)}))}; },
       .notation = {.before = "1/", .binding = Binding::multiplying, .first = Binding::signing}},
      {.name = "square", .doc = "x·x.", .group = "arithmetic", .params = {"x"},
       .body = product(expanded(on_either<1>([](auto x) { return x * x; }, [](wide x) { return wrap_mul(x, x); }),
                                [](const Node& n) { return n.args[0] * n.args[0]; })),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> { return {g * (n.args[0] * 2.0)}; },
       .notation = {.after = "²", .binding = Binding::raising}},
      {.name = "copysign", .doc = "The magnitude of x with the sign of y.", .group = "arithmetic", .params = {"x", "y"},
       .accepts = Accepts::floating,
       .body = spelled(on_floats<2>([](auto x, auto y) { return std::copysign(x, y); }),
                       {"@llvm.copysign", "", "", "copysign({0}, {1})"}),
       .type = pointwise_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> {
         Ref same = call("copysign", {constant_like(g, 1), n.args[0]}) * call("copysign", {constant_like(g, 1), n.args[1]});
         return {g * same, nullptr};
       },
       .unspecified = [](const Node& n) { return call("isnan", {n.args[1]}); }}, // a NaN has no sign to rely on
  };
}

} // namespace croton::ir
