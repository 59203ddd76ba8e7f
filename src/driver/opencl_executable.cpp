#include "src/driver/opencl_executable.h"
#include "runtime/opencl/opencl.h"
#include "runtime/thread_pool.h"
#include "src/driver/gpu_target.h"
#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace croton::driver {

using namespace ir;
using runtime::DeviceFacts;

namespace {

// A processor runs one work-item per thread, each with vectors as wide as its registers: the schedules of the CPU.
DeviceBackend processor(runtime::DevicePtr device) {
  int workers = std::min(device->facts().units, runtime::ThreadPool::shared().thread_count());
  Target target{.dialect = Dialect::c,
                .features = {.avx512 = device->facts().avx512},
                .schedule = [](passes::Nest nest) { return passes::schedule_cpu(std::move(nest), passes::CpuFacts{.stream_bytes = stream_bytes()}); },
                .product = [](const passes::ProductNest& nest) { return passes::schedule_product(nest, passes::CpuFacts{}.vector_bytes); },
                .scatter = [](const passes::ScatterNest& nest) { return passes::schedule_scatter(nest, 64 / static_cast<i64>(std::max<std::size_t>(4, size_of(nest.result->dtype())))); },
                .raw = {"opencl", RawLanguage::opencl}};
  return {std::move(device), std::move(target), &codegen::opencl_c(), workers};
}

} // namespace

DeviceBackend opencl_blocks(runtime::DevicePtr device, bool strict) {
  int count = block_count(device->facts());
  Target target = gpu_target(gpu_facts(device->facts(), strict, false), {"opencl", RawLanguage::opencl}); // OpenCL 1.2 exchanges no registers
  return {std::move(device), std::move(target), &codegen::opencl_c(), count};
}

// The facts decide; CROTON_OPENCL_SCHEDULE=vectors or blocks decides otherwise.
static bool wants_blocks(const DeviceFacts& facts) {
  if (const char* wanted = std::getenv("CROTON_OPENCL_SCHEDULE")) return std::string_view(wanted) == "blocks";
  return facts.kind == DeviceFacts::Kind::gpu;
}

std::shared_ptr<const Executable> compile_opencl(const Program& program, int index) {
  runtime::DevicePtr device = runtime::opencl::open(index);
  DeviceBackend backend = wants_blocks(device->facts()) ? opencl_blocks(device, program.strict) : processor(device);
  use_products(backend.target, device);
  return compile_for_device(program, backend);
}

} // namespace croton::driver
