// Every line of the tables of algebra makes its own tests: it fires on its left side, both sides agree, it goes down in
// the measure, and it leaves near misses alone.
#include "ir/build.h"
#include "ir/interpret.h"
#include "ir/pattern.h"
#include "passes/rules.h"
#include "passes/simplify.h"
#include "tests/support/catch.h"
#include "tests/support/rule_cases.h"
#include <algorithm>
#include <cmath>

using namespace croton;
using namespace croton::ir;
using namespace croton::passes;
using namespace croton::test;

namespace {

bool same_bits(DType d, const Scalar& a, const Scalar& b) {
  if (!is_float(d)) return a.integer == b.integer;
  if (std::isnan(a.real) || std::isnan(b.real)) return std::isnan(a.real) && std::isnan(b.real);
  return a.real == b.real && std::signbit(a.real) == std::signbit(b.real);
}

// Distance from the truth in relative terms; a NaN or infinity where the truth is finite is infinitely far.
double error(double found, double truth) {
  if (std::isnan(truth)) return std::isnan(found) ? 0 : INFINITY;
  if (found == truth) return 0;
  if (!std::isfinite(found) || !std::isfinite(truth)) return INFINITY;
  return std::fabs(found - truth) / std::max(std::fabs(truth), 1e-300);
}

// The f32 graph computed in f64 is the truth that an f32 rule is measured against.
Ref in_f64(const Ref& root) {
  return substitute(std::span(&root, 1), [](const Node& n) -> Ref {
    if (is_variable(n) && n.dtype() == DType::f32) return variable(user_name(n), DType::f64, n.shape());
    if (is_constant(n) && n.dtype() == DType::f32) return constant(DType::f64, *scalar_value(Ref(&n)));
    return nullptr;
  })[0];
}

Array truth_of(const Ref& left, const Bindings& bindings) {
  Bindings wider;
  for (const auto& [x, a] : bindings) {
    Array b(x->dtype() == DType::f32 ? DType::f64 : x->dtype(), a.shape);
    for (i64 k = 0; k < a.count(); ++k) b.store(k, a.load(k));
    wider.emplace(x->dtype() == DType::f32 ? variable(user_name(*x), DType::f64, x->shape()) : x, b);
  }
  return interpret(in_f64(left), wider);
}

void expect_exact(const RuleCase& c, std::mt19937_64& rng) {
  Bindings bindings = rule_values(c.left, true, rng);
  Array a = interpret(c.left, bindings), b = interpret(c.right, bindings);
  for (i64 k = 0; k < a.count(); ++k) {
    INFO("element " << k << ": " << a.load(k).real << " or " << i64(a.load(k).integer) << " became " << b.load(k).real << " or " << i64(b.load(k).integer));
    REQUIRE(same_bits(a.dtype, a.load(k), b.load(k)));
  }
}

// On f32, where f64 knows better: the right side is nearly as near to the truth as the left side, or nearer.
void expect_stable(const RuleCase& c, std::mt19937_64& rng, bool special) {
  if (c.left->dtype() != DType::f32) return;
  Bindings bindings = rule_values(c.left, special, rng);
  Array a = interpret(c.left, bindings), b = interpret(c.right, bindings), t = truth_of(c.left, bindings);
  for (i64 k = 0; k < a.count(); ++k) {
    double truth = static_cast<double>(static_cast<float>(t.load(k).real));
    double before = error(a.load(k).real, truth), after = error(b.load(k).real, truth);
    INFO("element " << k << ": " << a.load(k).real << " became " << b.load(k).real << ", right is " << truth);
    // Where even f64 overflows there is no truth to compare with: the new value must not be a new NaN.
    bool unknown = !std::isfinite(t.load(k).real);
    if (unknown) REQUIRE((std::isnan(a.load(k).real) || !std::isnan(b.load(k).real)));
    // About one ulp of the operands: they are below 8, or among the special ones 50 where the left side is still finite.
    else REQUIRE((after <= before + 4e-7 || after < 1e-6 || std::fabs(b.load(k).real - truth) < (special ? 1e-5 : 1e-6)));
  }
}

void expect_close(const RuleCase& c, std::mt19937_64& rng) {
  Bindings bindings = rule_values(c.left, false, rng);
  Array a = interpret(c.left, bindings), b = interpret(c.right, bindings);
  for (i64 k = 0; k < a.count(); ++k) {
    INFO("element " << k << ": " << a.load(k).real << " became " << b.load(k).real);
    if (!is_float(a.dtype)) REQUIRE(a.load(k).integer == b.load(k).integer);
    else if (std::isfinite(a.load(k).real))
      REQUIRE((error(b.load(k).real, a.load(k).real) < 1e-5 || std::fabs(b.load(k).real - a.load(k).real) < 1e-6));
  }
}

// ---- near misses ----------------------------------------------------------------------------------------------

// The pattern with one literal changed, for each literal.
std::vector<Pattern> with_other_literals(const Pattern& p) {
  std::vector<Pattern> result;
  if (p.kind == Pattern::Kind::literal) {
    for (double value : p.value == 0 ? std::vector{1.0, 5.0} : p.value == 1 ? std::vector{0.0, 3.0} : std::vector{p.value + 0.125}) {
      result.push_back(p);
      result.back().value = value;
    }
  }
  for (std::size_t k = 0; k < p.args.size(); ++k)
    for (Pattern& a : with_other_literals(p.args[k])) {
      Pattern copy = p;
      copy.args[k] = std::move(a);
      result.push_back(copy);
    }
  return result;
}

// A repeated variable with another one in its last place.
bool rename_last(Pattern& p, const std::string& n) {
  for (std::size_t k = p.args.size(); k-- > 0;) {
    if (p.args[k].kind == Pattern::Kind::variable && p.args[k].name == n) {
      p.args[k].name = "w";
      return true;
    }
    if (rename_last(p.args[k], n)) return true;
  }
  return false;
}

int uses(const Pattern& p, const std::string& n) {
  int count = p.kind == Pattern::Kind::variable && p.name == n;
  for (const Pattern& a : p.args) count += uses(a, n);
  return count;
}

void expect_left_alone(const AnyRule& rule, const RuleInstance& instance, const Pattern& pattern) {
  Ref node = instance.try_build(pattern);
  if (!node) return;
  INFO("near miss " << to_string(pattern));
  CHECK_FALSE(rule.try_on(*node));
}

} // namespace

