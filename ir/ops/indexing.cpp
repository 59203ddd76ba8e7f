// Reading and accumulating at positions given by an integer operand. Positions are in 0..size−1 here: the public
// functions have wrapped negative ones; out of range is an error found before memory is touched.
#include "ir/error_bound.h"
#include "ir/ops/record.h"

namespace croton::ir {

namespace {

using Index = std::vector<Ref>;

void expect_integers(const Op& op, const Ref& x) {
  if (!is_integer(x->dtype())) fail_dtype(op, x, "integers");
}

Ref as_index(const Ref& element) { return cast(element, DType::i64); }

// ---- pick: one element per row ----

Type pick_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 2, 2);
  expect_integers(op, args[1]);
  i64 axis = checked_axis(op, attrs.integer("axis"), args[0]->rank());
  Shape shape = args[0]->shape();
  shape.erase(shape.begin() + axis);
  bool fits = args[1]->rank() == static_cast<int>(shape.size());
  for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = !provably_different(shape[i], args[1]->shape()[i]);
  if (!fits)
    throw ShapeError("[pick] " + describe(args[1]) + " must have the shape of " + describe(args[0]) + " without axis " +
                     std::to_string(axis) + ", " + to_string(shape) + ".");
  return {args[0]->dtype(), shape};
}

Ref pick_element(const Node& n, const Index& index, const ReadElement& read) {
  Index source = index;
  source.insert(source.begin() + n.attrs.integer("axis"), as_index(read(1, index, nullptr)));
  return read(0, source, nullptr);
}

Ref axis_size(const Node& n) { return n.args[0]->shape()[n.attrs.integer("axis")]; }

std::vector<Ref> pick_vjp(const Node& n, const Ref& g) {
  i64 axis = n.attrs.integer("axis");
  // The slope alone reads nothing at the positions: without the check a bad one would pass in silence.
  Ref checked = make(*find_op("checked_positions"), {n.args[1], n.args[0]->shape()[axis]});
  Ref position = iota(n.args[0]->shape(), axis, n.args[1]->dtype());
  Ref hit = call("equal", {position, expand_dims(checked, {axis})});
  return {where(hit, expand_dims(g, {axis}), constant_like(g, 0)), nullptr};
}

// ---- checked_positions: the positions themselves ----

Type checked_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 2, 2);
  expect_integers(op, args[0]);
  expect_index_scalar(op, args[1]);
  return args[0]->type;
}

// ---- take: whole slices ----

Type take_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 2, 2);
  expect_integers(op, args[1]);
  i64 axis = checked_axis(op, attrs.integer("axis"), args[0]->rank());
  Shape shape = args[0]->shape();
  shape.erase(shape.begin() + axis);
  shape.insert(shape.begin() + axis, args[1]->shape().begin(), args[1]->shape().end());
  return {args[0]->dtype(), shape};
}

Ref take_element(const Node& n, const Index& index, const ReadElement& read) {
  i64 axis = n.attrs.integer("axis"), rank = n.args[1]->rank();
  Index position(index.begin() + axis, index.begin() + axis + rank);
  Index source(index.begin(), index.begin() + axis);
  source.push_back(as_index(read(1, position, nullptr)));
  source.insert(source.end(), index.begin() + axis + rank, index.end());
  return read(0, source, nullptr);
}

// ---- scatter_add: the transpose of take along axis 0 ----

Type scatter_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 3, 3);
  expect_accepted(op, args[0]);
  expect_integers(op, args[1]);
  expect_index_scalar(op, args[2]);
  bool fits = args[1]->rank() == 1 && args[0]->rank() >= 1 && !provably_different(args[0]->shape()[0], args[1]->shape()[0]);
  if (!fits) throw ShapeError("[scatter_add] " + describe(args[1]) + " must have one position for each row of " + describe(args[0]) + ".");
  Type type = args[0]->type;
  type.shape[0] = args[2];
  return type;
}

