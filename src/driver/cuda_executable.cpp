#include "src/driver/cuda_executable.h"
#include "runtime/cuda/cuda.h"
#include "src/driver/cuda_code.h"
#include "src/driver/device_executable.h"
#include "src/driver/gpu_target.h"
#include "src/driver/raw.h"
#include <chrono>

namespace croton::driver {

using namespace ir;

namespace {

// Prints what a device would run.
class CudaSource final : public BuiltExecutable {
public:
  CudaSource(const Program& program, std::chrono::steady_clock::time_point start) : BuiltExecutable(program, gpu_target(program.strict, 256, 32, "cuda", RawLanguage::cuda)) {
    source_ = codegen::c_module(built_.kernels, codegen::cuda_c(), raw_nodes(built_.plan));
    stats_.kernels = static_cast<int>(built_.kernels.size());
    stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }
  void run(std::span<const TensorView>, std::span<const TensorView>) const override { refuse(); }
  std::unique_ptr<BoundCall> bind(std::span<const TensorView>, std::span<const TensorView>) const override { refuse(); }
  std::string code(std::string_view stage) const override { return stage == "source" ? source_.text : cuda_code(stage, source_.text, default_architecture(), program_.name); }
  std::vector<runtime::KernelFacts> kernel_facts() const override { return cuda_facts(source_.text, default_architecture(), program_.name); }

private:
  codegen::CSource source_;
  [[noreturn]] void refuse() const { throw DeviceError("[" + program_.name + "] was compiled for cuda, which cannot run here: " + runtime::cuda::missing() + ". Its source can be dumped."); }
};

} // namespace

std::shared_ptr<const Executable> compile_cuda(const Program& program, int index) {
  if (runtime::cuda::list().empty()) return std::make_shared<CudaSource>(program, std::chrono::steady_clock::now());
  runtime::DevicePtr device = runtime::cuda::open(index);
  const runtime::DeviceFacts& facts = device->facts();
  std::string architecture = default_architecture();
  for (auto& [name, value] : facts.more)
    if (name == "architecture") architecture = value;
  return compile_for_device(program, {.device = device,
                                      .target = gpu_target(program.strict, block_threads(facts), facts.subgroup, "cuda", RawLanguage::cuda),
                                      .language = &codegen::cuda_c(),
                                      .workers = block_count(facts),
                                      .code = [architecture](std::string_view stage, const std::string& source, const std::string& name) { return cuda_code(stage, source, architecture, name); },
                                      .facts = [architecture](const std::string& source, const std::string& name) { return cuda_facts(source, architecture, name); }});
}

} // namespace croton::driver
