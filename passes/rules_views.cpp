// Views of views, joins and products of transposes.
#include "ir/build.h"
#include "passes/rules.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

bool is(const Ref& x, std::string_view op) { return x->op->name == op; }
bool holds(const std::vector<i64>& axes, i64 axis) { return std::binary_search(axes.begin(), axes.end(), axis); }

// ---- reshape, expand_dims, squeeze ----------------------------------------------------------------------------

// Whether a reshape is proved to fit: otherwise it is also a check, and stays.
bool surely_reshapes(const Node& node) { return element_count(node.args[0]->shape()) == element_count(node.shape()); }

Ref reshape_reshape(const Node& node) {
  const Ref& inner = node.args[0];
  bool view = is(inner, "reshape") || is(inner, "expand_dims") || is(inner, "squeeze");
  return view && surely_reshapes(*inner) ? reshape(inner->args[0], node.shape()) : nullptr;
}

Ref unit_axes_of_reshape(const Node& node) {
  const Ref& inner = node.args[0];
  return is(inner, "reshape") ? reshape(inner->args[0], node.shape()) : nullptr;
}

Ref expand_expand(const Node& node) {
  const Ref& inner = node.args[0];
  if (inner->op != node.op) return nullptr;
  const auto &outer_axes = node.attrs.integers("axes"), &inner_axes = inner->attrs.integers("axes");
  std::vector<i64> axes = outer_axes;
  for (i64 axis = 0, old = 0; axis < node.rank(); ++axis) { // an axis not new here is the next one of the operand
    if (holds(outer_axes, axis)) continue;
    if (holds(inner_axes, old++)) axes.push_back(axis);
  }
  return expand_dims(inner->args[0], axes);
}

Ref squeeze_squeeze(const Node& node) {
  const Ref& inner = node.args[0];
  if (inner->op != node.op) return nullptr;
  const auto &outer_axes = node.attrs.integers("axes"), &inner_axes = inner->attrs.integers("axes");
  std::vector<i64> axes = inner_axes;
  for (i64 axis = 0, left = 0; axis < inner->args[0]->rank(); ++axis)
    if (!holds(inner_axes, axis) && holds(outer_axes, left++)) axes.push_back(axis);
  return squeeze(inner->args[0], axes);
}

Ref inverse_view(const Node& node) {
  const Ref& inner = node.args[0];
  bool pair = (is(Ref(&node), "squeeze") && is(inner, "expand_dims")) || (is(Ref(&node), "expand_dims") && is(inner, "squeeze"));
  if (!pair || inner->args[0]->type != node.type) return nullptr;
  return inner->attrs == node.attrs ? inner->args[0] : nullptr;
}

// ---- permute --------------------------------------------------------------------------------------------------

Ref permute_permute(const Node& node) {
  const Ref& inner = node.args[0];
  if (inner->op != node.op) return nullptr;
  const auto &outer_order = node.attrs.integers("order"), &inner_order = inner->attrs.integers("order");
  std::vector<i64> order;
  for (i64 axis : outer_order) order.push_back(inner_order[axis]);
  return permute(inner->args[0], order);
}

bool swaps_last(const Ref& x) {
  if (!is(x, "permute") || x->rank() < 2) return false;
  return x == swap_last_axes(x->args[0]);
}

Ref transposed_product(const Node& node) {
  const Ref& product = node.args[0];
  if (!is(product, "matmul") || !swaps_last(Ref(&node))) return nullptr;
  const Ref &a = product->args[0], &b = product->args[1];
  if (!swaps_last(a) || !swaps_last(b)) return nullptr;
  return matmul(b->args[0], a->args[0]);
}

// ---- slice, place, concatenate --------------------------------------------------------------------------------

Ref whole_slice(const Node& node) {
  const Ref& x = node.args[0];
  bool whole = node.attrs.integer("step") == 1 && constant_value(node.args[1]) == 0 && x->type == node.type;
  return whole ? x : nullptr;
}

Ref slice_slice(const Node& node) {
  const Ref& inner = node.args[0];
  i64 axis = node.attrs.integer("axis"), step = node.attrs.integer("step");
  if (inner->op != node.op || inner->attrs.integer("axis") != axis) return nullptr;
  i64 inner_step = inner->attrs.integer("step"), both = 0;
  if (__builtin_mul_overflow(step, inner_step, &both)) return nullptr;
  Ref start = index_add(inner->args[1], index_mul(node.args[1], constant_dim(inner_step)));
  return slice(inner->args[0], axis, start, node.args[2], both);
}

Ref slice_place(const Node& node) {
  const Ref& inner = node.args[0];
  if (!is(inner, "place") || inner->attrs != node.attrs) return nullptr;
  const Ref& x = inner->args[0];
  return inner->args[2] == node.args[1] && x->type == node.type ? x : nullptr;
}

