#include "passes/match.h"
#include "ir/build.h"
#include <algorithm>
#include <cmath>

namespace croton::passes {

using namespace ir;

namespace {

// ---- guards ----

bool is_float_node(const Ref& x) { return is_float(x->dtype()); }
bool is_integer_node(const Ref& x) { return is_integer(x->dtype()); }
bool is_signed_node(const Ref& x) { return info(x->dtype()).is_signed; }
bool is_bool_node(const Ref& x) { return x->dtype() == DType::bool_; }

// A power of two whose reciprocal is one too and neither is subnormal: scaling by either rounds the same.
bool is_power_of_two(const Ref& x) {
  if (!is_float(x->dtype())) return false;
  int exponent = 0, limit = x->dtype() == DType::f64 ? 1000 : 120;
  double mantissa = std::frexp(std::fabs(scalar_value(x).value_or(0)), &exponent);
  return mantissa == 0.5 && std::abs(exponent) < limit;
}

// Not y − max(y): shifting it once more would lose nothing and gain nothing.
bool is_unshifted(const Ref& x) {
  static const Op *subtract = find_op("subtract"), *largest = find_op("max");
  return x->op != subtract || x->args[1]->op != largest || x->args[1]->args[0] != x->args[0];
}

struct NamedGuard {
  std::string_view text;
  bool (*holds)(const Ref&);
};
constexpr NamedGuard named_guards[] = {{"float", is_float_node}, {"integer", is_integer_node}, {"signed", is_signed_node},
                                       {"bool", is_bool_node}, {"power of two", is_power_of_two}, {"unshifted", is_unshifted}};

// ---- patterns ----

bool names_constant(const std::string& name) {
  return name[0] == 'c' && std::all_of(name.begin() + 1, name.end(), [](char d) { return d >= '0' && d <= '9'; });
}

AttrValue attribute_value(const Pattern& p) {
  if (p.kind == Pattern::Kind::text) return p.name;
  if (p.kind == Pattern::Kind::literal) return static_cast<i64>(p.value);
  std::vector<i64> list;
  for (const Pattern& item : p.args) list.push_back(static_cast<i64>(item.value));
  return list;
}

// Every way to order the operands of the commutative ops inside.
std::vector<Term> orders(const Term& term) {
  std::vector<Term> result{term};
  for (std::size_t i = 0; i < term.args.size(); ++i) {
    std::vector<Term> next;
    for (const Term& choice : orders(term.args[i]))
      for (Term t : result) {
        t.args[i] = choice;
        next.push_back(std::move(t));
      }
    result = std::move(next);
  }
  if (term.kind != Term::Kind::call || !term.op->commutative) return result;
  for (std::size_t i = 0, n = result.size(); i < n; ++i) {
    Term t = result[i];
    std::swap(t.args[0], t.args[1]);
    result.push_back(std::move(t));
  }
  return result;
}

const Node* without_broadcast(const Node* n) {
  static const Op* stretch = find_op("broadcast_to");
  while (n->op == stretch) n = n->args[0].get();
  return n;
}

bool same_attribute(const AttrValue& found, const AttrValue& wanted) {
  Attrs a, b;
  a.set("value", found);
  b.set("value", wanted);
  return a == b;
}

} // namespace

Matcher::Matcher(const Rule& rule) : rule_(rule) {
  Term left = resolve(parse_pattern(rule.match), true);
  if (left.kind != Term::Kind::call) fail("the left side must be an op");
  variants_ = orders(left);
  result_ = resolve(parse_pattern(rule.result), false);
  parse_guards(rule.guard);
}

void Matcher::fail(const std::string& what) const {
  throw InternalError("[rules] " + std::string(rule_.name) + ": " + what);
}

int Matcher::slot_of(std::vector<std::string>& names, const std::string& name, bool left) {
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end() && !left) fail("'" + name + "' is not on the left side");
  if (found == names.end()) found = names.insert(names.end(), name);
  return static_cast<int>(found - names.begin());
}

