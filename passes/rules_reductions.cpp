// Reductions: fewer axes, fewer passes, and the recognition of the variance.
#include "ir/build.h"
#include "passes/rules.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

using Axes = std::vector<i64>;

bool is(const Ref& x, std::string_view op) { return x->op->name == op; }
bool holds(const Axes& axes, i64 axis) { return std::binary_search(axes.begin(), axes.end(), axis); }
const Axes& axes_of(const Node& node) { return node.attrs.integers("axes"); }
bool keeps(const Node& node) { return node.attrs.integer("keepdims") != 0; }

Axes joined(Axes a, const Axes& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::sort(a.begin(), a.end());
  a.erase(std::unique(a.begin(), a.end()), a.end());
  return a;
}

// ---- keepdims -------------------------------------------------------------------------------------------------

Ref with_keepdims(const Ref& reduction, bool keep) {
  Attrs attrs = reduction->attrs;
  attrs.set("keepdims", i64(keep));
  return make(*reduction->op, reduction->args, std::move(attrs));
}

Ref expand_reduction(const Node& node) {
  const Ref& inner = node.args[0];
  if (!body_of<Reduction>(inner) || keeps(*inner) || axes_of(*inner) != axes_of(node)) return nullptr;
  return with_keepdims(inner, true);
}

Ref squeeze_reduction(const Node& node) {
  const Ref& inner = node.args[0];
  if (!body_of<Reduction>(inner) || !keeps(*inner) || axes_of(*inner) != axes_of(node)) return nullptr;
  return with_keepdims(inner, false);
}

// ---- fewer axes -----------------------------------------------------------------------------------------------

// An axis of size 1 has nothing to reduce.
Ref reduce_unit_axes(const Node& node) {
  const Ref& x = node.args[0];
  Axes unit, rest;
  for (i64 axis : axes_of(node)) (is_one(x->shape()[axis]) ? unit : rest).push_back(axis);
  if (unit.empty() && !rest.empty()) return nullptr;
  if (node.rank() == 0 && !rest.empty()) return nullptr; // reduce_all_of_view wants it as it is
  if (keeps(node)) return rest.empty() ? x : reduce(node.op->name, x, rest, true);
  for (i64& axis : rest) axis -= std::lower_bound(unit.begin(), unit.end(), axis) - unit.begin();
  Ref squeezed = squeeze(x, unit);
  return rest.empty() ? squeezed : reduce(node.op->name, squeezed, rest, false);
}

// The inner reduction's axes and the outer ones in terms of the innermost operand.
Ref nested_reduction(const Node& node) {
  const Ref& inner = node.args[0];
  if (inner->op != node.op) return nullptr;
  const Ref& x = inner->args[0];
  const Axes &first = axes_of(*inner), &second = axes_of(node);
  if (keeps(*inner)) {
    bool covered = std::includes(second.begin(), second.end(), first.begin(), first.end());
    if (!keeps(node) && !covered) return nullptr;
    return reduce(node.op->name, x, joined(first, second), keeps(node));
  }
  if (keeps(node)) return nullptr;
  Axes outer;
  for (i64 axis = 0, left = 0; axis < x->rank(); ++axis)
    if (!holds(first, axis) && holds(second, left++)) outer.push_back(axis);
  return reduce(node.op->name, x, joined(first, outer), false);
}

// A reduction to a scalar does not see the order or the grouping of the axes.
Ref reduce_all_of_view(const Node& node) {
  const Ref& inner = node.args[0];
  bool view = is(inner, "reshape") || is(inner, "permute") || is(inner, "expand_dims") || is(inner, "squeeze");
  if (!view || node.rank() != 0 || element_count(inner->shape()) != element_count(inner->args[0]->shape())) return nullptr;
  Axes all;
  for (i64 axis = 0; axis < inner->args[0]->rank(); ++axis) all.push_back(axis);
  return reduce(node.op->name, inner->args[0], all, false);
}

// ---- of broadcasts --------------------------------------------------------------------------------------------

// The operand with the reduced axes that only repeat it made 1, and how often it was repeated; null when there is none.
Ref without_repeats(const Node& node, Dim& count) {
  const Ref& x = node.args[0];
  if (!is(x, "broadcast_to")) return nullptr;
  const Ref& y = x->args[0];
  Shape shape = x->shape();
  i64 shift = x->rank() - y->rank();
  bool found = false;
  count = constant_dim(1);
  for (i64 axis : axes_of(node)) {
    bool repeats = axis < shift || is_one(y->shape()[axis - shift]); // known when the graph is built
    if (!repeats || is_one(shape[axis])) continue;
    count = index_mul(count, shape[axis]);
    shape[axis] = constant_dim(1);
    found = true;
  }
  return found ? broadcast_to(y, shape) : nullptr;
}

// A size that is 0 at the call would turn ∞ into NaN, so it must be known, or the value finite.
Ref sum_broadcast(const Node& node) {
  Dim count;
  Ref once = without_repeats(node, count);
  if (!once) return nullptr;
  auto value = scalar_value(once);
  bool safe = !is_float(node.dtype()) || constant_value(count).value_or(0) > 0 || (value && *value >= 0 && *value < 1e30);
  if (!safe) return nullptr;
  return reduce("sum", once, axes_of(node), keeps(node)) * cast(count, node.dtype());
}

