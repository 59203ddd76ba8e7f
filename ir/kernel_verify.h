// The verifier of kernels: what every printer and the interpreter may rely on.
#pragma once
#include "ir/kernel.h"

namespace croton::ir {

/// Throws InternalError naming the kernel and the statement unless
/// - every register is bound where it is used, and every buffer is the kernel's or the phase's;
/// - steps are positive, and shared memory has constant sizes;
/// - barriers and exchanges stand in phases with threads, where all threads of a block reach them: in no branch and no
///   loop whose condition may differ between threads; an exchange's distance is a power of two below the thread count.
void verify(const Kernel& kernel);

} // namespace croton::ir
