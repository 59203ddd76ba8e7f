#include "codegen/llvm.h"
#include "codegen/llvm_function.h"

namespace croton::codegen {

using namespace ir;

std::string phase_symbol(const Kernel& kernel, std::size_t phase) { return kernel.name + "." + std::to_string(phase); }

std::string llvm_module(std::span<const Kernel> kernels) {
  LlvmModule module;
  for (const Kernel& kernel : kernels)
    for (std::size_t k = 0; k < kernel.phases.size(); ++k) module.function(kernel, kernel.phases[k], phase_symbol(kernel, k));
  return module.text();
}

} // namespace croton::codegen
