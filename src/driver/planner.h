// From a program to kernels and a plan: the pipeline, on one screen.
#pragma once
#include "ir/plan.h"
#include "passes/fuse.h"
#include "passes/simplify.h"
#include "passes/unify_dims.h"
#include "src/executable.h"

namespace croton::driver {

struct BuiltProgram {
  std::vector<ir::Ref> written;          ///< outputs as the user wrote them
  std::vector<ir::Ref> inputs;           ///< variables, with unified sizes
  std::vector<ir::Ref> original_inputs;
  std::vector<ir::Ref> outputs;          ///< optimised
  std::vector<passes::DimCheck> dim_checks;
  std::vector<std::pair<ir::Ref, ir::Ref>> never_empty; ///< count, reduction
  passes::RewriteLog rewrites;
  std::vector<ir::Kernel> kernels;
  ir::Plan plan;
  std::vector<std::pair<ir::Ref, std::string>> fusion_stops;
  std::vector<std::pair<std::string, double>> pass_ms;
};

BuiltProgram build(const Program& program);

} // namespace croton::driver
