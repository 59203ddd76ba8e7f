// Passes over kernels, in the order they run.
#pragma once
#include "ir/kernel.h"
#include "ir/op.h"

namespace croton::passes {

/// Writes a·b + c of floats as one fma. Needs: nothing. Stands before `expand`, whose expansions count on their own
/// roundings; not run in strict mode, where only the fmas that were written count.
void contract(ir::Kernel& kernel);

/// Replaces every op that neither the dialect spells nor the machine has by its expansion. Establishes: only such ops,
/// loads and lane operations are left.
void expand(ir::Kernel& kernel, ir::Dialect dialect, ir::Features features = {});

/// Moves what a loop does not change in front of it. Stands last: before `expand` the invariant parts of expansions
/// would stay inside.
void hoist(ir::Kernel& kernel);

} // namespace croton::passes
