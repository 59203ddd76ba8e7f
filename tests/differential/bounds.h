// Comparisons with what the reference allows (src/compare/tolerance.h).
#pragma once
#include "src/compare/tolerance.h"
#include "tests/differential/run.h"

namespace croton::test {

using comparison::Expected;
using comparison::is_inexact;
using comparison::pointwise_bound;

Expected expected_of(const Case& c, std::uint64_t seed = 1);

/// Widens the tolerance by one spacing of floats: few samples may all round to the same side where the reference is close to
/// the middle between two floats.
Expected with_last_rounding(Expected expected);

/// The first element outside of its tolerance; empty: none is.
std::string difference(const Arrays& got, const Expected& expected);

} // namespace croton::test
