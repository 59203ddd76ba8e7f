// Constants and broadcasts: what every other rule may then take for granted. Operands of pointwise ops are not stretched
// by broadcast_to, and a pointwise op of constants is a constant.
#include "ir/build.h"
#include "ir/interpret.h"
#include "passes/rules.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

const Op& stretch_op() {
  static const Op& op = *find_op("broadcast_to");
  return op;
}

Ref unstretched(const Ref& x) {
  const Node* n = x.get();
  while (n->op == &stretch_op()) n = n->args[0].get();
  return Ref(n);
}

// ---- constants ------------------------------------------------------------------------------------------------

bool computable(DType d) { return is_integer(d) || d == DType::bool_ || d == DType::f32 || d == DType::f64; }

std::optional<Scalar> scalar_of(const Ref& x) {
  Ref c = unstretched(x);
  if (!is_constant(*c) || c->rank() != 0 || !computable(c->dtype())) return {};
  const AttrValue* v = c->attrs.find("value");
  if (!v) return {};
  if (auto* d = std::get_if<double>(v)) return Scalar{*d, 0};
  i64 k = std::get<i64>(*v);
  return Scalar{0, c->dtype() == DType::u64 ? wide(static_cast<u64>(k)) : wide(k)};
}

// A user's op may be known by its expansion only.
bool has_value(const Node& node) {
  const auto& body = *body_of<Pointwise>(node);
  DType carrier = node.args[0]->dtype();
  for (const Ref& a : node.args)
    if (is_float(a->dtype())) carrier = a->dtype();
  return body.reinterpret || (carrier == DType::f32 ? body.f32 != nullptr : carrier == DType::f64 ? body.f64 != nullptr : body.integer != nullptr);
}

Ref fold_constants(const Node& node) {
  std::vector<Scalar> operands;
  if (node.args.empty() || !computable(node.dtype()) || !has_value(node)) return nullptr;
  for (const Ref& a : node.args) {
    auto value = scalar_of(a);
    if (!value) return nullptr;
    operands.push_back(*value);
  }
  Scalar value = rounded_to(node.dtype(), pointwise_value(node, operands.data()));
  Ref folded = is_float(node.dtype()) ? constant(node.dtype(), value.real)
                                      : constant_int(node.dtype(), static_cast<i64>(value.integer));
  return broadcast_to(folded, node.shape());
}

// ---- broadcasts -----------------------------------------------------------------------------------------------

bool only_leading(const Node& expand) {
  const auto& axes = expand.attrs.integers("axes");
  return axes.empty() || axes.back() == static_cast<i64>(axes.size()) - 1;
}

// Whether every size is proved to fit: otherwise the node is also a check, and stays.
bool surely_stretches(const Node& stretch) {
  const Shape &from = stretch.args[0]->shape(), &to = stretch.shape();
  std::size_t shift = to.size() - from.size();
  for (std::size_t i = 0; i < from.size(); ++i)
    if (from[i] != to[i + shift] && !is_one(from[i])) return false;
  return true;
}

// What aligns with the same elements without the views that only repeat it or put 1s in front.
Ref aligned(const Ref& x) {
  static const Op* expand = find_op("expand_dims");
  const Node* n = x.get();
  while ((n->op == &stretch_op() && surely_stretches(*n)) || (n->op == expand && only_leading(*n))) n = n->args[0].get();
  return Ref(n);
}

// Computes on what was repeated and repeats the result, if the result is smaller at all.
Ref pointwise_broadcast(const Node& node) {
  Args args;
  bool changed = false;
  for (const Ref& a : node.args) {
    args.push_back(aligned(a));
    changed |= args.back() != a;
  }
  if (!changed) return nullptr;
  return broadcast_to(make(*node.op, std::move(args), node.attrs), node.shape());
}

Ref broadcast_broadcast(const Node& node) {
  Ref inner = aligned(node.args[0]);
  return inner == node.args[0] ? nullptr : broadcast_to(inner, node.shape());
}

Ref view_of_scalar(const Node& node) {
  Ref value = unstretched(node.args[0]);
  return value->rank() == 0 && value != node.args[0] ? broadcast_to(value, node.shape()) : nullptr;
}

// ---- the same thing again -------------------------------------------------------------------------------------

Ref same_as_operand(const Node& node) {
  const Ref& x = node.args[0];
  return x->type == node.type ? x : nullptr;
}

Ref identity_permutation(const Node& node) {
  const auto& order = node.attrs.integers("order");
  return std::is_sorted(order.begin(), order.end()) ? node.args[0] : nullptr;
}

Ref no_axes(const Node& node) { return node.attrs.integers("axes").empty() ? node.args[0] : nullptr; }

// ---- casts ----------------------------------------------------------------------------------------------------

// Whether every value of `from` is one of `to`, so that a further cast sees the same value.
bool holds_all(DType to, DType from) {
  const DTypeInfo &t = info(to), &f = info(from);
  if (to == from || f.kind == DTypeKind::boolean) return true;
  if (t.kind == DTypeKind::floating) {
    int digits = to == DType::f64 ? 53 : to == DType::f32 ? 24 : 0;
    if (f.kind == DTypeKind::floating) return t.bytes > f.bytes;
    return f.kind == DTypeKind::integer && 8 * f.bytes <= digits;
  }
  if (t.kind != DTypeKind::integer || f.kind != DTypeKind::integer) return false;
  return t.is_signed == f.is_signed ? t.bytes > f.bytes : t.is_signed && t.bytes > f.bytes;
}

Ref cast_cast(const Node& node) {
  const Ref& inner = node.args[0];
  if (inner->op != node.op || !holds_all(inner->dtype(), inner->args[0]->dtype())) return nullptr;
  return cast(inner->args[0], node.dtype());
}

const std::vector<ShapeRule> table = {
    {"fold_constants", {"Pointwise"}, "f(c1, c2, …)", "the constant", fold_constants, Holds::stable},
    {"pointwise_broadcast", {"Pointwise"}, "f(broadcast_to(x, …), y, …)", "broadcast_to(f(x, y, …), …)", pointwise_broadcast},
    {"broadcast_broadcast", {"broadcast_to"}, "broadcast_to(broadcast_to(x, …), s…)", "broadcast_to(x, s…)", broadcast_broadcast},
    {"view_of_scalar", {"reshape", "permute", "expand_dims", "squeeze", "slice", "diagonal"},
     "view(broadcast_to(x, …), …) of a scalar x", "broadcast_to(x, …)", view_of_scalar},
    {"reshape_same", {"reshape", "broadcast_to"}, "reshape(x, the shape of x)", "x", same_as_operand},
    {"permute_identity", {"permute"}, "permute(x, order=[0, 1, …])", "x", identity_permutation},
    {"no_axes", {"expand_dims", "squeeze"}, "expand_dims(x, axes=[])", "x", no_axes},
    {"cast_same", {"cast", "bitcast"}, "cast(x, dtype=the dtype of x)", "x", same_as_operand},
    {"cast_cast", {"cast"}, "cast(cast(x, dtype=a wider one), dtype=d)", "cast(x, dtype=d)", cast_cast},
};

} // namespace

std::span<const ShapeRule> folding_rules() { return table; }

} // namespace croton::passes
