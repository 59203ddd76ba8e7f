// Graphs of a single op over inputs of symbolic sizes, and values for them.
#pragma once
#include "tests/differential/run.h"
#include <map>
#include <random>

namespace croton::test {

using Rng = std::mt19937_64;
using Sizes = std::map<std::string, i64>;

struct Sample {
  ir::Ref node;
  std::vector<Sizes> sizes; ///< of its symbols; one run each
};

/// Graphs of the op with this dtype for its main operand: ranks 0 to 4, symbols and numbers, broadcasts; none where the
/// op does not take the dtype.
std::vector<Sample> samples_of(const ir::Op& op, DType dtype, const std::vector<DType>& dtypes, Rng& rng);

/// An ordinary element from a domain, or one that tends to be a special case.
ir::Scalar ordinary_value(DType dtype, ir::Domain domain, Rng& rng);
/// `mild`: nothing so large that a sum overflows in one order and not in another.
ir::Scalar edge_value(DType dtype, Rng& rng, bool mild = false);

/// Values for the inputs of a sample. Inputs named "position…" are in range for the op's operand.
Arrays values_of(const std::vector<ir::Ref>& inputs, const ir::Op& op, const Sizes& sizes, bool edges, Rng& rng);

} // namespace croton::test
