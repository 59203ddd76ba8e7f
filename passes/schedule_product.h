// schedule_product: a matrix product → a kernel of vector code, for targets without a library that takes it.
//
// A worker takes panels of columns, each with a block of rows: the panel of B is copied into its scratch, one row after
// the other and padded with zeros, so that it lies in cache as it is read; then a tile of C stays in registers while k
// runs. Every element is the sum of its products in order of k, by fma, whatever the tile: the same bits everywhere.
#pragma once
#include "passes/schedule_cpu.h"

namespace croton::passes {

/// C[batch, m, n] = A·B for every index of batch, dense; a transposed operand is stored with its last axes swapped.
struct ProductNest {
  std::string name;
  ir::Ref a, b, c; ///< buffers of one float dtype
  bool trans_a, trans_b;
  ir::Ref batch, m, n, k;
};

ScheduledKernel schedule_product(const ProductNest& nest, i64 vector_bytes);

} // namespace croton::passes
