#include "src/driver/cuda_executable.h"
#include "runtime/cuda/cuda.h"
#include "src/driver/cuda_code.h"
#include "src/driver/device_code.h"
#include "src/driver/device_executable.h"
#include "src/driver/gpu_target.h"
#include <chrono>

namespace croton::driver {

using namespace ir;

namespace {

// Prints what a device would run.
class CudaSource final : public BuiltExecutable {
public:
  CudaSource(const Program& program, std::chrono::steady_clock::time_point start) : BuiltExecutable(program, gpu_target({.strict = program.strict}, {"cuda", RawLanguage::cuda})) {
    stats_.kernels = static_cast<int>(built_.kernels.size());
    stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }
  void run(std::span<const TensorView>, std::span<const TensorView>) const override { refuse(); }
  std::unique_ptr<BoundCall> bind(std::span<const TensorView>, std::span<const TensorView>) const override { refuse(); }
  std::string code(std::string_view stage) const override {
    return stage.starts_with("source") ? device_text(built_, codegen::cuda_c(), stage) : cuda_code(stage, device_text(built_, codegen::cuda_c(), "source"), default_architecture(), program_.name);
  }
  std::vector<runtime::KernelFacts> kernel_facts() const override { return cuda_facts(device_text(built_, codegen::cuda_c(), "source"), default_architecture(), program_.name); }

private:
  [[noreturn]] void refuse() const { throw DeviceError("[" + program_.name + "] was compiled for cuda, which cannot run here: " + runtime::cuda::missing() + ". Its source can be dumped."); }
};

} // namespace

std::shared_ptr<const Executable> compile_cuda(const Program& program, int index) {
  if (runtime::cuda::list().empty()) return std::make_shared<CudaSource>(program, std::chrono::steady_clock::now());
  runtime::DevicePtr device = runtime::cuda::open(index);
  const runtime::DeviceFacts& facts = device->facts();
  Target target = gpu_target(gpu_facts(facts, program.strict, true), {"cuda", RawLanguage::cuda});
  use_products(target, device);
  std::string architecture = default_architecture();
  for (auto& [name, value] : facts.more)
    if (name == "architecture") architecture = value;
  return compile_for_device(program, {.device = device,
                                      .target = std::move(target),
                                      .language = &codegen::cuda_c(),
                                      .workers = block_count(facts),
                                      .code = [architecture](std::string_view stage, const std::string& source, const std::string& name) { return cuda_code(stage, source, architecture, name); },
                                      .facts = [architecture](const std::string& source, const std::string& name) { return cuda_facts(source, architecture, name); }});
}

} // namespace croton::driver