Ref extreme_broadcast(const Node& node) {
  Dim count;
  Ref once = without_repeats(node, count);
  if (!once || constant_value(count).value_or(0) < 1) return nullptr; // empty: an error, or the identity
  return reduce(node.op->name, once, axes_of(node), keeps(node));
}

// ---- variance -------------------------------------------------------------------------------------------------

// numerator and a divisor, also where a division by a constant was made a product.
struct Quotient {
  Ref numerator, divisor;
  double factor = 0; ///< of a product; 0: a quotient
};

Quotient as_quotient(const Ref& x) {
  if (is(x, "divide")) return {x->args[0], x->args[1]};
  if (is(x, "multiply"))
    for (int side : {0, 1})
      if (auto c = scalar_value(x->args[side])) return {x->args[1 - side], nullptr, *c};
  return {};
}

// count − divisor when it is a known small integer: the divisor is the count of reduced elements less that.
std::optional<i64> missing_from_count(const Quotient& q, const Dim& count) {
  double known = static_cast<double>(constant_value(count).value_or(-1));
  std::optional<double> divisor;
  if (q.factor != 0) divisor = 1 / q.factor;
  else if (q.divisor) divisor = scalar_value(q.divisor);
  if (divisor && known >= 0) {
    double missing = known - *divisor;
    if (missing >= 0 && missing < known && missing == static_cast<double>(static_cast<i64>(missing))) return static_cast<i64>(missing);
    return {};
  }
  if (!q.divisor) return {};
  Ref d = q.divisor;
  double ddof = 0;
  if (is(d, "subtract") && scalar_value(d->args[1])) {
    ddof = *scalar_value(d->args[1]);
    d = d->args[0];
  }
  if (!is(d, "cast") || d->args[0]->dtype() != DType::i64 || d->args[0]->rank() != 0) return {};
  auto missing = constant_value(index_sub(count, d->args[0]));
  if (!missing || ddof < 0 || ddof != static_cast<double>(static_cast<i64>(ddof))) return {};
  return *missing + static_cast<i64>(ddof) >= 0 ? std::optional(*missing + static_cast<i64>(ddof)) : std::nullopt;
}

Dim reduced_count(const Node& reduction) {
  Shape reduced;
  for (i64 axis : axes_of(reduction)) reduced.push_back(reduction.args[0]->shape()[axis]);
  return element_count(reduced);
}

// sum(square(x − sum(x)/n))/(n − ddof)
Ref variance(const Node& node) {
  Quotient outer = as_quotient(Ref(&node));
  if (!outer.numerator || !is(outer.numerator, "sum")) return nullptr;
  const Node& squares = *outer.numerator;
  if (!is(squares.args[0], "square") || !is(squares.args[0]->args[0], "subtract")) return nullptr;
  const Node& deviation = *squares.args[0]->args[0];
  const Ref& x = deviation.args[0];
  Quotient mean = as_quotient(deviation.args[1]);
  if (!mean.numerator || !is(mean.numerator, "sum")) return nullptr;
  const Node& total = *mean.numerator;
  if (total.args[0] != x || !keeps(total) || axes_of(total) != axes_of(squares)) return nullptr;
  Dim count = reduced_count(total);
  auto ddof = missing_from_count(outer, count);
  if (missing_from_count(mean, count) != 0 || !ddof) return nullptr;
  return call("variance", {x}, {{"axes", axes_of(squares)}, {"keepdims", i64(keeps(squares))}, {"ddof", *ddof}});
}

const std::vector<std::string_view> folds = {"sum", "prod", "max", "min", "any", "all", "logsumexp"};

const std::vector<ShapeRule> table = {
    {"expand_reduction", {"expand_dims"}, "expand_dims(sum(x, axes=A), axes=A)", "sum(x, axes=A, keepdims=1)", expand_reduction},
    {"squeeze_reduction", {"squeeze"}, "squeeze(sum(x, axes=A, keepdims=1), axes=A)", "sum(x, axes=A)", squeeze_reduction},
    {"reduce_unit_axes", folds, "sum(x, axes of size 1)", "squeeze(x, …)", reduce_unit_axes, Holds::stable},
    {"nested_reduction", folds, "sum(sum(x, axes=A), axes=B)", "sum(x, axes=both)", nested_reduction, Holds::stable},
    {"reduce_all_of_view", folds, "sum(reshape(x, …)), or of permute, expand_dims, squeeze, over all axes", "sum(x)", reduce_all_of_view, Holds::stable},
    {"sum_broadcast", {"sum"}, "sum(broadcast_to(x, …)) over repeated axes", "sum(x) * how often", sum_broadcast, Holds::stable},
    {"extreme_broadcast", {"max", "min", "any", "all"}, "max(broadcast_to(x, …)) over repeated axes", "max(x)", extreme_broadcast},
    {"variance", {"divide", "multiply"}, "sum(square(x - sum(x, axes=A, keepdims=1)/n), axes=A)/(n - ddof)", "variance(x, axes=A, ddof=ddof)", variance, Holds::stable},
};

} // namespace

std::span<const ShapeRule> reduction_rules() { return table; }

} // namespace croton::passes
