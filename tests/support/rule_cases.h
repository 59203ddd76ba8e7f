// Instances of the left sides of rules of algebra, and values for them.
#pragma once
#include "ir/interpret.h"
#include "ir/pattern.h"
#include "passes/rules.h"
#include <map>
#include <random>
#include <set>
#include <string>

namespace croton::test {

/// What stands for the variables of a rule's left side. Positions for pick are one per row; all others have the full shape or
/// one column less of it.
struct RuleInstance {
  std::map<std::string, DType> dtypes; ///< of each variable
  bool broadcast = false;              ///< the variable y has one column
  double constant = 2;
  i64 keepdims = 0;

  ir::Ref variable_for(const std::string& name) const;
  ir::Ref build(const ir::Pattern& pattern, std::optional<DType> hint = {}) const;
  /// Null where the ops do not take these dtypes, or no op is left.
  ir::Ref try_build(const ir::Pattern& pattern) const;
};

struct RuleCase {
  RuleInstance instance;
  ir::Ref left, right;
};

/// All dtypes and shapes with which the rule fires.
std::vector<RuleCase> rule_cases(const passes::AnyRule& rule);

/// The names of a pattern's variables.
std::set<std::string> variables_of(const ir::Pattern& pattern);

/// Values for all variables of a graph of rules; special ones are infinite, subnormal, huge and so on.
ir::Bindings rule_values(const ir::Ref& root, bool special, std::mt19937_64& rng);

} // namespace croton::test
