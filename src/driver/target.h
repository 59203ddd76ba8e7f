// What a device is to the pipeline: how its kernels are scheduled and spelled, and which products it has as steps.
#pragma once
#include "ir/op.h"
#include "passes/schedule_cpu.h"
#include "passes/schedule_product.h"
#include "passes/schedule_scatter.h"
#include <functional>

namespace croton::driver {

struct Target {
  ir::Dialect dialect = ir::Dialect::llvm; ///< what `expand` leaves …
  ir::Features features = {};               ///< … with the machine's own instructions
  /// A nest to a kernel: which family of schedules, with the facts of the device.
  std::function<passes::ScheduledKernel(passes::Nest)> schedule;
  /// True: this product is a step of its own. False: a sum of products, which fuses with what is around it.
  std::function<bool(const ir::Node& matmul)> has_product_library;
  /// Such a step as a kernel of ours; empty: it is a GemmStep that the device runs by a library.
  std::function<passes::ScheduledKernel(const passes::ProductNest&)> product = {};
  /// A scatter as a kernel; empty: it is a ScatterStep that the device runs itself.
  std::function<passes::ScheduledKernel(const passes::ScatterNest&)> scatter = {};
};

/// Vector code for threads, products by the BLAS library that is there.
Target cpu_target();

} // namespace croton::driver
