// Programs run without a compiler: the plan's steps in order, kernels by ir/kernel_interpret, products by plain loops.
// Gives the bits of the CPU for everything but matrix products, whose sums a library orders differently.
#pragma once
#include "src/driver/target.h"
#include "src/executable.h"

namespace croton::driver {

/// Slow (see ir/kernel_interpret.h): a call should stay below some 10⁶ elements.
std::shared_ptr<const Executable> compile_host(const Program& program);
/// The kernels that another target gets: its schedule and its spellings.
std::shared_ptr<const Executable> compile_host(const Program& program, const Target& target);

} // namespace croton::driver
