// The host's way to run a kernel: statement by statement, in the exact arithmetic of each dtype. It takes the kernels
// that emitters print, so that a difference to a device is the printer's, and a difference to the reference the
// lowering's.
//
// Values are those of the records' own functions, lane by lane: f32 in float, f64 in double, integers wrapped. Every
// access is checked: one outside of a buffer's elements, a write to a buffer that is only read, or a register without a
// value is an InternalError that names the kernel and the statement. Memory that was not written yet is NaN, or 0xAB in
// every byte of integers. Threads of a phase run in step, statement by statement; two that use one element without a
// barrier between them, and a barrier that only some reach, are InternalErrors too. About 10⁷ element operations a second: for tests and debugging.
#pragma once
#include "ir/kernel.h"
#include <cstddef>
#include <span>

namespace croton::ir {

struct KernelMemory {
  std::byte* data = nullptr;
  i64 count = 0; ///< elements
};

/// Runs all phases, each in `parts` parts (blocks, where a phase has threads), the last part first: parts do not depend on one another. `scalars` are the
/// values of kernel.scalars.
void interpret(const Kernel& kernel, std::span<const KernelMemory> buffers, std::span<const i64> scalars, i64 parts = 1);

/// Fills memory with what was never written: NaN, or 0xAB in every byte.
void poison(DType dtype, KernelMemory memory);

} // namespace croton::ir
