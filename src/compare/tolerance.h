// How far a device may be from the reference, by principle: bounds of each op, carried through the graph.
#pragma once
#include "ir/array.h"
#include "src/executable.h"
#include <cstdint>

namespace croton::comparison {

/// What a device promises beyond the ops' own bounds.
struct Precision {
  bool strict = false;        ///< a·b + c is contracted nowhere
  bool exact_division = true; ///< f32 quotients and roots are correctly rounded
};

/// Distance of floats in units of the spacing at `want`; infinite where one is NaN or infinite and the other is not.
double ulps(DType dtype, double got, double want);

/// How far a device's result of this pointwise node may be from the reference's, in ulp: the record's bound, half an ulp
/// for the reference's own rounding, and in f64 what the C library may be off itself (its manual says at most 5 ulp).
double pointwise_bound(const ir::Node& node, bool exact_division = true);

/// True where a device's result may differ from the reference's given the same operands: an approximated function, a sum
/// whose order is free, values that the op leaves open, and, when a·b + c may be contracted, products.
bool is_inexact(const ir::Node& node, Precision precision);

/// What a device may give, from the reference by sampled running error analysis: every inexact node's elements are moved
/// by its own bound with random signs and magnitudes, and the spread of the results over several samples, times a safety factor, is the
/// tolerance. It follows cancellation and conditioning, which no fixed number does. Where a sample gives another integer
/// or is no longer finite, the element decides nothing.
struct Expected {
  std::vector<ir::Array> values;
  std::vector<std::vector<double>> tolerance; ///< infinite: not comparable
};
/// `inputs` are the values of program.inputs.
Expected expected_of(const Program& program, std::span<const ir::Array> inputs, Precision precision, std::uint64_t seed = 1);

} // namespace croton::comparison
