// Stands in for jit.cpp in a build without LLVM (CROTON_LLVM=OFF).
#include "runtime/cpu/jit_backend.h"
#include <croton/error.h>

namespace croton::runtime {

std::shared_ptr<JitBackend> make_jit_backend() {
  throw UnsupportedError("[jit] this build of Croton has no LLVM, which the CPU backend needs. "
                         "Install llvm-19-dev and configure with -DCROTON_LLVM=ON, or use another device.");
}

} // namespace croton::runtime
