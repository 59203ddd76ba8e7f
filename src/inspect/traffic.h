// What a step of a plan moves and computes, as expressions of the call's sizes.
#pragma once
#include "src/driver/planner.h"

namespace croton::inspect {

struct Traffic {
  ir::Ref read_bytes, written_bytes; ///< between the step and memory; what is reread from cache is counted once
  ir::Ref operations;                ///< in additions, by the costs of the op records; two for each product of a matrix product
};

Traffic traffic_of(const driver::BuiltProgram& built, const ir::Step& step);
i64 at_sizes(const driver::BuiltProgram& built, const ir::Ref& size, const driver::DimValues& dims);

} // namespace croton::inspect
