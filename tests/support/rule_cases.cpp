#include "tests/support/rule_cases.h"
#include "ir/build.h"
#include <algorithm>

namespace croton::test {

using namespace ir;

namespace {

constexpr i64 rows = 16, columns = 40;

bool is_constant_name(const std::string& n) {
  return n[0] == 'c' && std::all_of(n.begin() + 1, n.end(), [](char d) { return d >= '0' && d <= '9'; });
}

void add_variables(const Pattern& p, std::set<std::string>& names) {
  if (p.kind == Pattern::Kind::variable) names.insert(p.name);
  for (const Pattern& a : p.args) add_variables(a, names);
}

AttrValue attribute(const RuleInstance& instance, const Pattern& p, std::string_view key) {
  const Pattern* given = p.attribute(key);
  if (given && given->kind == Pattern::Kind::literal) return static_cast<i64>(given->value);
  if (key == "axes") return std::vector<i64>{1};
  if (key == "keepdims") return instance.keepdims;
  return i64(1); // axis
}

using Dtypes = std::map<std::string, DType>;

std::vector<Dtypes> choices_of(const std::set<std::string>& names) {
  std::vector<Dtypes> result;
  for (DType main : {DType::f32, DType::f64, DType::i32, DType::i64, DType::u8, DType::bool_}) {
    std::vector<Dtypes> partial{{}};
    for (const std::string& n : names) {
      std::vector<Dtypes> next;
      for (const Dtypes& c : partial)
        for (DType d : n == "i" ? std::vector{DType::i64} : n == "p" ? std::vector{DType::bool_} : std::vector{main}) {
          Dtypes extended = c;
          extended[n] = d;
          next.push_back(extended);
        }
      partial = next;
    }
    result.insert(result.end(), partial.begin(), partial.end());
  }
  return result;
}

constexpr double float_specials[] = {0.0, -0.0, 1, -1, 0.5, -0.5, 2, -2, INFINITY, -INFINITY, NAN, 1e-8, -1e-8, 1e300, -1e300, 5e-324, 3e38, 1e-40, 50, -50, 1000, -1000};

Scalar value(DType d, bool special, std::mt19937_64& rng) {
  if (d == DType::bool_) return {0, static_cast<wide>(rng() % 2)};
  if (is_integer(d)) return {0, special ? static_cast<wide>(static_cast<i64>(rng())) : static_cast<wide>(rng() % 7) - (info(d).is_signed ? 3 : 0)};
  if (special && rng() % 2) return {float_specials[rng() % std::size(float_specials)], 0};
  return {std::uniform_real_distribution<>(-4, 4)(rng), 0};
}

} // namespace

Ref RuleInstance::variable_for(const std::string& n) const {
  DType d = dtypes.at(n);
  if (is_constant_name(n)) return ir::constant(d, constant);
  if (n == "i") return variable(n, d, {constant_dim(rows)});
  return variable(n, d, {constant_dim(rows), constant_dim(broadcast && n == "y" ? 1 : columns)});
}

Ref RuleInstance::build(const Pattern& p, std::optional<DType> hint) const {
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
  for (const AttrSpec& spec : op.attr_specs) attrs.set(spec.name, attribute(*this, p, spec.name));
  return make(op, std::move(args), std::move(attrs));
}

Ref RuleInstance::try_build(const Pattern& p) const {
  try {
    bool bare = std::none_of(p.args.begin(), p.args.end(), [](const Pattern& a) { return a.kind != Pattern::Kind::literal; });
    return bare ? Ref() : build(p);
  } catch (const Error&) {
    return nullptr; // the op does not take this dtype
  }
}

std::set<std::string> variables_of(const Pattern& p) {
  std::set<std::string> names;
  add_variables(p, names);
  return names;
}

std::vector<RuleCase> rule_cases(const passes::AnyRule& rule) {
  Pattern left = parse_pattern(rule.algebra->match);
  std::vector<RuleCase> cases;
  for (const Dtypes& dtypes : choices_of(variables_of(left)))
    for (bool broadcast : {false, true})
      for (i64 keepdims : {0, 1}) {
        RuleInstance instance{dtypes, broadcast, 2, keepdims};
        Ref node = instance.try_build(left);
        Ref result = node ? rule.try_on(*node) : Ref();
        if (result) cases.push_back({instance, node, result});
      }
  return cases;
}

Bindings rule_values(const Ref& root, bool special, std::mt19937_64& rng) {
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

} // namespace croton::test
