#include "src/api/slicing.h"
#include "croton/shaping.h"
#include "src/api/promote.h"
#include <cstdlib>

namespace croton {

namespace api {

namespace {

// Far beyond any size, so that sums of bounds cannot overflow.
constexpr i64 farthest = i64(1) << 60;

Ref number(i64 value) { return ir::constant_dim(value); }
Ref at_least(const Ref& x, i64 low) { return ir::index_max(x, number(low)); }

// ⌈distance / step⌉, none below 0.
Ref count_of(const Ref& distance, i64 step) {
  return at_least(ir::index_div(ir::index_add(distance, number(step - 1)), number(step)), 0);
}

i64 clamped(i64 value) { return std::max(-farthest, std::min(farthest, value)); }

// Bounds are clamped only on the side where it changes the result: the size is clamped at 0 in any case, and where it is
// 0 the start is not read. So x[1:] has the start 1 and the size max(n − 1, 0), without a min.
Range forward(const slice& part, const Ref& extent) {
  const auto &from = part.start.dim(), &to = part.stop.dim();
  i64 first = from ? clamped(from->value().value_or(0)) : 0;
  if (first < 0 && !to && part.step == 1) { // the last elements
    Ref size = ir::index_min(extent, number(-first));
    return {ir::index_sub(extent, size), size};
  }
  Ref start = number(first);
  if (from && !from->value()) start = at_least(ref(*from), 0);
  else if (first < 0) start = at_least(ir::index_add(extent, number(first)), 0);
  Ref stop = extent;
  if (to && !to->value()) stop = ir::index_min(at_least(ref(*to), 0), extent);
  else if (to && *to->value() < 0) stop = ir::index_add(extent, number(clamped(*to->value())));
  else if (to) stop = ir::index_min(number(clamped(*to->value())), extent);
  return {start, count_of(ir::index_sub(stop, start), part.step)};
}

Range backward(const slice& part, const Ref& extent) {
  const auto &from = part.start.dim(), &to = part.stop.dim();
  Ref last = ir::index_sub(extent, number(1));
  Ref start = last;
  if (from && !from->value()) start = ir::index_min(ref(*from), last);
  else if (from && *from->value() < 0) start = ir::index_add(extent, number(clamped(*from->value())));
  else if (from) start = ir::index_min(number(clamped(*from->value())), last);
  Ref stop = number(-1);
  if (to && !to->value()) stop = at_least(ref(*to), 0);
  else if (to && *to->value() < 0) stop = at_least(ir::index_add(extent, number(clamped(*to->value()))), -1);
  else if (to) stop = number(clamped(*to->value()));
  return {start, count_of(ir::index_sub(start, stop), -part.step)};
}

} // namespace

Range python_range(const slice& part, const Ref& extent) {
  if (part.step == 0) throw ValueError("[slice] the step must not be 0.");
  slice bounded = part;
  bounded.step = clamped(part.step);
  return bounded.step > 0 ? forward(bounded, extent) : backward(bounded, extent);
}

} // namespace api

namespace {

using api::Ref;

std::size_t axes_used(const std::vector<Index>& indices) {
  std::size_t used = 0;
  for (const Index& i : indices) used += i.kind() == Index::Kind::position || i.kind() == Index::Kind::slice;
  return used;
}

// One ellipsis, put at the end when there is none.
std::vector<Index> with_ellipsis(std::vector<Index> indices) {
  int found = 0;
  for (const Index& i : indices) found += i.kind() == Index::Kind::ellipsis;
  if (found > 1) throw ValueError("[slice] found " + std::to_string(found) + " ellipses, expected one at most.");
  if (found == 0) indices.emplace_back(ellipsis);
  return indices;
}

// The axis is kept with size 1 here and dropped at the end.
Ref element(const Ref& x, i64 axis, const Dim& position) {
  const Ref& extent = x->shape()[axis];
  Ref start = api::ref(position);
  if (auto k = position.value(); k && *k < 0) start = ir::index_add(extent, start);
  auto size = ir::constant_value(extent), known = ir::constant_value(start);
  if (known && (*known < 0 || (size && *known >= *size)))
    throw IndexError("[slice] position " + position.to_string() + " is out of range for axis " + std::to_string(axis) + " of " +
                     ir::describe(x) + ".");
  return ir::slice(x, axis, start, ir::constant_dim(1), 1);
}

Ref sliced(Ref x, const std::vector<Index>& given) {
  std::vector<Index> indices = with_ellipsis(given);
  std::size_t used = axes_used(indices), rank = static_cast<std::size_t>(x->rank());
  if (used > rank)
    throw ShapeError("[slice] found " + std::to_string(used) + " indices for " + ir::describe(x) + " of rank " + std::to_string(rank) + ".");
  i64 axis = 0; // of x
  std::vector<i64> dropped, added;
  i64 place = 0; // in the result
  for (const Index& index : indices) {
    switch (index.kind()) {
    case Index::Kind::newaxis: added.push_back(place++); break;
    case Index::Kind::ellipsis:
      axis += static_cast<i64>(rank - used);
      place += static_cast<i64>(rank - used);
      break;
    case Index::Kind::position:
      x = element(x, axis, index.position());
      dropped.push_back(axis++);
      break;
    case Index::Kind::slice: {
      auto [start, size] = api::python_range(index.part(), x->shape()[axis]);
      x = ir::slice(x, axis++, start, size, std::clamp<i64>(index.part().step, -(i64(1) << 60), i64(1) << 60));
      ++place;
      break;
    }
    }
  }
  return ir::expand_dims(ir::squeeze(x, dropped), added);
}

Expr indexed(const Expr& x, const std::vector<Index>& indices) {
  Location here = indices.empty() ? x.where() : indices[0].where();
  return api::expr_at(here, [&] { return sliced(api::ref(x), indices); });
}

} // namespace

Expr slice_of(In x, const std::vector<Index>& indices) {
  return api::expr_at(x.where(), [&] { return sliced(api::operand(x), indices); });
}

Expr Expr::operator()(Index a) const { return indexed(*this, {a}); }
Expr Expr::operator()(Index a, Index b) const { return indexed(*this, {a, b}); }
Expr Expr::operator()(Index a, Index b, Index c) const { return indexed(*this, {a, b, c}); }
Expr Expr::operator()(Index a, Index b, Index c, Index d) const { return indexed(*this, {a, b, c, d}); }
Expr Expr::operator()(Index a, Index b, Index c, Index d, Index e) const { return indexed(*this, {a, b, c, d, e}); }
Expr Expr::operator()(Index a, Index b, Index c, Index d, Index e, Index f) const { return indexed(*this, {a, b, c, d, e, f}); }
Expr Expr::operator[](Index index) const { return indexed(*this, {index}); }

} // namespace croton
