// schedule_gpu_scatter: rows added at positions → a kernel for blocks of threads. A thread has a column and adds all rows to
// it in order: the bits of schedule_scatter.
#pragma once
#include "passes/schedule_gpu.h"
#include "passes/schedule_scatter.h"

namespace croton::passes {

ScheduledKernel schedule_gpu_scatter(const ScatterNest& nest, const GpuFacts& facts);

} // namespace croton::passes
