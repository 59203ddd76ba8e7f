// Elementwise functions, generated from the op records by tools/generate_api.cpp: edit the records in ir/ops/.
// Operands are promoted (docs/semantics.md) and broadcast; the result has their common shape. Operands that do not
// fit throw DTypeError, shapes that do not broadcast ShapeError, with the caller's line.
#pragma once
#include "croton/expr.h"

namespace croton {

// ---- arithmetic ----
/// Sum. Integers wrap. Takes numbers.
Expr add(In x, In y);
/// Difference. Integers wrap. Takes numbers.
Expr subtract(In x, In y);
/// Product. Integers wrap. Takes numbers.
Expr multiply(In x, In y);
/// Quotient of floats; the public function turns integers into the default float first. Takes floats; integers and
/// bool become the default float.
Expr divide(In x, In y);
/// Quotient rounded towards −infinity; an integer over 0 is 0. Takes real numbers.
Expr floor_divide(In x, In y);
/// x − floor_divide(x, y)·y, with the divisor's sign; an integer over 0 is itself. Takes real numbers.
Expr remainder(In x, In y);
/// Remainder of the division rounded towards zero, with the dividend's sign; exact. Takes floats; integers and bool
/// become the default float.
Expr fmod(In x, In y);
/// −x. Integers wrap. Takes numbers.
Expr negative(In x);
/// Absolute value; the derivative at 0 is 0. Takes real numbers.
Expr abs(In x);
/// −1, 0 or 1; NaN stays NaN, sign(−0) is 0. Takes real numbers.
Expr sign(In x);
/// The larger operand; NaN wins. On a tie the gradient goes to the first operand. Takes real numbers.
Expr maximum(In x, In y);
/// The smaller operand; NaN wins. On a tie the gradient goes to the first operand. Takes real numbers.
Expr minimum(In x, In y);
/// x·y + z with one rounding. Takes floats; integers and bool become the default float.
Expr fma(In x, In y, In z);
/// 1/x. Takes floats; integers and bool become the default float.
Expr reciprocal(In x);
/// x·x. Takes numbers.
Expr square(In x);
/// The magnitude of x with the sign of y. Takes floats; integers and bool become the default float.
Expr copysign(In x, In y);

// ---- comparison ----
/// x < y; false on NaN. Takes any dtype.
Expr less(In x, In y);
/// x ≤ y; false on NaN. Takes any dtype.
Expr less_equal(In x, In y);
/// x > y; false on NaN. Takes any dtype.
Expr greater(In x, In y);
/// x ≥ y; false on NaN. Takes any dtype.
Expr greater_equal(In x, In y);
/// x = y; false on NaN. Takes any dtype.
Expr equal(In x, In y);
/// x ≠ y; true on NaN. Takes any dtype.
Expr not_equal(In x, In y);
/// True on NaN. Takes floats; integers and bool become the default float.
Expr isnan(In x);
/// True on ±infinity. Takes floats; integers and bool become the default float.
Expr isinf(In x);
/// False on NaN and ±infinity. Takes floats; integers and bool become the default float.
Expr isfinite(In x);

// ---- logic ----
/// True where both are. Takes bool.
Expr logical_and(In x, In y);
/// True where one is. Takes bool.
Expr logical_or(In x, In y);
/// True where exactly one is. Takes bool.
Expr logical_xor(In x, In y);
/// True where x is false. Takes bool.
Expr logical_not(In x);
/// And of the bits. Takes integers or bool.
Expr bitwise_and(In x, In y);
/// Or of the bits. Takes integers or bool.
Expr bitwise_or(In x, In y);
/// Exclusive or of the bits. Takes integers or bool.
Expr bitwise_xor(In x, In y);
/// Complement of the bits; on bool, logical not. Takes integers.
Expr bitwise_not(In x);
/// x·2ⁿ, wrapping; 0 where n is negative or not below the width. Takes integers.
Expr left_shift(In x, In count);
/// Arithmetic shift for signed, logical for unsigned; 0 where n is negative or not below the width. Takes integers.
Expr right_shift(In x, In count);

// ---- rounding ----
/// The largest integer not above x. Takes real numbers.
Expr floor(In x);
/// The smallest integer not below x. Takes real numbers.
Expr ceil(In x);
/// x without its fraction. Takes real numbers.
Expr trunc(In x);
/// The nearest integer, halves to even. Takes real numbers.
Expr round(In x);

// ---- exponential ----
/// eˣ. Takes floats; integers and bool become the default float.
Expr exp(In x);
/// 2ˣ. Takes floats; integers and bool become the default float.
Expr exp2(In x);
/// eˣ − 1, accurate near 0. Takes floats; integers and bool become the default float.
Expr expm1(In x);
/// Natural logarithm; NaN below 0. Takes floats; integers and bool become the default float.
Expr log(In x);
/// Logarithm to base 2. Takes floats; integers and bool become the default float.
Expr log2(In x);
/// Logarithm to base 10. Takes floats; integers and bool become the default float.
Expr log10(In x);
/// log(1 + x), accurate near 0. Takes floats; integers and bool become the default float.
Expr log1p(In x);
/// 1/(1 + e⁻ˣ). Takes floats; integers and bool become the default float.
Expr sigmoid(In x);
/// log(1 + eˣ), without overflow. Takes floats; integers and bool become the default float.
Expr softplus(In x);
/// xʸ with C's special cases: pow(x, 0) = 1, pow(1, y) = 1. Takes floats; integers and bool become the default
/// float.
Expr pow(In x, In y);
/// Square root; NaN below 0, the derivative at 0 is infinite. Takes floats; integers and bool become the default
/// float.
Expr sqrt(In x);
/// 1/√x. Takes floats; integers and bool become the default float.
Expr rsqrt(In x);
/// Cube root, also of negative numbers. Takes floats; integers and bool become the default float.
Expr cbrt(In x);

// ---- trigonometric ----
/// Sine. Takes floats; integers and bool become the default float.
Expr sin(In x);
/// Cosine. Takes floats; integers and bool become the default float.
Expr cos(In x);
/// Tangent. Takes floats; integers and bool become the default float.
Expr tan(In x);
/// Inverse sine; NaN outside [−1, 1]. Takes floats; integers and bool become the default float.
Expr asin(In x);
/// Inverse cosine; NaN outside [−1, 1]. Takes floats; integers and bool become the default float.
Expr acos(In x);
/// Inverse tangent. Takes floats; integers and bool become the default float.
Expr atan(In x);
/// Angle of the point (y, x) given as atan2(x: ordinate, y: abscissa), in (−π, π]. Takes floats; integers and
/// bool become the default float.
Expr atan2(In x, In y);
/// Hyperbolic sine. Takes floats; integers and bool become the default float.
Expr sinh(In x);
/// Hyperbolic cosine. Takes floats; integers and bool become the default float.
Expr cosh(In x);
/// Hyperbolic tangent. Takes floats; integers and bool become the default float.
Expr tanh(In x);
/// Inverse hyperbolic sine. Takes floats; integers and bool become the default float.
Expr asinh(In x);
/// Inverse hyperbolic cosine; NaN below 1. Takes floats; integers and bool become the default float.
Expr acosh(In x);
/// Inverse hyperbolic tangent; NaN outside [−1, 1]. Takes floats; integers and bool become the default float.
Expr atanh(In x);

// ---- special ----
/// Error function. Takes floats; integers and bool become the default float.
Expr erf(In x);
/// 1 − erf(x), accurate for large x. Takes floats; integers and bool become the default float.
Expr erfc(In x);

// ---- conversion ----
/// x itself; no gradient flows through. Takes any dtype.
Expr stop_gradient(In x);

} // namespace croton
