// Comparisons, logic, bits and selection. A comparison with NaN is false, so x ≤ x is not true for floats.
#include "passes/rules.h"

namespace croton::passes {

namespace {

using enum Holds;

constexpr Rule rules[] = {
    // ---- logic ----
    {"and_true", "logical_and(x, 1)", "x"},
    {"and_false", "logical_and(x, 0)", "0"},
    {"and_self", "logical_and(x, x)", "x"},
    {"and_not", "logical_and(x, logical_not(x))", "0"},
    {"or_true", "logical_or(x, 1)", "1"},
    {"or_false", "logical_or(x, 0)", "x"},
    {"or_self", "logical_or(x, x)", "x"},
    {"or_not", "logical_or(x, logical_not(x))", "1"},
    {"xor_true", "logical_xor(x, 1)", "logical_not(x)"},
    {"xor_false", "logical_xor(x, 0)", "x"},
    {"xor_self", "logical_xor(x, x)", "0"},
    {"not_not", "logical_not(logical_not(x))", "x"},
    {"bit_and_self", "bitwise_and(x, x)", "x"},
    {"bit_and_zero", "bitwise_and(x, 0)", "0"},
    {"bit_or_self", "bitwise_or(x, x)", "x"},
    {"bit_or_zero", "bitwise_or(x, 0)", "x"},
    {"bit_xor_self", "bitwise_xor(x, x)", "0"},
    {"bit_xor_zero", "bitwise_xor(x, 0)", "x"},
    {"bit_not_not", "bitwise_not(bitwise_not(x))", "x"},
    {"left_shift_zero", "left_shift(x, 0)", "x"},
    {"right_shift_zero", "right_shift(x, 0)", "x"},

    // ---- comparisons ----
    {"less_self", "x < x", "0"},
    {"greater_self", "x > x", "0"},
    {"less_equal_self", "x <= x", "1", exact, "x is integer"},
    {"greater_equal_self", "x >= x", "1", exact, "x is integer"},
    {"equal_self", "x == x", "1", exact, "x is integer"},
    {"not_equal_self", "x != x", "0", exact, "x is integer"},
    {"not_equal_self_float", "x != x", "isnan(x)", exact, "x is float"},
    {"not_equal", "logical_not(x == y)", "x != y"},
    {"not_not_equal", "logical_not(x != y)", "x == y"},
    {"not_less_int", "logical_not(x < y)", "x >= y", exact, "x is integer"},
    {"not_less_equal_int", "logical_not(x <= y)", "x > y", exact, "x is integer"},
    {"not_greater_int", "logical_not(x > y)", "x <= y", exact, "x is integer"},
    {"not_greater_equal_int", "logical_not(x >= y)", "x < y", exact, "x is integer"},
    {"less_negatives", "-x < -y", "y < x", exact, "x is float"},
    {"equal_true", "x == 1", "x", exact, "x is bool"},
    {"equal_false", "x == 0", "logical_not(x)", exact, "x is bool"},
    {"isnan_negative", "isnan(-x)", "isnan(x)"},
    {"isnan_abs", "isnan(abs(x))", "isnan(x)"},
    {"isinf_negative", "isinf(-x)", "isinf(x)"},
    {"isfinite_negative", "isfinite(-x)", "isfinite(x)"},

    // ---- selection ----
    {"where_true", "where(1, x, y)", "x"},
    {"where_false", "where(0, x, y)", "y"},
    {"where_same", "where(p, x, x)", "x"},
    {"where_not", "where(logical_not(p), x, y)", "where(p, y, x)"},
    {"where_where_true", "where(p, where(p, x, y), z)", "where(p, x, z)"},
    {"where_where_false", "where(p, x, where(p, y, z))", "where(p, x, z)"},
    {"where_condition", "where(p, 1, 0)", "p", exact, "result is bool"},
    {"where_not_condition", "where(p, 0, 1)", "logical_not(p)", exact, "result is bool"},
    {"where_maximum_int", "where(x >= y, x, y)", "maximum(x, y)", exact, "x is integer"},
    {"where_minimum_int", "where(x <= y, x, y)", "minimum(x, y)", exact, "x is integer"},
    {"where_maximum", "where(x >= y, x, y)", "maximum(x, y)", finite, "x is float"},
    {"where_minimum", "where(x <= y, x, y)", "minimum(x, y)", finite, "x is float"},
};

} // namespace

std::span<const Rule> logic_rules() { return rules; }

} // namespace croton::passes
