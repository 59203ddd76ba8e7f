// Reading at positions given by integers.
#include "croton/linalg.h"
#include "src/api/promote.h"

namespace croton {

namespace {

using api::Ref;

bool holds_size(DType dtype, const Ref& size) {
  auto n = ir::constant_value(size);
  int bits = static_cast<int>(size_of(dtype)) * 8 - 1;
  return n && bits < 63 ? *n < (i64(1) << bits) : bits >= 63;
}

// Negative positions count from the end. Where the dtype may not hold the size, the sum is taken in i64.
Ref wrapped(std::string_view op, const Ref& positions, const Ref& size) {
  if (!is_integer(positions->dtype()))
    throw DTypeError("[" + std::string(op) + "] " + ir::describe(positions) + ": found " + std::string(name(positions->dtype())) +
                     ", expected integer positions.");
  if (!info(positions->dtype()).is_signed) return positions;
  Ref index = holds_size(positions->dtype(), size) ? positions : ir::cast(positions, DType::i64);
  Ref from_end = ir::call("add", {index, ir::cast(size, index->dtype())});
  return ir::where(ir::call("less", {index, ir::constant_like(index, 0)}), from_end, index);
}

Ref read_at(std::string_view op, const In& x, const In& positions, i64 axis) {
  Ref value = api::operand(x);
  i64 along = api::axis_of(op, axis, value->rank());
  return ir::call(op, {value, wrapped(op, api::operand(positions), value->shape()[along])}, {{"axis", along}});
}

} // namespace

Expr take(In x, In positions, int axis) {
  return api::expr_at(x.where(), [&] { return read_at("take", x, positions, axis); });
}

Expr pick(In x, In positions, int axis) {
  return api::expr_at(x.where(), [&] { return read_at("pick", x, positions, axis); });
}

Expr take_along_axis(In x, In positions, int axis) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x), index = api::operand(positions);
    i64 along = api::axis_of("take_along_axis", axis, value->rank());
    if (index->rank() != value->rank() || !ir::is_one(index->shape()[along]))
      throw ShapeError("[take_along_axis] " + ir::describe(index) + " must have the rank of " + ir::describe(value) +
                       " and size 1 along axis " + std::to_string(along) + ".");
    Ref flat = wrapped("take_along_axis", ir::squeeze(index, {along}), value->shape()[along]);
    return ir::expand_dims(ir::call("pick", {value, flat}, {{"axis", along}}), {along});
  });
}

Expr one_hot(In positions, Dim size, DType dtype) {
  return api::expr_at(positions.where(), [&] {
    Ref count = api::ref(size), index = wrapped("one_hot", api::operand(positions), count);
    // Reading 0, 1, 2, … at the positions gives them back and checks them on the way.
    Ref checked = ir::call("take", {ir::iota({count}, 0, index->dtype()), index}, {{"axis", i64(0)}});
    ir::Shape shape = index->shape();
    shape.push_back(count);
    Ref column = ir::iota(shape, index->rank(), index->dtype());
    return ir::cast(ir::call("equal", {column, ir::expand_dims(checked, {index->rank()})}), dtype);
  });
}

Expr one_hot(In positions, Dim size) { return one_hot(positions, size, default_float()); }

} // namespace croton
