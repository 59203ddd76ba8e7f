// Graphs that fusion makes one kernel of, by name, with sizes and values.
#pragma once
#include "tests/differential/run.h"
#include "tests/differential/samples.h"
#include <functional>

namespace croton::test {

/// A builder of graphs over inputs x (a × b), y (a × b), row (b), column (a × 1) and cube (a × b × c) of one float dtype.
struct Operands {
  ir::Ref x, y, row, column, cube;
};
struct Pattern {
  std::string name;
  std::vector<ir::Ref> (*outputs)(const Operands& in);
};
const std::vector<Pattern>& patterns();

Operands operands(DType dtype);
enum class Values : std::uint8_t { ordinary, special, ties };
/// Inputs that the outputs need (always x), filled for these sizes.
Case pattern_case(const Pattern& pattern, DType dtype, const Sizes& sizes, Values values, bool strict, Rng& rng);
/// Reductions over the first axis of x, whose size is known: the schedules end with a block of the rest.
Case few_rows_case(i64 rows, DType dtype, Values values, bool strict, Rng& rng);

// ---- composites as the public functions write them ----
ir::Ref keep(std::string_view reduction, const ir::Ref& x, std::vector<i64> axes);
ir::Ref softmax(const ir::Ref& x, i64 axis);
ir::Ref log_softmax(const ir::Ref& x, i64 axis);
ir::Ref layer_norm(const ir::Ref& x, i64 axis);
ir::Ref variance(const ir::Ref& x, std::vector<i64> axes, bool keepdims = false);
ir::Ref flip(const ir::Ref& x, i64 axis);

} // namespace croton::test
