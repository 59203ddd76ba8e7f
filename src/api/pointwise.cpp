// Generated from the op records by tools/generate_api.cpp: edit the records in ir/ops/.
#include "croton/pointwise.h"
#include "src/api/promote.h"

namespace croton {

Expr add(In x, In y) { return api::pointwise("add", {x, y}); }
Expr subtract(In x, In y) { return api::pointwise("subtract", {x, y}); }
Expr multiply(In x, In y) { return api::pointwise("multiply", {x, y}); }
Expr divide(In x, In y) { return api::pointwise("divide", {x, y}); }
Expr floor_divide(In x, In y) { return api::pointwise("floor_divide", {x, y}); }
Expr remainder(In x, In y) { return api::pointwise("remainder", {x, y}); }
Expr fmod(In x, In y) { return api::pointwise("fmod", {x, y}); }
Expr negative(In x) { return api::pointwise("negative", {x}); }
Expr abs(In x) { return api::pointwise("abs", {x}); }
Expr sign(In x) { return api::pointwise("sign", {x}); }
Expr maximum(In x, In y) { return api::pointwise("maximum", {x, y}); }
Expr minimum(In x, In y) { return api::pointwise("minimum", {x, y}); }
Expr fma(In x, In y, In z) { return api::pointwise("fma", {x, y, z}); }
Expr reciprocal(In x) { return api::pointwise("reciprocal", {x}); }
Expr square(In x) { return api::pointwise("square", {x}); }
Expr copysign(In x, In y) { return api::pointwise("copysign", {x, y}); }
Expr less(In x, In y) { return api::pointwise("less", {x, y}); }
Expr less_equal(In x, In y) { return api::pointwise("less_equal", {x, y}); }
Expr greater(In x, In y) { return api::pointwise("greater", {x, y}); }
Expr greater_equal(In x, In y) { return api::pointwise("greater_equal", {x, y}); }
Expr equal(In x, In y) { return api::pointwise("equal", {x, y}); }
Expr not_equal(In x, In y) { return api::pointwise("not_equal", {x, y}); }
Expr isnan(In x) { return api::pointwise("isnan", {x}); }
Expr isinf(In x) { return api::pointwise("isinf", {x}); }
Expr isfinite(In x) { return api::pointwise("isfinite", {x}); }
Expr logical_and(In x, In y) { return api::pointwise("logical_and", {x, y}); }
Expr logical_or(In x, In y) { return api::pointwise("logical_or", {x, y}); }
Expr logical_xor(In x, In y) { return api::pointwise("logical_xor", {x, y}); }
Expr logical_not(In x) { return api::pointwise("logical_not", {x}); }
Expr bitwise_and(In x, In y) { return api::pointwise("bitwise_and", {x, y}); }
Expr bitwise_or(In x, In y) { return api::pointwise("bitwise_or", {x, y}); }
Expr bitwise_xor(In x, In y) { return api::pointwise("bitwise_xor", {x, y}); }
Expr bitwise_not(In x) { return api::pointwise("bitwise_not", {x}); }
Expr left_shift(In x, In count) { return api::pointwise("left_shift", {x, count}); }
Expr right_shift(In x, In count) { return api::pointwise("right_shift", {x, count}); }
Expr floor(In x) { return api::pointwise("floor", {x}); }
Expr ceil(In x) { return api::pointwise("ceil", {x}); }
Expr trunc(In x) { return api::pointwise("trunc", {x}); }
Expr round(In x) { return api::pointwise("round", {x}); }
Expr exp(In x) { return api::pointwise("exp", {x}); }
Expr exp2(In x) { return api::pointwise("exp2", {x}); }
Expr expm1(In x) { return api::pointwise("expm1", {x}); }
Expr log(In x) { return api::pointwise("log", {x}); }
Expr log2(In x) { return api::pointwise("log2", {x}); }
Expr log10(In x) { return api::pointwise("log10", {x}); }
Expr log1p(In x) { return api::pointwise("log1p", {x}); }
Expr sigmoid(In x) { return api::pointwise("sigmoid", {x}); }
Expr softplus(In x) { return api::pointwise("softplus", {x}); }
Expr pow(In x, In y) { return api::pointwise("pow", {x, y}); }
Expr sqrt(In x) { return api::pointwise("sqrt", {x}); }
Expr rsqrt(In x) { return api::pointwise("rsqrt", {x}); }
Expr cbrt(In x) { return api::pointwise("cbrt", {x}); }
Expr sin(In x) { return api::pointwise("sin", {x}); }
Expr cos(In x) { return api::pointwise("cos", {x}); }
Expr tan(In x) { return api::pointwise("tan", {x}); }
Expr asin(In x) { return api::pointwise("asin", {x}); }
Expr acos(In x) { return api::pointwise("acos", {x}); }
Expr atan(In x) { return api::pointwise("atan", {x}); }
Expr atan2(In x, In y) { return api::pointwise("atan2", {x, y}); }
Expr sinh(In x) { return api::pointwise("sinh", {x}); }
Expr cosh(In x) { return api::pointwise("cosh", {x}); }
Expr tanh(In x) { return api::pointwise("tanh", {x}); }
Expr asinh(In x) { return api::pointwise("asinh", {x}); }
Expr acosh(In x) { return api::pointwise("acosh", {x}); }
Expr atanh(In x) { return api::pointwise("atanh", {x}); }
Expr erf(In x) { return api::pointwise("erf", {x}); }
Expr erfc(In x) { return api::pointwise("erfc", {x}); }
Expr stop_gradient(In x) { return api::pointwise("stop_gradient", {x}); }

} // namespace croton
