// Which elements of its operands a node reads for one element of its result.
#pragma once
#include "ir/build.h"
#include "ir/op.h"

namespace croton::passes {

using Index = std::vector<ir::Ref>;

struct Access {
  const ir::Node* node;
  Index index;
};

/// The operand's index under broadcasting: aligned at the last axis, 0 where the size is 1.
Index broadcast_index(const ir::Node& operand, const Index& index);

/// A reduction's operand index from the result's index and the variables of the reduced axes.
Index reduced_index(const ir::Node& reduction, const Index& index, const Index& reduced);

/// Extents of the axes a reduction runs over.
ir::Shape reduced_extents(const ir::Node& reduction);

/// The reads of one result element; `reduced` holds the variables of the reduced axes of a reduction. A scan tells the
/// reads of one step. Nodes that are library calls read whole operands and report nothing.
std::vector<Access> accesses(const ir::Node& node, const Index& index, const Index& reduced);

} // namespace croton::passes
