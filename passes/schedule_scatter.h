// schedule_scatter: rows added at positions → a kernel, for targets that do not run scatters as steps of their own.
//
// Columns are what runs in parallel: each worker adds all rows, in order, to the columns of its part. So repeated
// positions add up as they do everywhere else, to the same bits.
#pragma once
#include "passes/nest.h"
#include "passes/schedule_cpu.h"

namespace croton::passes {

/// result[positions[i], j] += x[i, j] for i < count, j < row_size; zeros elsewhere. Buffers are dense.
struct ScatterNest {
  std::string name;
  ir::Ref x, positions, result;  ///< buffers
  ir::Ref rows, row_size, count; ///< sizes: of the result, of a row, of the positions
};

/// `lanes` columns at a time, a power of two; 1: a scalar kernel.
ScheduledKernel schedule_scatter(const ScatterNest& nest, i64 lanes);

} // namespace croton::passes
