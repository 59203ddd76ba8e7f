#include "src/driver/gpu_target.h"
#include "passes/schedule_gpu_product.h"
#include "passes/schedule_gpu_scatter.h"
#include <algorithm>
#include <bit>

namespace croton::driver {

using namespace ir;

Target gpu_target(const passes::GpuFacts& facts, RawSupport raw) {
  raw.threads = facts.threads;
  return {.dialect = Dialect::c,
          .narrow_indices = true,
          .schedule = [=](passes::Nest nest) { return passes::schedule_gpu(std::move(nest), facts); },
          .product = [=](const passes::ProductNest& nest) { return passes::schedule_gpu_product(nest, facts); },
          .scatter = [=](const passes::ScatterNest& nest) { return passes::schedule_gpu_scatter(nest, facts); },
          .raw = raw};
}

passes::GpuFacts gpu_facts(const runtime::DeviceFacts& facts, bool strict, bool exchanges) {
  i64 threads = std::min<i64>(256, static_cast<i64>(std::bit_floor(std::max<std::size_t>(facts.group_limit, 1))));
  return {.threads = threads, .subgroup = exchanges ? facts.subgroup : 0, .strict = strict, .busy_blocks = 2 * std::max(1, facts.units)};
}
void use_products(Target& target, const runtime::DevicePtr& device) {
  target.has_product_library = [device](const Node& product) { return device->multiplies(product.dtype(), false, Activation::none); };
  target.has_epilogue = [device](const Node& product, bool bias, Activation activation) { return device->multiplies(product.dtype(), bias, activation); };
}

int block_count(const runtime::DeviceFacts& facts) { return 16 * std::max(1, facts.units); }

} // namespace croton::driver
