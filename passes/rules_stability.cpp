// Forms that keep their digits: no overflow of an exponential, no difference of nearly equal numbers. Longer forms stand
// before the shorter ones they contain.
#include "passes/rules.h"

namespace croton::passes {

namespace {

using enum Holds;

constexpr Rule rules[] = {
    // ---- sigmoid and softplus ----
    {"sigmoid_divide", "1 / (1 + exp(-x))", "sigmoid(x)", stable},
    {"sigmoid_reciprocal", "reciprocal(1 + exp(-x))", "sigmoid(x)", stable},
    {"sigmoid_divide_negative", "1 / (1 + exp(x))", "sigmoid(-x)", stable},
    {"sigmoid_reciprocal_negative", "reciprocal(1 + exp(x))", "sigmoid(-x)", stable},
    {"sigmoid_odds", "exp(x) / (1 + exp(x))", "sigmoid(x)", stable},
    {"one_minus_sigmoid", "1 - sigmoid(x)", "sigmoid(-x)", stable},
    {"log_sigmoid", "log(sigmoid(x))", "-softplus(-x)", stable},
    {"log1p_minus_sigmoid", "log1p(-sigmoid(x))", "-softplus(x)", stable},
    {"softplus", "log1p(exp(x))", "softplus(x)", stable},
    {"softplus_minus", "softplus(x) - x", "softplus(-x)", stable},
    {"exp_minus_softplus", "exp(-softplus(x))", "sigmoid(-x)", stable},

    // ---- logarithms of sums of exponentials ----
    // What was shifted by its maximum is in range and more accurate than x - logsumexp(x) for large x: it stays shifted.
    {"log_softmax_shifted",
     "log(exp(x - max(x, axes=A, keepdims=1)) / sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1))",
     "(x - max(x, axes=A, keepdims=1)) - log(sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1))", stable},
    {"log_pick_softmax_shifted",
     "log(pick(exp(x - max(x, axes=A, keepdims=1)) / sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1), i, axis=a))",
     "pick((x - max(x, axes=A, keepdims=1)) - log(sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1)), i, axis=a)", stable},
    {"log_softmax_scaled",
     "log(exp(x - max(x, axes=A, keepdims=1)) * reciprocal(sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1)))",
     "(x - max(x, axes=A, keepdims=1)) - log(sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1))", stable},
    {"log_pick_softmax_scaled",
     "log(pick(exp(x - max(x, axes=A, keepdims=1)) * reciprocal(sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1)), i, axis=a))",
     "pick((x - max(x, axes=A, keepdims=1)) - log(sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1)), i, axis=a)", stable},
    {"log_softmax", "log(exp(x) / sum(exp(x), axes=A, keepdims=1))", "x - logsumexp(x, axes=A, keepdims=1)", stable},
    {"log_pick_softmax", "log(pick(exp(x) / sum(exp(x), axes=A, keepdims=1), i, axis=a))",
     "pick(x - logsumexp(x, axes=A, keepdims=1), i, axis=a)", stable},
    {"logsumexp_shift", "log(sum(exp(x - max(x, axes=A, keepdims=1)), axes=A, keepdims=1)) + max(x, axes=A, keepdims=1)",
     "logsumexp(x, axes=A, keepdims=1)", stable},
    {"logsumexp", "log(sum(exp(x), axes=A, keepdims=k))", "logsumexp(x, axes=A, keepdims=k)", stable, "x is unshifted"},

    // ---- exponentials and logarithms near 1 ----
    {"log1p", "log(1 + x)", "log1p(x)", stable},
    {"log1p_minus", "log(1 - x)", "log1p(-x)", stable},
    {"expm1", "exp(x) - 1", "expm1(x)", stable},
    {"expm1_add", "exp(x) + -1", "expm1(x)", stable},
    {"minus_expm1", "1 - exp(x)", "-expm1(x)", stable},
    {"log_exp", "log(exp(x))", "x", stable},
    {"log1p_expm1", "log1p(expm1(x))", "x", stable},
    {"log_sqrt", "log(sqrt(x))", "log(x) * 0.5", stable},
    {"log_reciprocal", "log(reciprocal(x))", "-log(x)", finite},

    // ---- error functions ----
    {"one_minus_erf", "1 - erf(x)", "erfc(x)", stable},
    {"erf_minus_one", "erf(x) - 1", "-erfc(x)", stable},
    {"one_minus_erfc", "1 - erfc(x)", "erf(x)", stable},

    // ---- hyperbolic functions ----
    {"tanh", "(exp(x) - exp(-x)) / (exp(x) + exp(-x))", "tanh(x)", stable},

    // ---- sums of products ----
    {"sum_mul_constant", "sum(x * c, axes=A, keepdims=k)", "sum(x, axes=A, keepdims=k) * c", close, "x is float"},
    {"sum_mul_constant_int", "sum(x * c, axes=A, keepdims=k)", "sum(x, axes=A, keepdims=k) * c", exact, "x is integer"},
};

} // namespace

std::span<const Rule> stability_rules() { return rules; }

} // namespace croton::passes
