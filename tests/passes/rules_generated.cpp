// Every line of the tables of algebra makes its own tests: it fires on its left side, both sides agree, it goes down in
// the measure, and it leaves near misses alone.
#include "ir/build.h"
#include "ir/interpret.h"
#include "ir/pattern.h"
#include "passes/rules.h"
#include "passes/simplify.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

using namespace croton;
using namespace croton::ir;
using namespace croton::passes;

namespace {

// ---- instances of a left side ---------------------------------------------------------------------------------

using Choice = std::map<std::string, DType>; // dtype of each variable

constexpr i64 rows = 16, columns = 40;

void variables_of(const Pattern& p, std::set<std::string>& names) {
  if (p.kind == Pattern::Kind::variable) names.insert(p.name);
  for (const Pattern& a : p.args) variables_of(a, names);
}

bool is_constant_name(const std::string& n) {
  return n[0] == 'c' && std::all_of(n.begin() + 1, n.end(), [](char d) { return d >= '0' && d <= '9'; });
}

// Positions for pick are one per row; all others have the full shape or one column less of it.
struct Instance {
  Choice dtypes;
  bool broadcast = false; ///< the variable y has one column
  double constant = 2;
  i64 keepdims = 0;

  Ref variable_for(const std::string& n) const {
    DType d = dtypes.at(n);
    if (is_constant_name(n)) return ir::constant(d, constant);
    if (n == "i") return variable(n, d, {constant_dim(rows)});
    return variable(n, d, {constant_dim(rows), constant_dim(broadcast && n == "y" ? 1 : columns)});
  }

  Ref build(const Pattern& p, std::optional<DType> hint = {}) const {
    if (p.kind == Pattern::Kind::variable) return variable_for(p.name);
    if (p.kind == Pattern::Kind::literal) {
      if (hint == DType::bool_ && p.value != 0 && p.value != 1) throw ValueError("no bool");
      return ir::constant(hint.value(), p.value);
    }
    const Op& op = *find_op(p.name);
    Args args(p.args.size());
    std::optional<DType> neighbour = hint;
    for (std::size_t k = 0; k < args.size(); ++k)
      if (p.args[k].kind != Pattern::Kind::literal) {
        args[k] = build(p.args[k], hint);
        if (!(op.name == "where" && k == 0)) neighbour = args[k]->dtype();
      }
    for (std::size_t k = 0; k < args.size(); ++k) {
      bool condition = op.name == "where" && k == 0;
      if (!args[k]) args[k] = build(p.args[k], condition ? DType::bool_ : neighbour.value_or(DType::bool_));
    }
    Attrs attrs;
    for (const AttrSpec& spec : op.attr_specs) attrs.set(spec.name, attribute(p, spec.name));
    return make(op, std::move(args), std::move(attrs));
  }

