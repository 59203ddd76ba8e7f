#include "src/driver/gpu_target.h"
#include "passes/schedule_gpu.h"
#include "passes/schedule_gpu_product.h"
#include "passes/schedule_gpu_scatter.h"
#include <algorithm>
#include <bit>

namespace croton::driver {

using namespace ir;

Target gpu_target(bool strict, i64 threads, i64 subgroup, std::string_view device, std::optional<RawLanguage> language) {
  passes::GpuFacts facts{.threads = threads, .subgroup = subgroup, .strict = strict};
  return {.dialect = Dialect::c,
          .schedule = [=](passes::Nest nest) { return passes::schedule_gpu(std::move(nest), facts); },
          .product = [=](const passes::ProductNest& nest) { return passes::schedule_gpu_product(nest, facts); },
          .scatter = [=](const passes::ScatterNest& nest) { return passes::schedule_gpu_scatter(nest, facts); },
          .raw = {device, language, threads}};
}

i64 block_threads(const runtime::DeviceFacts& facts) { return std::min<i64>(256, static_cast<i64>(std::bit_floor(std::max<std::size_t>(facts.group_limit, 1)))); }
int block_count(const runtime::DeviceFacts& facts) { return 16 * std::max(1, facts.units); }

} // namespace croton::driver
