// Joins, splits and padding.
#include "croton/shaping.h"
#include "src/api/promote.h"

namespace croton {

namespace {

using api::Ref;

Location first_line(const std::vector<In>& xs) { return xs.empty() ? Location() : xs[0].where(); }

api::Refs joined_operands(std::string_view op, const std::vector<In>& xs) {
  if (xs.empty()) throw ValueError("[" + std::string(op) + "] found nothing to join, expected at least one operand.");
  return api::promoted(op, ir::Accepts::any, xs);
}

Ref part(const Ref& x, i64 axis, const Ref& start, const Ref& size) { return ir::slice(x, axis, start, size, 1); }

std::vector<Expr> parts_of(const Ref& x, i64 axis, const std::vector<Ref>& sizes, Location where) {
  std::vector<Expr> parts;
  Ref start = ir::constant_dim(0);
  for (const Ref& size : sizes) {
    parts.push_back(detail::Access::expr(part(x, axis, start, size), where));
    start = ir::index_add(start, size);
  }
  if (ir::provably_different(start, x->shape()[axis]))
    throw ShapeError("[split] the parts of axis " + std::to_string(axis) + " of " + ir::describe(x) + " sum to " +
                     ir::to_string(start) + ", expected " + ir::to_string(x->shape()[axis]) + ".");
  return parts;
}

} // namespace

Expr concatenate(const std::vector<In>& xs, int axis) {
  return api::expr_at(first_line(xs), [&] {
    api::Refs parts = joined_operands("concatenate", xs);
    i64 along = api::axis_of("concatenate", axis, parts[0]->rank());
    return ir::call("concatenate", parts, {{"axis", along}});
  });
}

Expr stack(const std::vector<In>& xs, int axis) {
  return api::expr_at(first_line(xs), [&] {
    api::Refs parts = joined_operands("stack", xs);
    i64 along = api::axis_of("stack", axis, parts[0]->rank() + 1);
    for (const Ref& x : parts)
      if (x->rank() != parts[0]->rank())
        throw ShapeError("[stack] " + ir::describe(parts[0]) + " · " + ir::describe(x) + ": the ranks must agree.");
    for (Ref& x : parts) x = ir::expand_dims(x, {along});
    return ir::call("concatenate", parts, {{"axis", along}});
  });
}

std::vector<Expr> split(In x, const std::vector<Dim>& sizes, int axis) {
  return api::at(x.where(), [&] {
    Ref value = api::operand(x);
    std::vector<Ref> list;
    for (const Dim& d : sizes) list.push_back(api::ref(d));
    return parts_of(value, api::axis_of("split", axis, value->rank()), list, api::blame(x.where()));
  });
}

std::vector<Expr> split_equal(In x, int parts, int axis) {
  return api::at(x.where(), [&] {
    Ref value = api::operand(x);
    i64 along = api::axis_of("split", axis, value->rank());
    const Ref& extent = value->shape()[along];
    if (parts < 1) throw ValueError("[split] found " + std::to_string(parts) + " parts, expected at least 1.");
    if (auto size = ir::constant_value(extent); size && *size % parts != 0)
      throw ShapeError("[split] axis " + std::to_string(along) + " of " + ir::describe(value) + " does not divide into " +
                       std::to_string(parts) + " equal parts.");
    Ref size = ir::index_div(extent, ir::constant_dim(parts));
    return parts_of(value, along, std::vector<Ref>(parts, size), api::blame(x.where()));
  });
}

Expr pad(In x, const std::vector<PadWidth>& widths, In value) {
  return api::expr_at(x.where(), [&] {
    Ref result = api::operand(x);
    if (static_cast<int>(widths.size()) != result->rank())
      throw ShapeError("[pad] found " + std::to_string(widths.size()) + " widths for " + ir::describe(result) + ", expected one for each axis.");
    Ref fill = api::operand_as("pad", value, result->dtype());
    for (std::size_t axis = 0; axis < widths.size(); ++axis) {
      Ref before = api::ref(widths[axis].before), after = api::ref(widths[axis].after);
      for (const Ref& width : {before, after})
        if (auto known = ir::constant_value(width); known && *known < 0)
          throw ShapeError("[pad] found the width " + std::to_string(*known) + ", expected 0 or more.");
      Ref size = ir::index_add(ir::index_add(before, result->shape()[axis]), after);
      if (size == result->shape()[axis]) continue;
      result = ir::call("place", {result, fill, before, size}, {{"axis", static_cast<i64>(axis)}, {"step", i64(1)}});
    }
    return result;
  });
}

// {c, n} read row by row is the axis of n repeated c times.
Expr tile(In x, const std::vector<int>& counts) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    while (value->rank() < static_cast<int>(counts.size())) value = ir::expand_dims(value, {0});
    std::size_t lead = static_cast<std::size_t>(value->rank()) - counts.size();
    for (std::size_t i = 0; i < counts.size(); ++i) {
      if (counts[i] < 0) throw ValueError("[tile] found the count " + std::to_string(counts[i]) + ", expected 0 or more.");
      i64 axis = static_cast<i64>(lead + i);
      ir::Shape wide = value->shape(), flat = value->shape();
      wide.insert(wide.begin() + axis, ir::constant_dim(counts[i]));
      flat[axis] = ir::index_mul(flat[axis], ir::constant_dim(counts[i]));
      value = ir::reshape(ir::broadcast_to(ir::expand_dims(value, {axis}), wide), flat);
    }
    return value;
  });
}

} // namespace croton
