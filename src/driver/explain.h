// What became of a program, for people: rewrites, kernels and what they fused, why fusion stopped.
#pragma once
#include "src/driver/planner.h"

namespace croton::driver {

std::string explain(const BuiltProgram& built);

} // namespace croton::driver
