// Prints kernels as LLVM IR text. Decides nothing: vectors, masks, unrolling and expansions are in the kernel already.
#pragma once
#include "ir/kernel.h"
#include <string>

namespace croton::codegen {

/// One function per phase, `void NAME.K(ptr buffers, ptr scalars, i64 begin, i64 end, ptr scratch)`: `buffers` and
/// `scratch` are arrays of pointers in the order of the kernel's buffers and the phase's scratch, `scalars` of i64.
std::string llvm_module(std::span<const ir::Kernel> kernels);

std::string phase_symbol(const ir::Kernel& kernel, std::size_t phase);

} // namespace croton::codegen
