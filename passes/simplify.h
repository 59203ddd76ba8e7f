// simplify: rewrites a graph by the rules (passes/rules.h) until none applies.
//
// Needs: gradients taken already (stop_gradient is dropped here), and the relations between sizes collected (a slice
// that is dropped does not check its bounds any more). Establishes: no rule matches any node; dims and leaves
// are as they were; every new node has the line of the node it replaces. Stands before fuse. Running it again changes
// nothing, and a graph to which no rule applies is returned as it is, the same pointers.
#pragma once
#include "ir/node.h"
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace croton::passes {

struct RewriteOptions {
  bool fast_math = false; ///< also rules that hold only closely, or only for finite values
};

/// What happened, in order: `rule` was applied to `before`, which is `after` in the result.
struct RewriteLog {
  struct Step {
    std::string_view rule;
    ir::Ref before, after;
    ir::Ref matched, made; ///< what the rule saw, its operands rewritten, and what it gave: these two are equal by the rule alone
    bool exact = false;    ///< the rule promises the same bits
    std::vector<ir::Ref> parts = {}; ///< what the rule made below `after`, as it is in the result
  };
  std::vector<Step> steps;

  /// A later pass made something else of nodes of the result: the steps name what they are now; `now` gives null for what stayed.
  void follow(const std::function<ir::Ref(const ir::Node&)>& now);

  /// The rules that led to a node of the result, first to last; empty for one that was there before.
  std::vector<std::string_view> rules_behind(const ir::Ref& node) const;
};

/// Time linear in the graph. Throws InternalError naming the rule when the rules go round in a circle.
std::vector<ir::Ref> simplify(std::span<const ir::Ref> roots, const RewriteOptions& options = {}, RewriteLog* log = nullptr);
ir::Ref simplify(const ir::Ref& root, const RewriteOptions& options = {}, RewriteLog* log = nullptr);

} // namespace croton::passes