TEST_CASE("every rule of algebra fires, goes down and keeps dtype and shape") {
  for (const auto& rule : all_rules()) {
    if (!rule->algebra) continue;
    INFO("rule " << rule->name << ": " << rule->algebra->match << " → " << rule->algebra->result);
    auto cases = rule_cases(*rule);
    CHECK_FALSE(cases.empty());
    for (const RuleCase& c : cases) {
      CHECK(c.left->type == c.right->type);
      if (!c.instance.broadcast) CHECK(rewrite_measure(c.right) < rewrite_measure(c.left));
      rule->fired.fetch_add(1);
    }
  }
  for (std::string_view name : rules_that_never_fired()) // the others have tests of their own
    CHECK(std::none_of(all_rules().begin(), all_rules().end(), [&](auto& r) { return r->algebra && r->name == name; }));
}

TEST_CASE("both sides of every rule of algebra agree") {
  std::mt19937_64 rng(7);
  for (const auto& rule : all_rules()) {
    if (!rule->algebra) continue;
    for (const RuleCase& c : rule_cases(*rule)) {
      INFO("rule " << rule->name << ": " << rule->algebra->match << " → " << rule->algebra->result << " on " << name(c.left->dtype()));
      switch (rule->holds) {
      case Holds::exact: expect_exact(c, rng); break;
      case Holds::stable:
        expect_stable(c, rng, false);
        expect_stable(c, rng, true);
        break;
      case Holds::close:
      case Holds::finite: expect_close(c, rng); break;
      }
    }
  }
}

TEST_CASE("no rule of algebra fires on a near miss") {
  for (const auto& rule : all_rules()) {
    if (!rule->algebra) continue;
    INFO("rule " << rule->name);
    Pattern left = parse_pattern(rule->algebra->match);
    for (RuleCase& c : rule_cases(*rule)) {
      for (const Pattern& p : with_other_literals(left)) expect_left_alone(*rule, c.instance, p);
      for (const std::string& n : variables_of(left)) {
        Pattern renamed = left;
        if (uses(left, n) < 2 || !rename_last(renamed, n)) continue;
        RuleInstance instance = c.instance;
        instance.dtypes["w"] = instance.dtypes.at(n);
        expect_left_alone(*rule, instance, renamed);
      }
    }
  }
}
