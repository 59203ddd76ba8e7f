// Views of whole tensors.
#include "croton/shaping.h"
#include "croton/reductions.h"
#include "src/api/promote.h"
#include <algorithm>
#include <numeric>

namespace croton {

namespace {

using api::Ref;
using Indices = std::vector<i64>;

// Replaces one −1 by what the other sizes leave of the element count.
ir::Shape resolved(const Ref& x, ir::Shape shape) {
  Ref known = ir::constant_dim(1);
  std::size_t open = shape.size();
  for (std::size_t i = 0; i < shape.size(); ++i) {
    auto size = ir::constant_value(shape[i]);
    if (size == -1 && open == shape.size()) open = i;
    else if (size && *size < 0) throw ShapeError("[reshape] " + ir::to_string(shape) + ": one size may be −1, the others not negative.");
    else known = ir::index_mul(known, shape[i]);
  }
  if (open == shape.size()) return shape;
  if (ir::constant_value(known) == 0) throw ShapeError("[reshape] " + ir::to_string(shape) + ": −1 has no value beside a size of 0.");
  Ref count = ir::element_count(x->shape());
  if (auto rest = ir::constant_value(ir::index_mod(count, known)); rest && *rest != 0)
    throw ShapeError("[reshape] " + ir::describe(x) + ": " + ir::to_string(count) + " elements are not a multiple of " +
                     ir::to_string(known) + " in " + ir::to_string(shape) + ".");
  shape[open] = ir::index_div(count, known);
  return shape;
}

Indices checked_order(std::string_view op, const Ref& x, const std::vector<int>& order) {
  Indices list;
  for (int axis : order) list.push_back(api::axis_of(op, axis, x->rank()));
  if (static_cast<int>(list.size()) != x->rank())
    throw ShapeError("[" + std::string(op) + "] found an order of " + std::to_string(list.size()) + " axes, expected all " +
                     std::to_string(x->rank()) + " of " + ir::describe(x) + ".");
  api::axes_of(op, order, x->rank()); // each once
  return list;
}

Indices axes_in_order(int rank) {
  Indices order(rank);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

} // namespace

Expr reshape(In x, Shape shape) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    return ir::reshape(value, resolved(value, api::shape_of(shape)));
  });
}

Expr flatten(In x) { return reshape(x, {-1}); }

Expr permute(In x, std::vector<int> order) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    return ir::permute(value, checked_order("permute", value, order));
  });
}

Expr transpose(In x, std::vector<int> order) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    if (!order.empty()) return ir::permute(value, checked_order("transpose", value, order));
    Indices reversed = axes_in_order(value->rank());
    std::reverse(reversed.begin(), reversed.end());
    return ir::permute(value, reversed);
  });
}

Expr swapaxes(In x, int a, int b) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    Indices order = axes_in_order(value->rank());
    i64 first = api::axis_of("swapaxes", a, value->rank()), second = api::axis_of("swapaxes", b, value->rank());
    std::swap(order[first], order[second]);
    return ir::permute(value, order);
  });
}

Expr moveaxis(In x, int from, int to) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    Indices order = axes_in_order(value->rank());
    i64 source = api::axis_of("moveaxis", from, value->rank()), target = api::axis_of("moveaxis", to, value->rank());
    order.erase(order.begin() + source);
    order.insert(order.begin() + target, source);
    return ir::permute(value, order);
  });
}

Expr expand_dims(In x, Axes axes) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    if (axes.is_every()) throw ValueError("[expand_dims] name the places of the new axes.");
    int rank = value->rank() + static_cast<int>(axes.list().size());
    return ir::expand_dims(value, api::axes_of("expand_dims", axes, rank));
  });
}

Expr squeeze(In x, Axes axes) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    if (!axes.is_every()) return ir::squeeze(value, api::axes_of("squeeze", axes, value->rank()));
    Indices ones;
    for (i64 i = 0; i < value->rank(); ++i)
      if (ir::is_one(value->shape()[i])) ones.push_back(i);
    return ir::squeeze(value, ones);
  });
}

Expr broadcast_to(In x, Shape shape) {
  return api::expr_at(x.where(), [&] { return ir::broadcast_to(api::operand(x), api::shape_of(shape)); });
}

Expr flip(In x, Axes axes) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    for (i64 axis : api::axes_of("flip", axes, value->rank())) {
      Ref size = value->shape()[axis];
      value = ir::slice(value, axis, ir::index_sub(size, ir::constant_dim(1)), size, -1);
    }
    return value;
  });
}

Expr diagonal(In x, int offset) {
  return api::expr_at(x.where(), [&] { return ir::call("diagonal", {api::operand(x)}, {{"offset", i64(offset)}}); });
}

Expr trace(In x, int offset) {
  return api::at(x.where(), [&] { return sum(diagonal(x, offset), -1); });
}

} // namespace croton
