// schedule_gpu_product: a matrix product → a kernel for blocks of threads.
//
// A block makes square tiles of C. Slices of A and B that a tile needs are brought into shared memory, neighbouring threads
// reading neighbouring elements whichever operand is transposed; each thread keeps four by four elements of C in registers
// while k runs. Every element is the sum of its products in order of k, by fma: the bits of schedule_product.
#pragma once
#include "passes/schedule_gpu.h"
#include "passes/schedule_product.h"

namespace croton::passes {

ScheduledKernel schedule_gpu_product(const ProductNest& nest, const GpuFacts& facts);

} // namespace croton::passes
