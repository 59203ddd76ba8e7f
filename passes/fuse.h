// fuse: which nodes are computed together.
//
// Needs: a simplified graph. Establishes: groups in an order of execution; each node is computed in its group's kernel,
// stored only if it is an output of the group. Stands before `lower`, which turns one group into loops.
//
// A group has outer variables (shared by every output and reduction of it) and inner ones (looped over inside one outer
// iteration). Groups grow from consumers to producers; where one stops, the reason is kept for `explain`.
#pragma once
#include "passes/access.h"
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace croton::passes {

enum class GroupKind : std::uint8_t { kernel, scan, matmul, scatter, opaque };

struct Group {
  GroupKind kind = GroupKind::kernel;
  int id = 0;
  std::vector<const ir::Node*> outputs;
  std::unordered_map<const ir::Node*, std::vector<Index>> reads; ///< nodes read inside, with the distinct indices
  std::unordered_set<const ir::Node*> members;                   ///< nodes computed inside
  std::unordered_map<const ir::Node*, Index> output_index;
  std::map<std::vector<const ir::Node*>, Index> inner;           ///< inner variables by their extents
  std::unordered_map<const ir::Node*, ir::Ref> extent;           ///< of every variable
  std::vector<ir::Ref> outer;                                    ///< outer variables, slowest first
  std::unordered_set<const ir::Node*> inside;                    ///< nodes read by a reduction of the group
  bool has_reduction = false;
  int cost = 0;
  std::unordered_set<int> needs;                                 ///< groups that must run before
};

struct Partition {
  std::vector<Group> groups; ///< in execution order
  std::unordered_set<const ir::Node*> stored;
  /// node → why it was not computed inside its consumer
  std::vector<std::pair<const ir::Node*, std::string>> stops;
};

Partition fuse(std::span<const ir::Ref> roots);

/// The inner variables of a group for these extents, made on first use.
Index inner_variables(Group& group, const ir::Shape& extents);

/// The operand of a library call without the views that the call takes as flags; `transposed` reports a swap of the last axes.
const ir::Node* library_operand(const ir::Node& operand, bool* transposed = nullptr);

/// True for nodes that name memory by themselves: inputs, shared variables, array constants.
bool is_stored_leaf(const ir::Node& node);

} // namespace croton::passes
