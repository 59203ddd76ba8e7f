// What became of a program and why: the rules behind each node, what each kernel fuses, moves and why it stopped there,
// who asked for copies, what was compiled when.
#pragma once
#include "src/executable.h"
#include <unordered_map>
#include <utility>

namespace croton::inspect {

struct ExplainOptions {
  std::string format = "text"; ///< or json
  std::vector<i64> dims = {};  ///< sizes of a call, in the order of the plan's; for bytes as numbers. Empty: symbols only
  /// Outputs [first, second) are new values of shared variables, which stay on the device.
  std::pair<std::size_t, std::size_t> updates = {0, 0};
  std::size_t most = 60;       ///< rewrites, nodes and boundaries shown as text; JSON has all
};

std::string explain(const Program& program, const Executable& executable, const ExplainOptions& options = {});

/// A rule that led to a node, and what it replaced.
struct Origin {
  std::string_view rule;
  ir::Ref before;
  bool part = false; ///< the node is a part of what the rule made, not its result
};
/// For each node of the optimised graph that rules made: the rules, first to last. A node that stands in the graph as it was
/// written is no part of what a rule made.
using Origins = std::unordered_map<const ir::Node*, std::vector<Origin>>;
Origins origins_of(const driver::BuiltProgram& built);

} // namespace croton::inspect
