#include "src/driver/opencl_executable.h"
#include "runtime/opencl/opencl.h"
#include "runtime/thread_pool.h"
#include "src/driver/device_executable.h"
#include <algorithm>

namespace croton::driver {

using namespace ir;
using runtime::DeviceFacts;

namespace {

// A processor runs one work-item per thread, each with vectors as wide as its registers: the schedules of the CPU.
DeviceBackend processor(runtime::DevicePtr device) {
  int workers = std::min(device->facts().units, runtime::ThreadPool::shared().thread_count());
  Target target{.dialect = Dialect::c,
                .schedule = [](passes::Nest nest) { return passes::schedule_cpu(std::move(nest), passes::CpuFacts{}); },
                .product = [](const passes::ProductNest& nest) { return passes::schedule_product(nest, passes::CpuFacts{}.vector_bytes); },
                .scatter = [](const passes::ScatterNest& nest) { return passes::schedule_scatter(nest, 64 / static_cast<i64>(std::max<std::size_t>(4, size_of(nest.result->dtype())))); }};
  return {std::move(device), std::move(target), &codegen::opencl_c(), workers};
}

} // namespace

std::shared_ptr<const Executable> compile_opencl(const Program& program, int index) { return compile_for_device(program, processor(runtime::opencl::open(index))); }

} // namespace croton::driver