// Bring the taken axis to the front and its positions to one axis; scatter; bring it back.
std::vector<Ref> take_vjp(const Node& n, const Ref& g) {
  i64 axis = n.attrs.integer("axis"), rank = n.args[1]->rank();
  const Shape& shape = n.args[0]->shape();
  std::vector<i64> to_front, back;
  for (i64 k = axis; k < axis + rank; ++k) to_front.push_back(k);
  for (i64 k = 0; k < g->rank(); ++k)
    if (k < axis || k >= axis + rank) to_front.push_back(k);
  for (i64 k = 0; k < n.args[0]->rank(); ++k) back.push_back(k < axis ? k + 1 : k == axis ? 0 : k);
  Shape rows{element_count(n.args[1]->shape())};
  for (i64 k = 0; k < n.args[0]->rank(); ++k)
    if (k != axis) rows.push_back(shape[k]);
  Ref flat = reshape(permute(g, to_front), rows);
  Ref positions = reshape(n.args[1], {rows[0]});
  Ref sums = make(*find_op("scatter_add"), {flat, positions, shape[axis]});
  return {permute(sums, back), nullptr};
}

// ---- over a new leading axis ----

Ref batch_pick(const Node& n, const Args& args, const std::vector<bool>& batched) {
  Dim count = batch_count(args, batched);
  return batch_shifted(n, {in_batch(args[0], batched[0], count), in_batch(args[1], batched[1], count)}, "axis");
}

Ref batch_take(const Node& n, const Args& args, const std::vector<bool>& batched) {
  if (batched[1]) throw UnsupportedError("[take] many lists of positions at once are not supported. Use one list.", n.where);
  return batch_shifted(n, args, "axis");
}

// The rows come first again, the batch behind them, and back.
Ref batch_scatter(const Node& n, const Args& args, const std::vector<bool>& batched) {
  if (batched[1]) throw UnsupportedError("[scatter_add] many lists of positions at once are not supported. Use one list.", n.where);
  std::vector<i64> swapped(args[0]->rank());
  for (std::size_t i = 0; i < swapped.size(); ++i) swapped[i] = static_cast<i64>(i);
  std::swap(swapped[0], swapped[1]);
  return permute(make(*n.op, {permute(args[0], swapped), args[1], args[2]}, n.attrs, n.where), swapped);
}

} // namespace

std::vector<Op> indexing_ops() {
  using R = std::vector<Ref>;
  return {
      {.name = "pick", .doc = "x[…, position, …]: one element along the axis for every index of the other axes.",
       .group = "indexing", .params = {"x", "positions"}, .attr_specs = {{"axis", "int", "the axis picked from"}}, .accepts = Accepts::any,
       .body = Indexed{pick_element, 1, axis_size}, .type = pick_type, .vjp = pick_vjp,
       .constrain = [](const Node& n, const Require& require) {
         for (int k = 0; k < n.rank(); ++k) require(n.args[1]->shape()[k], true, n.shape()[k]);
       },
       .batch = batch_pick},
      {.name = "checked_positions", .doc = "The positions, which must be in 0..size − 1.", .group = "internal",
       .params = {"positions", "size"}, .accepts = Accepts::any,
       .body = Indexed{[](const Node&, const Index& i, const ReadElement& read) { return read(0, i, nullptr); }, 0,
                       [](const Node& n) { return n.args[1]; }},
       .type = checked_type, .differentiable = false,
       .batch = [](const Node& n, const Args& args, const std::vector<bool>&) { return make(*n.op, {args[0], n.args[1]}); }},
      {.name = "take", .doc = "Slices of x at the positions along an axis; the positions' axes replace it.", .group = "indexing",
       .params = {"x", "positions"}, .attr_specs = {{"axis", "int", "the axis taken from"}}, .accepts = Accepts::any,
       .body = Indexed{take_element, 1, axis_size}, .type = take_type, .vjp = take_vjp, .batch = batch_take},
      {.name = "scatter_add", .doc = "Zeros with row i of x added at positions[i]; repeated positions add up in order.",
       .group = "indexing", .params = {"x", "positions", "rows"},
       .body = Scatter{1, [](const Node& n) { return n.args[2]; }}, .type = scatter_type,
       .vjp = [](const Node& n, const Ref& g) -> R {
         return {make(*find_op("take"), {g, n.args[1]}, {{"axis", i64(0)}}), nullptr, nullptr};
       },
       .constrain = [](const Node& n, const Require& require) { require(n.args[0]->shape()[0], true, n.args[1]->shape()[0]); },
       .error = [](const Ref& v, i64 n) { return error_of_roundings(make(*v->op, {magnitude(v->args[0]), v->args[1], v->args[2]}, v->attrs), n + 2); },
       .batch = batch_scatter},
  };
}

} // namespace croton::ir