Term Matcher::resolve(const Pattern& p, bool left) {
  Term term;
  switch (p.kind) {
  case Pattern::Kind::variable:
    term.kind = names_constant(p.name) ? Term::Kind::constant : Term::Kind::variable;
    term.slot = slot_of(variables_, p.name, left);
    return term;
  case Pattern::Kind::literal:
    term.kind = Term::Kind::literal;
    term.value = p.value;
    return term;
  case Pattern::Kind::call: break;
  case Pattern::Kind::text:
  case Pattern::Kind::list: fail("a text or list stands outside an attribute");
  }
  term.kind = Term::Kind::call;
  term.op = find_op(p.name);
  if (!term.op) fail("there is no op '" + p.name + "'");
  for (const Pattern& a : p.args) term.args.push_back(resolve(a, left));
  for (const AttrSpec& spec : term.op->attr_specs) { // in the schema's order
    const Pattern* a = p.attribute(spec.name);
    if (!a && !left) fail("the right side does not give '" + std::string(spec.name) + "'");
    if (!a) continue;
    bool variable = a->kind == Pattern::Kind::variable;
    term.attributes.push_back({spec.name, variable ? slot_of(attribute_variables_, a->name, left) : -1,
                               variable ? AttrValue() : attribute_value(*a)});
  }
  return term;
}

void Matcher::parse_guards(std::string_view text) {
  while (!text.empty()) {
    std::size_t end = text.find(" and ");
    std::string_view one = text.substr(0, end);
    std::size_t is = one.find(" is ");
    if (is == std::string_view::npos) fail("a guard reads 'x is float'");
    std::string name(one.substr(0, is));
    std::string_view what = one.substr(is + 4);
    auto found = std::find_if(std::begin(named_guards), std::end(named_guards), [&](auto& g) { return g.text == what; });
    if (found == std::end(named_guards)) fail("there is no guard '" + std::string(what) + "'");
    guards_.push_back({name == "result" ? -1 : slot_of(variables_, name, false), found->holds});
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 5);
  }
}

bool Matcher::match(const Term& term, const Ref& node, Binding& binding) const {
  switch (term.kind) {
  case Term::Kind::call: return match_call(term, *node, binding);
  case Term::Kind::literal: {
    auto value = scalar_value(node);
    return value && *value == term.value && std::signbit(*value) == std::signbit(term.value);
  }
  case Term::Kind::constant:
    if (!scalar_value(node)) return false;
    break;
  case Term::Kind::variable: break;
  }
  Ref value = term.kind == Term::Kind::constant ? Ref(without_broadcast(node.get())) : node;
  Ref& bound = binding.nodes[term.slot];
  if (bound) return bound == value;
  bound = value;
  return true;
}

bool Matcher::match_call(const Term& term, const Node& node, Binding& binding) const {
  if (node.op != term.op || node.args.size() != term.args.size()) return false;
  for (const auto& a : term.attributes) {
    const AttrValue* found = node.attrs.find(a.key);
    if (!found) return false;
    const AttrValue*& bound = a.slot >= 0 ? binding.attributes[a.slot] : found;
    if (a.slot >= 0 && !bound) bound = found;
    else if (!same_attribute(*found, a.slot >= 0 ? *bound : a.value)) return false;
  }
  for (std::size_t i = 0; i < term.args.size(); ++i)
    if (!match(term.args[i], node.args[i], binding)) return false;
  return true;
}

// A literal takes the dtype of its neighbours, or the one asked for by what it stands in.
Ref Matcher::build(const Term& term, const Binding& binding, DType dtype) const {
  if (term.kind == Term::Kind::literal) return constant(dtype, term.value);
  if (term.kind != Term::Kind::call) return binding.nodes[term.slot];
  Args args(term.args.size());
  DType neighbour = dtype;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (term.args[i].kind == Term::Kind::literal) continue;
    args[i] = build(term.args[i], binding, dtype);
    neighbour = args[i]->dtype();
  }
  for (std::size_t i = 0; i < args.size(); ++i)
    if (!args[i]) args[i] = build(term.args[i], binding, neighbour);
  Attrs attrs;
  for (const auto& a : term.attributes) attrs.set(a.key, a.slot >= 0 ? *binding.attributes[a.slot] : a.value);
  return make(*term.op, std::move(args), std::move(attrs));
}

Ref Matcher::apply(const Node& node) const {
  for (const Term& variant : variants_) {
    Binding binding{std::vector<Ref>(variables_.size()), std::vector<const AttrValue*>(attribute_variables_.size())};
    if (!match_call(variant, node, binding)) continue;
    bool holds = std::all_of(guards_.begin(), guards_.end(), [&](const Guard& g) {
      return g.holds(g.slot < 0 ? Ref(&node) : binding.nodes[g.slot]);
    });
    if (holds) return build(result_, binding, node.dtype());
  }
  return nullptr;
}

} // namespace croton::passes
