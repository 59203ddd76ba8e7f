// Prints kernels as LLVM IR text. Decides nothing: vectors, masks, unrolling and expansions are in the kernel already.
#pragma once
#include "codegen/wanted.h"
#include "ir/kernel.h"
#include <string>

namespace croton::codegen {

struct LlvmSource {
  std::string text;
  /// symbols[kernel][phase] is `void SYMBOL(ptr buffers, ptr scalars, i64 begin, i64 end, ptr scratch)`: `buffers` and
  /// `scratch` are arrays of pointers in the order of the kernel's buffers and the phase's scratch, `scalars` of i64.
  std::vector<std::vector<std::string>> symbols;
};

/// One function per phase; phases that print alike share one. `wanted` empty: all phases.
LlvmSource llvm_module(std::span<const ir::Kernel> kernels, const WantedPhases& wanted = {});

} // namespace croton::codegen
