#include "codegen/llvm.h"
#include "codegen/llvm_function.h"

namespace croton::codegen {

using namespace ir;

LlvmSource llvm_module(std::span<const Kernel> kernels, const WantedPhases& wanted) {
  LlvmModule module;
  LlvmSource source;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const Kernel& kernel = kernels[i];
    auto& symbols = source.symbols.emplace_back();
    for (std::size_t k = 0; k < kernel.phases.size(); ++k)
      symbols.push_back(!wanted || wanted(i, k) ? module.function(kernel, kernel.phases[k], kernel.name + "." + std::to_string(k)) : "");
  }
  source.text = module.text();
  return source;
}

} // namespace croton::codegen
