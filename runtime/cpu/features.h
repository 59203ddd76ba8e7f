// What this machine's processor has beyond the common instructions.
#pragma once
#include "ir/op.h"

namespace croton::runtime {

inline ir::Features cpu_features() {
#if defined(__x86_64__)
  return {.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")};
#else
  return {};
#endif
}

} // namespace croton::runtime