Ref whole_place(const Node& node) {
  const Ref& x = node.args[0];
  bool whole = node.attrs.integer("step") == 1 && constant_value(node.args[2]) == 0 && x->type == node.type;
  return whole ? x : nullptr;
}

Ref concatenate_one(const Node& node) { return node.args.size() == 1 ? node.args[0] : nullptr; }

Ref concatenate_concatenate(const Node& node) {
  Args parts;
  for (const Ref& x : node.args) {
    if (x->op == node.op && x->attrs == node.attrs) parts.insert(parts.end(), x->args.begin(), x->args.end());
    else parts.push_back(x);
  }
  return parts.size() == node.args.size() ? nullptr : make(*node.op, std::move(parts), node.attrs);
}

// The part of a join that a slice takes whole.
Ref slice_concatenate(const Node& node) {
  const Ref& join = node.args[0];
  i64 axis = node.attrs.integer("axis");
  if (!is(join, "concatenate") || join->attrs.integer("axis") != axis || node.attrs.integer("step") != 1) return nullptr;
  Ref start = constant_dim(0);
  for (const Ref& part : join->args) {
    if (start == node.args[1] && part->type == node.type) return part;
    start = index_add(start, part->shape()[axis]);
  }
  return nullptr;
}

// ---- flips of scans -------------------------------------------------------------------------------------------

bool flips(const Ref& x, i64 axis) {
  if (!is(x, "slice") || x->attrs.integer("step") != -1 || x->attrs.integer("axis") != axis) return false;
  const Dim& size = x->args[0]->shape()[static_cast<std::size_t>(axis)];
  return x->args[2] == size && x->args[1] == index_sub(size, constant_dim(1));
}

Ref flipped_scan(const Node& node) {
  const Ref& scan = node.args[0];
  if (!body_of<PrefixScan>(scan)) return nullptr;
  i64 axis = scan->attrs.integer("axis");
  Args straight;
  for (const Ref& x : scan->args) {
    if (!flips(x, axis)) return nullptr;
    straight.push_back(x->args[0]);
  }
  if (!flips(Ref(&node), axis)) return nullptr;
  Attrs attrs = scan->attrs;
  attrs.set("reverse", i64(attrs.integer("reverse") == 0));
  return make(*scan->op, std::move(straight), std::move(attrs));
}

const std::vector<ShapeRule> table = {
    {"flipped_scan", {"slice"}, "flip(scan(flip(x))), one axis", "scan(x), from the other end", flipped_scan},
    {"reshape_reshape", {"reshape"}, "reshape(reshape(x, …), s…), or of expand_dims or squeeze", "reshape(x, s…)", reshape_reshape},
    {"unit_axes_of_reshape", {"expand_dims", "squeeze"}, "expand_dims(reshape(x, s…), axes=A)", "reshape(x, s with 1s…)", unit_axes_of_reshape},
    {"expand_expand", {"expand_dims"}, "expand_dims(expand_dims(x, axes=A), axes=B)", "expand_dims(x, axes=both)", expand_expand},
    {"squeeze_squeeze", {"squeeze"}, "squeeze(squeeze(x, axes=A), axes=B)", "squeeze(x, axes=both)", squeeze_squeeze},
    {"inverse_view", {"squeeze", "expand_dims"}, "squeeze(expand_dims(x, axes=A), axes=A), and the reverse", "x", inverse_view},
    {"transposed_product", {"permute"}, "transpose(matmul(transpose(a), transpose(b)))", "matmul(b, a)", transposed_product},
    {"permute_permute", {"permute"}, "permute(permute(x, order=p), order=q)", "permute(x, order=p[q])", permute_permute},
    {"whole_slice", {"slice"}, "slice(x, 0, the size of x, step=1)", "x", whole_slice},
    {"slice_slice", {"slice"}, "slice(slice(x, a, m, step=p), b, n, step=q), one axis", "slice(x, a + b*p, n, step=p*q)", slice_slice},
    {"slice_place", {"slice"}, "slice(place(x, fill, a, …), a, the size of x)", "x", slice_place},
    {"whole_place", {"place"}, "place(x, fill, 0, the size of x, step=1)", "x", whole_place},
    {"concatenate_one", {"concatenate"}, "concatenate(x)", "x", concatenate_one},
    {"concatenate_concatenate", {"concatenate"}, "concatenate(concatenate(x, y), z), one axis", "concatenate(x, y, z)", concatenate_concatenate},
    {"slice_concatenate", {"slice"}, "slice(concatenate(x, y, …), the place of y)", "y", slice_concatenate},
};

} // namespace

std::span<const ShapeRule> view_rules() { return table; }

} // namespace croton::passes
