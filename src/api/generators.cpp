// Values made from the index alone, and constants.
#include "croton/shaping.h"
#include "src/api/promote.h"
#include <cmath>

namespace croton {

namespace {

using api::Ref;

void check_sizes(std::string_view op, const ir::Shape& shape) {
  for (const Ref& d : shape)
    if (auto size = ir::constant_value(d); size && *size < 0)
      throw ShapeError("[" + std::string(op) + "] " + ir::to_string(shape) + " has a negative size.");
}

// start + i·step, in the dtype.
Ref ramp(DType dtype, const Ref& size, double start, double step) {
  Ref i = ir::iota({size}, 0, dtype);
  Ref scaled = step == 1 ? i : i * step;
  return start == 0 ? scaled : scaled + start;
}

} // namespace

Expr full(DType dtype, Shape shape, In value) {
  return api::expr_at(value.where(), [&] {
    ir::Shape dims = api::shape_of(shape);
    check_sizes("full", dims);
    Ref scalar = api::operand_as("full", value, dtype);
    return ir::broadcast_to(scalar, dims);
  });
}

Expr full_like(In x, In value) {
  return api::expr_at(x.where(), [&] {
    Ref like = api::operand(x);
    return ir::broadcast_to(api::operand_as("full_like", value, like->dtype()), like->shape());
  });
}
Expr zeros_like(In x) { return full_like(x, In(false, {})); }
Expr ones_like(In x) { return full_like(x, In(true, {})); }

Expr iota(DType dtype, Shape shape, int axis, std::source_location here) {
  return api::expr_at(here, [&] {
    ir::Shape dims = api::shape_of(shape);
    check_sizes("iota", dims);
    return ir::iota(dims, api::axis_of("iota", axis, static_cast<int>(dims.size())), dtype);
  });
}

Expr arange(DType dtype, double start, double stop, double step, std::source_location here) {
  return api::expr_at(here, [&] {
    if (step == 0 || !std::isfinite(start) || !std::isfinite(stop) || !std::isfinite(step))
      throw ValueError("[arange] the bounds must be finite and the step not 0.");
    double count = std::max(0.0, std::ceil((stop - start) / step));
    if (count > 1e15) throw ShapeError("[arange] " + std::to_string(count) + " elements are too many.");
    return ramp(dtype, ir::constant_dim(static_cast<i64>(count)), start, step);
  });
}

Expr linspace(DType dtype, double start, double stop, i64 count, std::source_location here) {
  return api::expr_at(here, [&] {
    if (!is_float(dtype)) throw DTypeError("[linspace] found " + std::string(name(dtype)) + ", expected a float.");
    if (count < 0) throw ValueError("[linspace] found the count " + std::to_string(count) + ", expected 0 or more.");
    Ref size = ir::constant_dim(count);
    Ref values = ramp(dtype, size, start, count > 1 ? (stop - start) / static_cast<double>(count - 1) : 0);
    if (count < 2) return values;
    Ref is_last = ir::call("equal", {ir::iota({size}, 0, DType::i64), ir::constant_dim(count - 1)});
    return ir::where(is_last, ir::constant(dtype, stop), values); // the end is exact
  });
}

Expr eye(DType dtype, Dim rows, Dim columns, int offset, std::source_location here) {
  return api::expr_at(here, [&] {
    ir::Shape shape{api::ref(rows), api::ref(columns)};
    check_sizes("eye", shape);
    Ref row = ir::iota(shape, 0, DType::i64), column = ir::iota(shape, 1, DType::i64);
    Ref hit = ir::call("equal", {ir::call("add", {row, ir::constant_dim(offset)}), column});
    return ir::cast(hit, dtype);
  });
}

} // namespace croton
