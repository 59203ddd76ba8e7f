// Programs compiled for the CPU: kernels by LLVM, products by BLAS, steps run in order on the shared thread pool.
#pragma once
#include "src/executable.h"

namespace croton::driver {

std::shared_ptr<const Executable> compile_cpu(const Program& program);

} // namespace croton::driver
