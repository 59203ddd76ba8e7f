// What a device is to the pipeline: how its kernels are scheduled and spelled, and which products it has as steps.
#pragma once
#include "ir/op.h"
#include "ir/raw.h"
#include "passes/epilogue.h"
#include "passes/schedule_cpu.h"
#include "passes/schedule_product.h"
#include "passes/schedule_scatter.h"
#include <functional>
#include <optional>

namespace croton::driver {

/// How raw kernels are run.
struct RawSupport {
  std::string_view device = {};                 ///< for messages; empty: nobody runs them, and no body is asked for
  std::optional<ir::RawLanguage> language = {}; ///< none: by their reference bodies
  i64 threads = 1;                              ///< of a worker, over its items
};

struct Target {
  ir::Dialect dialect = ir::Dialect::llvm; ///< what `expand` leaves …
  ir::Features features = {};               ///< … with the machine's own instructions
  bool narrow_indices = false;              ///< index arithmetic in 32 bits at sizes where they hold it
  /// A nest to a kernel: which family of schedules, with the facts of the device.
  std::function<passes::ScheduledKernel(passes::Nest)> schedule;
  /// True: this product is a GemmStep that the device runs by a library; null: it has none.
  std::function<bool(const ir::Node& matmul)> has_product_library = {};
  /// What that library computes together with a product; null: nothing.
  passes::OffersEpilogue has_epilogue = {};
  /// Other float products as kernels of ours; empty: sums of products, which fuse with what is around them.
  std::function<passes::ScheduledKernel(const passes::ProductNest&)> product = {};
  /// A scatter as a kernel; empty: it is a ScatterStep that the device runs itself.
  std::function<passes::ScheduledKernel(const passes::ScatterNest&)> scatter = {};
  RawSupport raw = {};
};

/// Who computes a product. In strict mode it is a sum like any other: no library and no tile says how it sums.
enum class ProductBy : std::uint8_t { library, kernel, fusion };
ProductBy product_by(const Target& target, bool strict, const ir::Node& matmul);

/// Vector code for threads, products by the BLAS library that is there.
Target cpu_target();
/// Results of so many bytes together, from one kernel, are written past the CPU's cache: CROTON_STREAM_BYTES, 0 for never.
i64 stream_bytes();

} // namespace croton::driver
