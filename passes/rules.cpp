#include "passes/rules.h"
#include "ir/build.h"
#include "passes/match.h"
#include <algorithm>
#include <unordered_map>

namespace croton::passes {

using namespace ir;

std::string_view name(Holds holds) {
  switch (holds) {
  case Holds::exact: return "exact";
  case Holds::stable: return "stable";
  case Holds::close: return "close";
  case Holds::finite: return "finite";
  }
  return "";
}

namespace {

std::string_view body_name(const Op& op) {
  if (std::holds_alternative<Pointwise>(op.body)) return "Pointwise";
  if (std::holds_alternative<Reduction>(op.body)) return "Reduction";
  return "";
}

// Rules by root op, and by body for ops that users add later.
struct Tables {
  std::vector<std::unique_ptr<AnyRule>> all;
  std::unordered_map<const Op*, std::vector<const AnyRule*>> by_op;
  std::unordered_map<std::string_view, std::vector<const AnyRule*>> by_body;

  Tables() {
    add(folding_rules());
    for (auto rules : {stability_rules(), logic_rules(), arithmetic_rules()}) add(rules);
    add(reduction_rules());
    add(view_rules());
    for (const Op* op : all_ops()) {
      auto& list = by_op[op];
      for (const auto& rule : all)
        if (rule->starts_at(*op)) list.push_back(rule.get());
    }
    for (std::string_view body : {"Pointwise", "Reduction"})
      for (const auto& rule : all)
        if (rule->shape && std::find(rule->shape->roots.begin(), rule->shape->roots.end(), body) != rule->shape->roots.end())
          by_body[body].push_back(rule.get());
  }

  void add(std::span<const Rule> rules) {
    for (const Rule& r : rules) {
      auto& rule = *all.emplace_back(std::make_unique<AnyRule>());
      rule.name = r.name;
      rule.holds = r.holds;
      rule.algebra = &r;
      rule.matcher = std::make_shared<const Matcher>(r);
    }
  }
  void add(std::span<const ShapeRule> rules) {
    for (const ShapeRule& r : rules) {
      auto& rule = *all.emplace_back(std::make_unique<AnyRule>());
      rule.name = r.name;
      rule.holds = r.holds;
      rule.shape = &r;
    }
  }
};

const Tables& tables() {
  static const auto* t = new Tables; // leaked on purpose: rules may run while static objects die
  return *t;
}

} // namespace

std::span<const std::unique_ptr<AnyRule>> all_rules() { return tables().all; }

std::span<const AnyRule* const> rules_for(const Node& node) {
  const Tables& t = tables();
  if (auto found = t.by_op.find(node.op); found != t.by_op.end()) return found->second;
  auto found = t.by_body.find(body_name(*node.op));
  return found == t.by_body.end() ? std::span<const AnyRule* const>() : found->second;
}

bool AnyRule::starts_at(const Op& op) const {
  if (matcher) return &matcher->root() == &op;
  return std::any_of(shape->roots.begin(), shape->roots.end(), [&](std::string_view r) { return r == op.name || r == body_name(op); });
}

namespace {
std::atomic<const AnyRule*> planted{nullptr};
}

PlantedRule::PlantedRule(const ShapeRule& rule) {
  rule_.name = rule.name;
  rule_.holds = rule.holds;
  rule_.shape = &rule;
  planted = &rule_;
}
PlantedRule::~PlantedRule() { planted = nullptr; }
const AnyRule* planted_rule() { return planted.load(std::memory_order_acquire); }

Ref AnyRule::try_on(const Node& node) const {
  Ref result = matcher ? matcher->apply(node) : shape->apply(node);
  if (!result) return nullptr;
  if (result->dtype() != node.dtype()) throw InternalError("[rules] " + std::string(name) + " changed the dtype of " + describe(Ref(&node)));
  return broadcast_to(result, node.shape());
}

std::vector<std::string_view> rules_that_never_fired() {
  std::vector<std::string_view> names;
  for (const auto& rule : all_rules())
    if (rule->fired == 0) names.push_back(rule->name);
  return names;
}

// Constants fold away, so what is made of constants only weighs nothing.
i64 rewrite_measure(const Ref& root) {
  i64 total = 0;
  for (const Node* n : post_order(root)) {
    bool folds = !n->args.empty() && std::all_of(n->args.begin(), n->args.end(), [](const Ref& a) { return is_constant(*a); });
    if (auto* p = body_of<Pointwise>(*n)) total += folds ? 0 : 4 + 2 * static_cast<i64>(n->args.size()) + std::min(p->cost, 16);
    else if (body_of<Reduction>(*n)) total += 30 + (body_of<Pointwise>(n->args[0]) ? 1 : 0); // what it maps is long
    else if (body_of<Contraction>(*n)) total += 100;
    else if (!body_of<Leaf>(*n)) total += 3;
  }
  return total;
}

// ---- the manual -----------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view preface = R"(# Rewrite rules

Made from the tables in `passes/rules_*.cpp`; a test compares. A rule of algebra is one line of text in Croton's own
syntax: a variable is any tensor (the same name is the same node), `c`, `c1`, `c2` are scalar constants, a literal is a
constant of any dtype, commutative operands match in either order. The result has the shape and dtype of what it replaces.

| holds | means | applied |
| --- | --- | --- |
| exact | the same bits on every input: NaN, ±∞, −0 and integers that wrap included | always |
| stable | differs only where the right side is the more accurate one, or by the order of a sum | always |
| close | a few ulp apart in either direction | with fast math |
| finite | needs finite inputs, or ignores the sign of zero | with fast math |

)";

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

void section(std::string& text, std::string_view title, std::span<const Rule> rules) {
  text += "## " + std::string(title) + "\n\n| rule | from | to | holds | when |\n| --- | --- | --- | --- | --- |\n";
  for (const Rule& r : rules)
    text += "| " + std::string(r.name) + " | `" + escaped(r.match) + "` | `" + escaped(r.result) + "` | " +
            std::string(name(r.holds)) + " | " + std::string(r.guard) + " |\n";
  text += "\n";
}

void section(std::string& text, std::string_view title, std::span<const ShapeRule> rules) {
  text += "## " + std::string(title) + "\n\n| rule | from | to | holds |\n| --- | --- | --- | --- |\n";
  for (const ShapeRule& r : rules)
    text += "| " + std::string(r.name) + " | " + escaped(r.match) + " | " + escaped(r.result) + " | " + std::string(name(r.holds)) + " |\n";
  text += "\n";
}

} // namespace

std::string rules_manual() {
  std::string text(preface);
  section(text, "Constants, broadcasts and casts", folding_rules());
  section(text, "Stability", stability_rules());
  section(text, "Comparisons, logic and selection", logic_rules());
  section(text, "Arithmetic", arithmetic_rules());
  section(text, "Reductions", reduction_rules());
  section(text, "Views", view_rules());
  text.pop_back();
  return text;
}

} // namespace croton::passes
