// lower: one fused group → a nest of loops over scalar expressions.
//
// Needs: a group of `fuse`. Establishes: views are gone, they have become indices; every load names a buffer and a flat
// index. Stands before scheduling, which decides what the loops become on a machine.
#pragma once
#include "passes/fuse.h"
#include "passes/nest.h"

namespace croton::passes {

/// Where a stored value lives: its buffer and the distance in elements between neighbours along each axis.
struct Layout {
  ir::Ref buffer;
  std::vector<ir::Ref> strides;
};
using LayoutOf = std::function<Layout(const ir::Node&)>;

Nest lower(Group& group, const std::unordered_set<const ir::Node*>& stored, const LayoutOf& layout_of, std::string name);

} // namespace croton::passes
