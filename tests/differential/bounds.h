// How far a device may be from the reference.
#pragma once
#include "ir/op.h"
#include "tests/differential/run.h"
#include <cstdint>

namespace croton::test {

/// Half the spacing of floats at 1: the relative error of one rounding.
double unit_roundoff(DType dtype);

/// γₙ = n·u / (1 − n·u): n roundings in a row, whatever their order, move a product by at most this factor, and a sum of
/// n + 1 terms by at most γₙ·Σ|xᵢ| (Higham, Accuracy and Stability of Numerical Algorithms, lemma 3.1 and section 4.2).
double growth(i64 n, DType dtype);

/// How far a device's result of this pointwise node may be from the reference's, in ulp: the record's bound, half an ulp
/// for the reference's own rounding, and in f64 what the C library may be off itself (its manual says at most 5 ulp).
double pointwise_bound(const ir::Node& node);

/// False where the record promises no accuracy: the arguments of sin, cos and tan beyond their reduction (ir/math/trig.h).
bool has_bound(const ir::Node& node, double operand);

/// True where a device's result may differ from the reference's given the same operands: an approximated function, a sum
/// whose order is free, and, when a·b + c may be contracted, products.
bool is_inexact(const ir::Node& node, bool strict);

/// What a device may give, from the reference by sampled running error analysis: every inexact node's elements are moved
/// by its own bound with random signs and magnitudes, and the spread of the results over several samples, times a safety factor, is the
/// tolerance. It follows cancellation and conditioning, which no fixed number does. Where a sample gives another integer
/// or is no longer finite, the element decides nothing.
struct Expected {
  Arrays values;
  std::vector<std::vector<double>> tolerance; ///< infinite: not comparable
};
Expected expected_of(const Case& c, std::uint64_t seed = 1);

/// The first element outside of its tolerance; empty: none is.
std::string difference(const Arrays& got, const Expected& expected);

} // namespace croton::test
