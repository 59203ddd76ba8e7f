#include "src/driver/cuda_executable.h"
#include "passes/schedule_gpu.h"
#include "passes/schedule_gpu_product.h"
#include "runtime/cuda/cuda.h"
#include "src/driver/device_executable.h"
#include <algorithm>
#include <bit>
#include <chrono>

namespace croton::driver {

using namespace ir;

namespace {

constexpr i64 block_threads = 256;
constexpr int blocks_of_a_unit = 16; ///< that share a phase on each multiprocessor

// Prints what a device would run.
class CudaSource final : public BuiltExecutable {
public:
  CudaSource(const Program& program, std::chrono::steady_clock::time_point start) : BuiltExecutable(program, gpu_target(program.strict, block_threads, 32)) {
    source_ = codegen::c_module(built_.kernels, codegen::cuda_c());
    stats_.kernels = static_cast<int>(built_.kernels.size());
    stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }
  void run(std::span<const TensorView>, std::span<const TensorView>) const override { refuse(); }
  std::unique_ptr<BoundCall> bind(std::span<const TensorView>, std::span<const TensorView>) const override { refuse(); }
  std::string code(std::string_view stage) const override { return stage == "source" ? source_.text : ""; }

private:
  codegen::CSource source_;
  [[noreturn]] void refuse() const { throw DeviceError("[" + program_.name + "] was compiled for cuda, which cannot run here: " + runtime::cuda::missing() + ". Its source can be dumped."); }
};

} // namespace

Target gpu_target(bool strict, i64 threads, i64 subgroup) {
  passes::GpuFacts facts{.threads = threads, .subgroup = subgroup, .strict = strict};
  return {.dialect = Dialect::c,
          .schedule = [=](passes::Nest nest) { return passes::schedule_gpu(std::move(nest), facts); },
          .product = [=](const passes::ProductNest& nest) { return passes::schedule_gpu_product(nest, facts); },
          .scatter = [](const passes::ScatterNest& nest) { return passes::schedule_scatter(nest, 1); }};
}

std::shared_ptr<const Executable> compile_cuda(const Program& program, int index) {
  if (runtime::cuda::list().empty()) return std::make_shared<CudaSource>(program, std::chrono::steady_clock::now());
  runtime::DevicePtr device = runtime::cuda::open(index);
  const runtime::DeviceFacts& facts = device->facts();
  i64 threads = std::min(block_threads, static_cast<i64>(std::bit_floor(facts.group_limit)));
  Target target = gpu_target(program.strict, threads, facts.subgroup);
  return compile_for_device(program, {device, std::move(target), &codegen::cuda_c(), facts.units * blocks_of_a_unit});
}

} // namespace croton::driver
