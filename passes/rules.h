// Rewrite rules: what equals what, and how exactly.
//
// A rule of algebra is a line of text; one that computes with axes or sizes is a function with two lines that say what it
// does. Both kinds stand in tables, and the manual (docs/rules.md) and the tests are made from the tables.
#pragma once
#include "ir/node.h"
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace croton::passes {

/// How exactly the two sides agree.
enum class Holds : std::uint8_t {
  exact,  ///< the same bits on every input: NaN, ±∞, −0 and integers that wrap included
  stable, ///< differs only where the right side is the more accurate one, or by the order of a sum; always applied
  close,  ///< a few ulp apart in either direction; only with fast math
  finite, ///< needs finite inputs or ignores the sign of zero; only with fast math
};
std::string_view name(Holds holds);

/// `match` → `result` in the language of ir/pattern.h, with these meanings:
/// - a variable is any tensor; the same name is the same node. A variable c, c1, c2, … is a scalar constant.
/// - a literal is a scalar constant of any dtype with that value (and sign), or a broadcast of one.
/// - operands of commutative ops match in either order; attributes not mentioned match anything.
/// - the result is broadcast to the shape of the node replaced.
struct Rule {
  std::string_view name, match, result;
  Holds holds = Holds::exact;
  /// Conditions joined by " and ": "x is K" with K one of float, integer, signed, bool, "power of two", or unshifted
  /// (not y − max(y)); `result` is the node replaced.
  std::string_view guard = {};
};

std::span<const Rule> arithmetic_rules();
std::span<const Rule> logic_rules();
std::span<const Rule> stability_rules();

/// A rule that is a function: null when it does not apply. Roots: names of ops, or a body "Pointwise" or "Reduction".
struct ShapeRule {
  std::string_view name;
  std::vector<std::string_view> roots;
  std::string_view match, result;
  ir::Ref (*apply)(const ir::Node& node);
  Holds holds = Holds::exact;
};

std::span<const ShapeRule> folding_rules(); ///< constants and broadcasts; tried before all others
std::span<const ShapeRule> view_rules();
std::span<const ShapeRule> reduction_rules();

// ---- the compiled tables --------------------------------------------------------------------------------------

class Matcher; // passes/match.h

/// One rule of either kind, ready to run.
struct AnyRule {
  std::string_view name;
  Holds holds = Holds::exact;
  const Rule* algebra = nullptr; ///< or
  const ShapeRule* shape = nullptr;
  std::shared_ptr<const Matcher> matcher; ///< of an algebra rule
  mutable std::atomic<std::uint64_t> fired{0};

  /// The node's replacement, of the same dtype and shape, or null.
  ir::Ref try_on(const ir::Node& node) const;
  bool starts_at(const ir::Op& op) const;
};

/// A rule of a test, tried before all others while the object lives: how the tests of inspection get a wrong one.
class PlantedRule {
public:
  explicit PlantedRule(const ShapeRule& rule);
  ~PlantedRule();
  PlantedRule(const PlantedRule&) = delete;

private:
  AnyRule rule_;
};
/// The one that is planted, or null.
const AnyRule* planted_rule();

/// Every rule, in the order in which they are tried.
std::span<const std::unique_ptr<AnyRule>> all_rules();
/// Those that may match the node.
std::span<const AnyRule* const> rules_for(const ir::Node& node);

/// Names of the rules that have not fired in this process.
std::vector<std::string_view> rules_that_never_fired();
/// The text of docs/rules.md.
std::string rules_manual();

/// The order in which rules of algebra go down: a weight of the distinct nodes under a root; leaves weigh nothing.
std::int64_t rewrite_measure(const ir::Ref& root);

} // namespace croton::passes
