// From a program to kernels and a plan: the pipeline, on one screen.
#pragma once
#include "ir/plan.h"
#include "passes/fuse.h"
#include "passes/narrow.h"
#include "passes/simplify.h"
#include "src/driver/binding.h"
#include "src/driver/target.h"
#include <optional>

namespace croton::driver {

/// Told each kernel after each pass over it: "schedule", "contract", "expand", "hoist".
using KernelWatch = std::function<void(std::string_view pass, const ir::Kernel& kernel)>;

struct BuiltProgram {
  std::vector<ir::Ref> written;          ///< outputs as the user wrote them
  std::vector<ir::Ref> unified, simplified; ///< outputs after these passes, for people
  std::optional<InputBinding> binding;
  std::vector<ir::Ref> inputs;           ///< variables, with unified sizes
  std::vector<std::pair<int, int>> strides; ///< input and axis of the strides that follow the sizes in the plan's dims
  std::vector<ir::Ref> outputs;          ///< optimised
  passes::RewriteLog rewrites;
  std::vector<ir::Kernel> kernels;
  std::vector<passes::NarrowIndices> narrow; ///< the kernels in 32 bits; empty where the target does not want them
  std::vector<std::vector<ir::Ref>> kernel_members; ///< graph nodes that each kernel computes
  ir::Plan plan;
  std::vector<std::pair<ir::Ref, std::string>> fusion_stops;
  std::vector<std::pair<std::string, double>> pass_ms;
  std::function<void(const KernelWatch&)> rebuild; ///< the same once more, watched
};

BuiltProgram build(const Program& program, const Target& target, const KernelWatch& watch = {});

} // namespace croton::driver
