#include "src/driver/opencl_executable.h"
#include "runtime/opencl/opencl.h"
#include "runtime/thread_pool.h"
#include "src/driver/cuda_executable.h"
#include <algorithm>
#include <bit>

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

DeviceBackend opencl_blocks(runtime::DevicePtr device, bool strict) {
  constexpr i64 most_threads = 256;
  constexpr int blocks_of_a_unit = 16;
  i64 threads = std::min(most_threads, static_cast<i64>(std::bit_floor(device->facts().group_limit)));
  int workers = device->facts().units * blocks_of_a_unit;
  return {std::move(device), gpu_target(strict, threads, 0), &codegen::opencl_c(), workers}; // OpenCL 1.2 exchanges no registers
}

std::shared_ptr<const Executable> compile_opencl(const Program& program, int index) {
  runtime::DevicePtr device = runtime::opencl::open(index);
  bool threads_in_step = device->facts().kind == DeviceFacts::Kind::gpu;
  return compile_for_device(program, threads_in_step ? opencl_blocks(std::move(device), program.strict) : processor(std::move(device)));
}

} // namespace croton::driver
