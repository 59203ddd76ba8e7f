// The reduction by an expression of the user's own. What combines two elements stands in an attribute, so that a record of
// plain functions serves every such reduction, and text and JSON carry it.
#include "ir/error_bound.h"
#include "ir/expression.h"
#include "ir/forms.h"
#include "ir/interpret.h"
#include "ir/kernel.h"
#include "ir/ops/record.h"
#include <unordered_map>

namespace croton::ir {

namespace {

constexpr std::string_view combine_who = "[reduce] the combine, ";

Ref combined(const Node& n, const Ref& a, const Ref& b) {
  const Ref both[] = {a, b};
  return parse_elementwise(n.attrs.text("combine"), both, combine_who);
}

Type reduce_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  Type type = reduced_type(op, args, attrs, args[0]->dtype());
  const Ref both[] = {register_of("a", type.dtype), register_of("b", type.dtype)};
  parse_elementwise(attrs.text("combine"), both, combine_who);
  literal_of(type.dtype, attrs.text("identity"));
  return type;
}

// The combination as a list of ops over the values before it, evaluated once for each element.
class Fold {
public:
  Fold(const Node& n, DType dtype) {
    const Ref both[] = {register_of("a", dtype), register_of("b", dtype)};
    result_ = parse_elementwise(n.attrs.text("combine"), both, combine_who);
    for (const Node* part : post_order(result_)) {
      slots_.emplace(part, values_.size());
      Scalar value;
      if (is_literal(*part)) {
        const AttrValue& v = *part->attrs.find("value");
        if (auto* real = std::get_if<double>(&v)) value.real = *real;
        else value.integer = std::get<i64>(v);
      } else if (!part->args.empty()) {
        order_.push_back(part);
      }
      values_.push_back(value);
    }
    for (std::size_t k = 0; k < 2; ++k) operands_[k] = slots_.at(both[k].get());
    Ref identity = literal_of(dtype, n.attrs.text("identity"));
    const AttrValue& v = *identity->attrs.find("value");
    identity_ = is_float(dtype) ? Scalar{std::get<double>(v), 0} : Scalar{0, std::get<i64>(v)};
  }

  Scalar identity() const { return identity_; }
  Scalar operator()(Scalar a, Scalar b) {
    values_[operands_[0]] = a;
    values_[operands_[1]] = b;
    for (const Node* n : order_) {
      Scalar x[8];
      for (std::size_t k = 0; k < n->args.size() && k < 8; ++k) x[k] = values_[slots_.at(n->args[k].get())];
      values_[slots_.at(n)] = pointwise_value(*n, x);
    }
    return values_[slots_.at(result_.get())];
  }

private:
  Ref result_; ///< keeps the nodes below
  std::vector<const Node*> order_;
  std::vector<Scalar> values_;
  std::unordered_map<const Node*, std::size_t> slots_;
  std::size_t operands_[2] = {};
  Scalar identity_;
};

double fold_real(const double* x, i64 count, const Node& n) {
  Fold fold(n, DType::f64);
  Scalar value = fold.identity();
  for (i64 i = 0; i < count; ++i) value = fold(value, {x[i], 0});
  return value.real;
}
wide fold_integer(const wide* x, i64 count, const Node& n) {
  Fold fold(n, n.dtype());
  Scalar value = fold.identity();
  for (i64 i = 0; i < count; ++i) value = fold(value, {0, x[i]});
  return value.integer;
}

std::vector<Ref> reduce_vjp(const Node& n, const Ref& g) {
  Pattern p = parse_pattern(n.attrs.text("combine"));
  if ((p.name == "maximum" || p.name == "minimum") && p.args[0].kind == Pattern::Kind::variable && p.args[1].kind == Pattern::Kind::variable) return extreme_vjp(n, g);
  throw GradientError("[reduce] the reduction by " + quoted_text(n.attrs.text("combine")) + (n.where ? " (" + to_string(n.where) + ")" : "") +
                          " has no derivative: only a + b, a * b, maximum(a, b) and minimum(a, b) have one. Put stop_gradient around it.", n.where);
}

} // namespace

std::vector<Op> reduce_ops() {
  auto specs = axes_specs();
  specs.push_back({"combine", "text", "an expression of two elements, associative and commutative: \"a + b - a * b\""});
  specs.push_back({"identity", "text", "the literal that changes nothing, and the value when empty"});
  Reduction body{.identity = [](const Node& n) -> Reduction::State { return {literal_of(n.dtype(), n.attrs.text("identity"))}; },
                 .lift = [](const Node&, const Ref& e, const Ref&) -> Reduction::State { return {e}; },
                 .merge = [](const Node& n, const Reduction::State& a, const Reduction::State& b) -> Reduction::State { return {combined(n, a[0], b[0])}; },
                 .finish = [](const Node&, const Reduction::State& s, const Ref&) { return s[0]; },
                 .value_real = fold_real, .value_integer = fold_integer};
  return {{.name = "reduce", .doc = "Elements over axes combined by an expression (reduction_kernel); its identity when empty.", .group = "reduction", .params = {"x"},
           .attr_specs = std::move(specs), .accepts = Accepts::any, .body = std::move(body), .type = reduce_type, .vjp = reduce_vjp,
           .error = [](const Ref& v, i64 n) { return error_of_roundings(v, 2 * n + 4); }}};
}

} // namespace croton::ir
