// What the error bounds of op records (Op::error) are made of.
#pragma once
#include "ir/build.h"

namespace croton::ir {

/// Half the spacing of floats at 1: the relative error of one rounding.
double unit_roundoff(DType dtype);

/// γₙ = n·u / (1 − n·u): n roundings in a row, whatever their order, move a product by at most this factor, and a sum of
/// n + 1 terms by at most γₙ·Σ|xᵢ| (Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1 and section 4.2).
double growth(i64 n, DType dtype);

Ref magnitude(const Ref& x);

/// γₙ times the magnitude of x.
Ref error_of_roundings(const Ref& x, i64 n);

/// Of a logarithm of a sum: it turns the sum's relative error, γₙ, into an absolute one.
Ref error_of_log_sum(const Ref& value, i64 n);

} // namespace croton::ir
