// Kernels and plans as JSON and as drawings.
#pragma once
#include "src/driver/planner.h"
#include <nlohmann/json.hpp>

namespace croton::inspect {

nlohmann::ordered_json kernel_json(const ir::Kernel& kernel);
/// Every compilation of the function: "cause", "line", "ms", "from_cache".
nlohmann::ordered_json compilations_json(const Program& program);
nlohmann::ordered_json plan_json(const driver::BuiltProgram& built);
/// Kernels with the ops they fuse, and the buffers between them.
std::string kernels_dot(const driver::BuiltProgram& built);
/// Steps in order, with the buffers they read and write.
std::string plan_dot(const driver::BuiltProgram& built);

/// "gemm", "copy", …, or the kernel's name.
std::string step_name(const driver::BuiltProgram& built, const ir::Step& step);
/// "x", "W", "output 0", "b3": what people call a buffer.
std::string buffer_name(const driver::BuiltProgram& built, int buffer);

} // namespace croton::inspect
