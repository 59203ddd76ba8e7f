// Arithmetic. Floats obey IEEE: x·0, x − x and x + 0 are not simplified without fast math, for NaN, ∞ and −0 would show.
#include "passes/rules.h"

namespace croton::passes {

namespace {

using enum Holds;

constexpr Rule rules[] = {
    // ---- sums ----
    {"sub_zero", "x - 0", "x"},
    {"add_minus_zero", "x + -0.0", "x"},
    {"add_zero_int", "x + 0", "x", exact, "x is integer"},
    {"add_zero", "x + 0", "x", finite, "x is float"},
    {"zero_sub_int", "0 - x", "-x", exact, "x is integer"},
    {"minus_zero_sub", "-0.0 - x", "-x"},
    {"sub_negative", "x - (-y)", "x + y"},
    {"add_negative", "x + (-y)", "x - y"},
    {"neg_neg", "-(-x)", "x"},
    {"neg_sub_int", "-(x - y)", "y - x", exact, "x is integer"},
    {"neg_sub", "-(x - y)", "y - x", finite, "x is float"},
    {"sub_self_int", "x - x", "0", exact, "x is integer"},
    {"sub_self", "x - x", "0", finite, "x is float"},
    {"add_sub_cancel_int", "(x + y) - y", "x", exact, "x is integer"},
    {"sub_add_cancel_int", "(x - y) + y", "x", exact, "x is integer"},
    {"add_constants_int", "(x + c1) + c2", "x + (c1 + c2)", exact, "x is integer"},
    {"add_constants", "(x + c1) + c2", "x + (c1 + c2)", close, "x is float"},

    // ---- products ----
    {"mul_one", "x * 1", "x"},
    {"mul_minus_one", "x * -1", "-x"},
    {"mul_zero_int", "x * 0", "0", exact, "x is integer"},
    {"mul_zero", "x * 0", "0", finite, "x is float"},
    {"mul_negatives", "(-x) * (-y)", "x * y"},
    {"mul_negative_constant", "(-x) * c", "x * (-c)"},
    {"mul_self", "x * x", "square(x)"},
    {"mul_constants_int", "(x * c1) * c2", "x * (c1 * c2)", exact, "x is integer"},
    {"mul_constants", "(x * c1) * c2", "x * (c1 * c2)", close, "x is float"},
    {"square_negative", "square(-x)", "square(x)"},
    {"square_abs", "square(abs(x))", "square(x)"},
    {"fma_one", "fma(x, 1, y)", "x + y"},
    {"fma_minus_zero", "fma(x, y, -0.0)", "x * y"},

    // ---- quotients ----
    {"div_one", "x / 1", "x"},
    {"div_minus_one", "x / -1", "-x"},
    {"div_negatives", "(-x) / (-y)", "x / y"},
    {"div_power_of_two", "x / c", "x * (1 / c)", exact, "c is power of two"},
    {"div_constant", "x / c", "x * (1 / c)", close},
    {"one_over", "1 / x", "reciprocal(x)"},
    {"div_self", "x / x", "1", finite},
    {"zero_div", "0 / x", "0", finite},
    {"reciprocal_reciprocal", "reciprocal(reciprocal(x))", "x", close},
    {"floor_divide_one_int", "x // 1", "x", exact, "x is integer"},
    {"floor_divide_one", "x // 1", "floor(x)", finite, "x is float"},
    {"remainder_one_int", "remainder(x, 1)", "0", exact, "x is integer"},

    // ---- magnitudes and signs ----
    {"abs_negative", "abs(-x)", "abs(x)", exact, "x is signed"},
    {"abs_abs", "abs(abs(x))", "abs(x)"},
    {"abs_square", "abs(square(x))", "square(x)", exact, "x is float"},
    {"abs_copysign", "abs(copysign(x, y))", "abs(x)"},
    {"copysign_abs", "copysign(abs(x), y)", "copysign(x, y)"},
    {"copysign_negative", "copysign(-x, y)", "copysign(x, y)"},
    {"sign_sign", "sign(sign(x))", "sign(x)"},
    {"sqrt_square", "sqrt(square(x))", "abs(x)", stable},

    // ---- powers ----
    {"pow_zero", "pow(x, 0)", "1"},
    {"pow_one", "pow(x, 1)", "x"},
    {"one_pow", "pow(1, x)", "1"},
    {"pow_two", "pow(x, 2)", "square(x)", stable},
    {"pow_minus_one", "pow(x, -1)", "reciprocal(x)", stable},
    {"pow_half", "pow(x, 0.5)", "sqrt(x)", finite},
    {"pow_minus_half", "pow(x, -0.5)", "rsqrt(x)", finite},
    {"pow_three", "pow(x, 3)", "x * square(x)", close},
    {"one_over_sqrt", "1 / sqrt(x)", "rsqrt(x)", stable},
    {"reciprocal_sqrt", "reciprocal(sqrt(x))", "rsqrt(x)", stable},

    // ---- extremes ----
    {"max_self", "maximum(x, x)", "x"},
    {"min_self", "minimum(x, x)", "x"},
    {"max_max", "maximum(maximum(x, y), y)", "maximum(x, y)"},
    {"min_min", "minimum(minimum(x, y), y)", "minimum(x, y)"},
    {"max_negatives", "maximum(-x, -y)", "-minimum(x, y)", exact, "x is float"},
    {"min_negatives", "minimum(-x, -y)", "-maximum(x, y)", exact, "x is float"},

    // ---- rounding ----
    {"floor_int", "floor(x)", "x", exact, "x is integer"},
    {"ceil_int", "ceil(x)", "x", exact, "x is integer"},
    {"trunc_int", "trunc(x)", "x", exact, "x is integer"},
    {"round_int", "round(x)", "x", exact, "x is integer"},
    {"floor_floor", "floor(floor(x))", "floor(x)"},
    {"ceil_ceil", "ceil(ceil(x))", "ceil(x)"},
    {"trunc_trunc", "trunc(trunc(x))", "trunc(x)"},
    {"round_round", "round(round(x))", "round(x)"},

    // ---- after differentiation ----
    {"stop_gradient", "stop_gradient(x)", "x"},
};

} // namespace

std::span<const Rule> arithmetic_rules() { return rules; }

} // namespace croton::passes