  AttrValue attribute(const Pattern& p, std::string_view key) const {
    const Pattern* given = p.attribute(key);
    if (given && given->kind == Pattern::Kind::literal) return static_cast<i64>(given->value);
    if (key == "axes") return std::vector<i64>{1};
    if (key == "keepdims") return keepdims;
    return i64(1); // axis
  }
};

std::vector<Choice> choices_of(const std::set<std::string>& names) {
  std::vector<Choice> result;
  for (DType main : {DType::f32, DType::f64, DType::i32, DType::i64, DType::u8, DType::bool_}) {
    std::vector<Choice> partial{{}};
    for (const std::string& n : names) {
      std::vector<Choice> next;
      for (const Choice& c : partial)
        for (DType d : n == "i" ? std::vector{DType::i64} : n == "p" ? std::vector{DType::bool_} : std::vector{main}) {
          Choice extended = c;
          extended[n] = d;
          next.push_back(extended);
        }
      partial = next;
    }
    result.insert(result.end(), partial.begin(), partial.end());
  }
  return result;
}

struct Case {
  Instance instance;
  Ref left, right;
};

Ref try_build(const Instance& instance, const Pattern& p) {
  try {
    bool bare = std::none_of(p.args.begin(), p.args.end(), [](const Pattern& a) { return a.kind != Pattern::Kind::literal; });
    return bare ? Ref() : instance.build(p);
  } catch (const Error&) {
    return nullptr; // the op does not take this dtype
  }
}

std::vector<Case> cases_of(const AnyRule& rule) {
  Pattern left = parse_pattern(rule.algebra->match);
  std::set<std::string> names;
  variables_of(left, names);
  std::vector<Case> cases;
  for (const Choice& dtypes : choices_of(names))
    for (bool broadcast : {false, true})
      for (i64 keepdims : {0, 1}) {
        Instance instance{dtypes, broadcast, 2, keepdims};
        Ref node = try_build(instance, left);
        Ref result = node ? rule.try_on(*node) : Ref();
        if (result) cases.push_back({instance, node, result});
      }
  return cases;
}

// ---- values ---------------------------------------------------------------------------------------------------

constexpr double float_specials[] = {0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, INFINITY, -INFINITY, NAN, 1e-8, -1e-8, 1e300, -1e300, 5e-324, 3e38, 1e-40, 50, -50, 1000, -1000};

Scalar value(DType d, bool special, std::mt19937_64& rng) {
  if (d == DType::bool_) return {0, static_cast<wide>(rng() % 2)};
  if (is_integer(d)) return {0, special ? static_cast<wide>(static_cast<i64>(rng())) : static_cast<wide>(rng() % 7) - (info(d).is_signed ? 3 : 0)};
  if (special && rng() % 2) return {float_specials[rng() % std::size(float_specials)], 0};
  return {std::uniform_real_distribution<>(-4, 4)(rng), 0};
}

Bindings values_for(const Ref& root, bool special, std::mt19937_64& rng) {
  Bindings bindings;
  for (const Node* n : post_order(root)) {
    if (!is_variable(*n)) continue;
    std::vector<i64> shape;
    for (const Dim& d : n->shape()) shape.push_back(*constant_value(d));
    Array a(n->dtype(), shape);
    for (i64 k = 0; k < a.count(); ++k)
      a.store(k, user_name(*n) == "i" ? Scalar{0, static_cast<wide>(rng() % columns)} : value(n->dtype(), special, rng));
    bindings.emplace(Ref(n), a);
  }
  return bindings;
}

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

void expect_exact(const Case& c, std::mt19937_64& rng) {
  Bindings bindings = values_for(c.left, true, rng);
  Array a = interpret(c.left, bindings), b = interpret(c.right, bindings);
  for (i64 k = 0; k < a.count(); ++k) {
    INFO("element " << k << ": " << a.load(k).real << " or " << i64(a.load(k).integer) << " became " << b.load(k).real << " or " << i64(b.load(k).integer));
    REQUIRE(same_bits(a.dtype, a.load(k), b.load(k)));
  }
}

// On f32, where f64 knows better: the right side is nearly as near to the truth as the left side, or nearer.
void expect_stable(const Case& c, std::mt19937_64& rng, bool special) {
  if (c.left->dtype() != DType::f32) return;
  Bindings bindings = values_for(c.left, special, rng);
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

void expect_close(const Case& c, std::mt19937_64& rng) {
  Bindings bindings = values_for(c.left, false, rng);
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

void expect_left_alone(const AnyRule& rule, const Instance& instance, const Pattern& pattern) {
  Ref node = try_build(instance, pattern);
  if (!node) return;
  INFO("near miss " << to_string(pattern));
  CHECK_FALSE(rule.try_on(*node));
}

} // namespace

TEST_CASE("every rule of algebra fires, goes down and keeps dtype and shape") {
  for (const auto& rule : all_rules()) {
    if (!rule->algebra) continue;
    INFO("rule " << rule->name << ": " << rule->algebra->match << " → " << rule->algebra->result);
    auto cases = cases_of(*rule);
    CHECK_FALSE(cases.empty());
    for (const Case& c : cases) {
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
    for (const Case& c : cases_of(*rule)) {
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
    std::set<std::string> names;
    variables_of(left, names);
    for (Case& c : cases_of(*rule)) {
      for (const Pattern& p : with_other_literals(left)) expect_left_alone(*rule, c.instance, p);
      for (const std::string& n : names) {
        Pattern renamed = left;
        if (uses(left, n) < 2 || !rename_last(renamed, n)) continue;
        Instance instance = c.instance;
        instance.dtypes["w"] = instance.dtypes.at(n);
        expect_left_alone(*rule, instance, renamed);
      }
    }
  }
}
