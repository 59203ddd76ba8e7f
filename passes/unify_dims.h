// unify_dims: symbols that must be equal become one symbol, and what cannot be decided is left as checks for the call.
//
// Needs: the graph as the user wrote it, so that no rewrite can hide a disagreement of sizes. Establishes: axes that are
// the same size are the same node, which is how fusion sees that loops agree. Stands first.
#pragma once
#include "ir/node.h"

namespace croton::passes {

/// a = b or a ≤ b must hold at the call; `node` is the expression that needs it.
struct DimCheck {
  ir::Ref a, b;
  bool equal;
  ir::Ref node;
};

struct UnifiedDims {
  std::vector<ir::Ref> roots;
  std::vector<DimCheck> checks;    ///< in terms of the unified symbols
  std::vector<ir::Ref> never_empty; ///< counts of reductions that must not be 0 …
  std::vector<ir::Ref> never_empty_nodes; ///< … the reductions …
  std::vector<ir::Ref> never_empty_results; ///< … and the counts of their results: without one, nothing is missing
  std::vector<std::pair<ir::Ref, ir::Ref>> substitution; ///< symbol → what stands for it
};

UnifiedDims unify_dims(std::span<const ir::Ref> roots);

} // namespace croton::passes
