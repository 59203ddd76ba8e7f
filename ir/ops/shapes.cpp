// Views: results that are operands read at other indices. They cost no copy unless something needs one.
#include "ir/ops/record.h"
#include <algorithm>
#include <numeric>

namespace croton::ir {

namespace {

using Index = std::vector<Ref>;

// The dims after the first operand are index scalars of the op's own.
Shape dims_after(const Op& op, const Args& args, std::size_t first) {
  Shape shape;
  for (std::size_t i = first; i < args.size(); ++i) {
    expect_index_scalar(op, args[i]);
    shape.push_back(args[i]);
  }
  return shape;
}

// ---- reshape ----

// Splits both shapes into the smallest runs of equal element counts, so that an index is only flattened inside a run.
struct Run {
  std::size_t from_begin, from_end, to_begin, to_end;
};

std::vector<Run> matching_runs(const Shape& from, const Shape& to) {
  std::vector<Run> runs;
  std::size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    Run run{i, i, j, j};
    Ref a = constant_dim(1), b = constant_dim(1);
    bool closed = false;
    for (std::size_t ei = i; ei <= from.size() && !closed; ++ei) {
      if (ei > i) a = index_mul(a, from[ei - 1]);
      b = constant_dim(1);
      for (std::size_t ej = j; ej <= to.size(); ++ej) {
        if (ej > j) b = index_mul(b, to[ej - 1]);
        if ((ei > i || ej > j) && a == b) {
          run = {i, ei, j, ej};
          closed = true;
          break;
        }
      }
    }
    if (!closed) run = {i, from.size(), j, to.size()};
    runs.push_back(run);
    i = run.from_end;
    j = run.to_end;
  }
  return runs;
}

Index reshape_index(const Shape& from, const Shape& to, const Index& index) {
  Index result(from.size(), constant_dim(0));
  for (const Run& run : matching_runs(from, to)) {
    Shape inner(to.begin() + run.to_begin, to.begin() + run.to_end);
    auto strides = dense_strides(inner);
    Ref flat = constant_dim(0);
    for (std::size_t k = 0; k < inner.size(); ++k) flat = index_add(flat, index_mul(index[run.to_begin + k], strides[k]));
    for (std::size_t k = run.from_end; k-- > run.from_begin;) {
      bool outermost = std::all_of(from.begin() + run.from_begin, from.begin() + k, is_one);
      if (is_one(from[k])) continue;
      result[k] = outermost ? flat : index_mod(flat, from[k]);
      flat = index_div(flat, from[k]);
    }
  }
  return result;
}

Type reshape_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 1, 99);
  Type type{args[0]->dtype(), dims_after(op, args, 1)};
  Dim have = element_count(args[0]->shape()), want = element_count(type.shape);
  if (provably_different(have, want))
    throw ShapeError("[reshape] " + describe(args[0]) + " has " + to_string(have) + " elements, the new shape " +
                     to_string(type.shape) + " has " + to_string(want) + ". Give a shape with as many elements.");
  return type;
}

// ---- broadcast_to ----

Type broadcast_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 1, 99);
  Type type{args[0]->dtype(), dims_after(op, args, 1)};
  const Shape& from = args[0]->shape();
  int shift = type.rank() - args[0]->rank();
  for (int i = 0; i < args[0]->rank(); ++i)
    if (shift < 0 || (!is_one(from[i]) && provably_different(from[i], type.shape[i + shift])))
      throw ShapeError("[broadcast_to] " + describe(args[0]) + " does not stretch to " + to_string(type.shape) +
                       ". Only dims of size 1 stretch.");
  return type;
}

void broadcast_constrain(const Node& n, const Require& require) {
  std::size_t shift = n.shape().size() - n.args[0]->shape().size();
  for (std::size_t i = 0; i < n.args[0]->shape().size(); ++i)
    if (!is_one(n.args[0]->shape()[i])) require(n.args[0]->shape()[i], true, n.shape()[shift + i]);
}

Index broadcast_index(const Shape& from, const Index& index) {
  Index result;
  std::size_t shift = index.size() - from.size();
  for (std::size_t i = 0; i < from.size(); ++i) result.push_back(is_one(from[i]) ? constant_dim(0) : index[i + shift]);
  return result;
}

// ---- permute ----

Type permute_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  const auto& order = attrs.integers("order");
  std::vector<bool> seen(order.size());
  Type type{args[0]->dtype(), {}};
  for (i64 axis : order) {
    if (static_cast<int>(order.size()) != args[0]->rank() || axis < 0 || axis >= args[0]->rank() || seen[axis])
      throw ShapeError("[permute] the order must name each of the " + std::to_string(args[0]->rank()) +
                       " axes of " + describe(args[0]) + " once.");
    seen[axis] = true;
    type.shape.push_back(args[0]->shape()[axis]);
  }
  if (static_cast<int>(order.size()) != args[0]->rank())
    throw ShapeError("[permute] the order names " + std::to_string(order.size()) + " axes, " + describe(args[0]) + " has " +
                     std::to_string(args[0]->rank()) + ".");
  return type;
}

// ---- expand_dims and squeeze ----

Type expand_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  const auto& axes = attrs.integers("axes");
  Type type{args[0]->dtype(), args[0]->shape()};
  int rank = type.rank() + static_cast<int>(axes.size());
  i64 previous = -1;
  for (i64 axis : axes) { // sorted, in terms of the result
    checked_axis(op, axis, rank);
    if (axis <= previous || axis > type.rank()) throw ShapeError("[expand_dims] axes must be sorted and distinct and leave no hole.");
    previous = axis;
    type.shape.insert(type.shape.begin() + axis, constant_dim(1));
  }
  return type;
}

bool holds(const std::vector<i64>& axes, i64 axis) { return std::find(axes.begin(), axes.end(), axis) != axes.end(); }

Type squeeze_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  const auto& axes = attrs.integers("axes");
  Type type{args[0]->dtype(), {}};
  for (i64 axis : axes) checked_axis(op, axis, args[0]->rank());
  if (std::adjacent_find(axes.begin(), axes.end(), std::greater_equal<>()) != axes.end())
    throw ShapeError("[squeeze] axes must be sorted and distinct.");
  for (int i = 0; i < args[0]->rank(); ++i) {
    if (!holds(axes, i)) type.shape.push_back(args[0]->shape()[i]);
    else if (auto size = constant_value(args[0]->shape()[i]); size && *size != 1)
      throw ShapeError("[squeeze] axis " + std::to_string(i) + " of " + describe(args[0]) + " has size " +
                       std::to_string(*size) + ", expected 1.");
  }
  return type;
}

// ---- slice and its transpose, place ----

Type slice_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 3, 3);
  expect_index_scalar(op, args[1]);
  expect_index_scalar(op, args[2]);
  i64 axis = checked_axis(op, attrs.integer("axis"), args[0]->rank());
  if (attrs.integer("step") == 0) throw ValueError("[slice] the step must not be 0.");
  Type type = args[0]->type;
  type.shape[axis] = args[2];
  return type;
}

// Every position lies inside the sliced axis; an empty slice may start anywhere: the factor of 0 makes all hold.
void slice_constrain(const Node& n, const Require& require, const Ref& start, const Ref& size, const Ref& whole) {
  i64 step = n.attrs.integer("step");
  Ref last = index_add(start, index_mul(index_sub(size, constant_dim(1)), constant_dim(step)));
  Ref lowest = step > 0 ? start : last, past = index_add(step > 0 ? last : start, constant_dim(1));
  Ref if_any = index_min(size, constant_dim(1));
  require(constant_dim(0), false, size);
  require(constant_dim(0), false, index_mul(lowest, if_any));
  require(index_mul(past, if_any), false, index_mul(whole, if_any));
}

Type place_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 4, 4);
  if (args[1]->rank() != 0 || args[1]->dtype() != args[0]->dtype()) fail_dtype(op, args[1], "a scalar of the operand's dtype");
  expect_index_scalar(op, args[2]);
  expect_index_scalar(op, args[3]);
  i64 axis = checked_axis(op, attrs.integer("axis"), args[0]->rank());
  if (attrs.integer("step") == 0) throw ValueError("[place] the step must not be 0.");
  Type type = args[0]->type;
  type.shape[axis] = args[3];
  return type;
}

Ref place_element(const Node& n, const Index& index, const ReadElement& read) {
  i64 axis = n.attrs.integer("axis"), step = n.attrs.integer("step");
  Ref offset = index_sub(index[axis], n.args[2]);
  if (step < 0) offset = index_mul(offset, constant_dim(-1));
  Ref distance = constant_dim(step < 0 ? -step : step);
  Index source = index;
  source[axis] = index_div(offset, distance);
  Ref zero = constant_dim(0);
  Ref inside = call("logical_and", {call("greater_equal", {offset, zero}),
                                    call("less", {source[axis], n.args[0]->shape()[axis]})});
  if (step != 1 && step != -1)
    inside = call("logical_and", {inside, call("equal", {index_mod(offset, distance), zero})});
  return where(inside, read(0, source, inside), read(1, {}, nullptr));
}

// ---- diagonal ----

Type diagonal_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  if (args[0]->rank() < 2) throw ShapeError("[diagonal] " + describe(args[0]) + " has rank " + std::to_string(args[0]->rank()) + ", expected at least 2.");
  i64 offset = attrs.integer("offset");
  const Shape& s = args[0]->shape();
  Dim rows = s[s.size() - 2], cols = s[s.size() - 1];
  if (offset < 0) rows = index_max(index_add(rows, constant_dim(offset)), constant_dim(0));
  else cols = index_max(index_sub(cols, constant_dim(offset)), constant_dim(0));
  Type type{args[0]->dtype(), Shape(s.begin(), s.end() - 2)};
  type.shape.push_back(index_min(rows, cols));
  return type;
}

std::vector<Ref> diagonal_vjp(const Node& n, const Ref& g) {
  const Shape& s = n.args[0]->shape();
  i64 offset = n.attrs.integer("offset"), rank = n.args[0]->rank();
  // Spread the cotangent along the longer side, then keep it on the diagonal only.
  Ref start = constant_dim(offset < 0 ? -offset : 0);
  Ref along_rows = make(*find_op("place"), {g, constant_like(g, 0), start, s[rank - 2]}, {{"axis", rank - 2}, {"step", i64(1)}});
  Ref row = iota(s, rank - 2, DType::i64), col = iota(s, rank - 1, DType::i64);
  Ref on = call("equal", {call("add", {row, constant_dim(offset)}), col});
  return {where(on, expand_dims(along_rows, {rank - 1}), constant_like(g, 0))};
}

// ---- over a new leading axis ----

using Flags = std::vector<bool>;

Shape behind(const Dim& count, const Node& n) {
  Shape shape{count};
  shape.insert(shape.end(), n.shape().begin(), n.shape().end());
  return shape;
}

Ref batch_permute(const Node& n, const Args& args, const Flags&) {
  std::vector<i64> order{0};
  for (i64 axis : n.attrs.integers("order")) order.push_back(axis + 1);
  return permute(args[0], order);
}

// A batched fill is no scalar: it is selected where nothing was placed.
Ref batch_place(const Node& n, const Args& args, const Flags& batched) {
  Dim count = batch_count(args, batched);
  Ref x = in_batch(args[0], batched[0], count);
  if (!batched[1]) return batch_shifted(n, {x, args[1], args[2], args[3]}, "axis");
  const Op& op = *n.op;
  Ref yes = full(constant(DType::bool_, 1), n.args[0]->shape());
  Ref inside = make(op, {yes, constant(DType::bool_, 0), args[2], args[3]}, n.attrs, n.where);
  Ref placed = batch_shifted(n, {x, constant_like(x, 0), args[2], args[3]}, "axis");
  return where(inside, placed, with_rank_behind_first(args[1], placed->rank()));
}

} // namespace

std::vector<Op> shape_ops() {
  using R = std::vector<Ref>;
  return {
      {.name = "reshape", .doc = "The same elements in row-major order under another shape.", .group = "shape",
       .params = {"x", "dims..."}, .accepts = Accepts::any,
       .body = View{[](const Node& n, const Index& i, const ReadElement& read) {
         return read(0, reshape_index(n.args[0]->shape(), n.shape(), i), nullptr);
       }},
       .type = reshape_type, .vjp = [](const Node& n, const Ref& g) -> R { return {reshape(g, n.args[0]->shape())}; },
       .constrain = [](const Node& n, const Require& require) {
         require(element_count(n.args[0]->shape()), true, element_count(n.shape()));
       },
       .batch = [](const Node& n, const Args& args, const Flags&) { return reshape(args[0], behind(args[0]->shape()[0], n)); }},
      {.name = "broadcast_to", .doc = "Stretches dims of size 1, and adds leading dims.", .group = "shape",
       .params = {"x", "dims..."}, .accepts = Accepts::any,
       .body = View{[](const Node& n, const Index& i, const ReadElement& read) {
         return read(0, broadcast_index(n.args[0]->shape(), i), nullptr);
       }},
       .type = broadcast_type, .vjp = [](const Node& n, const Ref& g) -> R { return {sum_to(g, n.args[0]->shape())}; },
       .constrain = broadcast_constrain,
       .notation = silent, .batch = [](const Node& n, const Args& args, const Flags&) {
         return broadcast_to(with_rank_behind_first(args[0], n.rank() + 1), behind(args[0]->shape()[0], n));
       }},
      {.name = "permute", .doc = "Axis i of the result is axis order[i] of x.", .group = "shape", .params = {"x"},
       .attr_specs = {{"order", "ints", "a permutation of the axes"}}, .accepts = Accepts::any,
       .body = View{[](const Node& n, const Index& i, const ReadElement& read) {
         const auto& order = n.attrs.integers("order");
         Index source(i.size());
         for (std::size_t k = 0; k < order.size(); ++k) source[order[k]] = i[k];
         return read(0, source, nullptr);
       }},
       .type = permute_type,
       .vjp = [](const Node& n, const Ref& g) -> R {
         const auto& order = n.attrs.integers("order");
         std::vector<i64> inverse(order.size());
         for (std::size_t k = 0; k < order.size(); ++k) inverse[order[k]] = static_cast<i64>(k);
         return {permute(g, inverse)};
       },
       .notation = {.after = "ᵀ", .binding = Binding::raising, .applies = [](const Node& n) { return n.attrs.integers("order") == std::vector<i64>{1, 0}; }},
       .batch = batch_permute},
      {.name = "expand_dims", .doc = "Inserts axes of size 1 at the given places of the result.", .group = "shape",
       .params = {"x"}, .attr_specs = {{"axes", "ints", "sorted axes of the result"}}, .accepts = Accepts::any,
       .body = View{[](const Node& n, const Index& i, const ReadElement& read) {
         Index source;
         for (std::size_t k = 0; k < i.size(); ++k)
           if (!holds(n.attrs.integers("axes"), static_cast<i64>(k))) source.push_back(i[k]);
         return read(0, source, nullptr);
       }},
       .type = expand_type,
       .vjp = [](const Node& n, const Ref& g) -> R { return {squeeze(g, n.attrs.integers("axes"))}; },
       .notation = silent, .batch = [](const Node& n, const Args& args, const Flags&) { return batch_shifted(n, args, "axes"); }},
      {.name = "squeeze", .doc = "Drops axes of size 1.", .group = "shape", .params = {"x"},
       .attr_specs = {{"axes", "ints", "axes of x to drop"}}, .accepts = Accepts::any,
       .body = View{[](const Node& n, const Index& i, const ReadElement& read) {
         Index source;
         std::size_t next = 0;
         for (int k = 0; k < n.args[0]->rank(); ++k)
           source.push_back(holds(n.attrs.integers("axes"), k) ? constant_dim(0) : i[next++]);
         return read(0, source, nullptr);
       }},
       .type = squeeze_type,
       .vjp = [](const Node& n, const Ref& g) -> R { return {expand_dims(g, n.attrs.integers("axes"))}; },
       .constrain = [](const Node& n, const Require& require) {
         for (i64 axis : n.attrs.integers("axes")) require(n.args[0]->shape()[axis], true, constant_dim(1));
       },
       .notation = silent, .batch = [](const Node& n, const Args& args, const Flags&) { return batch_shifted(n, args, "axes"); }},
      {.name = "slice", .doc = "Every step-th element of one axis, `size` of them from `start`; a negative step goes backwards.",
       .group = "shape", .params = {"x", "start", "size"},
       .attr_specs = {{"axis", "int", "the axis"}, {"step", "int", "distance, not 0"}}, .accepts = Accepts::any,
       .body = View{.element = [](const Node& n, const Index& i, const ReadElement& read) {
         i64 axis = n.attrs.integer("axis");
         Index source = i;
         source[axis] = index_add(n.args[1], index_mul(i[axis], constant_dim(n.attrs.integer("step"))));
         return read(0, source, nullptr);
       }, .reads_part = true},
       .type = slice_type,
       .vjp = [](const Node& n, const Ref& g) -> R {
         i64 axis = n.attrs.integer("axis");
         return {make(*find_op("place"), {g, constant_like(g, 0), n.args[1], n.args[0]->shape()[axis]}, n.attrs), nullptr, nullptr};
       },
       .constrain = [](const Node& n, const Require& require) {
         slice_constrain(n, require, n.args[1], n.args[2], n.args[0]->shape()[n.attrs.integer("axis")]);
       },
       .batch = [](const Node& n, const Args& args, const Flags&) { return batch_shifted(n, args, "axis"); }},
      {.name = "place", .doc = "Writes x along one axis of a longer result, from `start` with the given step; the rest is `fill`.",
       .group = "shape", .params = {"x", "fill", "start", "size"},
       .attr_specs = {{"axis", "int", "the axis"}, {"step", "int", "distance, not 0"}}, .accepts = Accepts::any,
       .body = View{place_element}, .type = place_type,
       .vjp = [](const Node& n, const Ref& g) -> R {
         i64 axis = n.attrs.integer("axis");
         Ref inner = slice(g, axis, n.args[2], n.args[0]->shape()[axis], n.attrs.integer("step"));
         return {inner, sum_to(g, {}) - sum_to(inner, {}), nullptr, nullptr};
       },
       .constrain = [](const Node& n, const Require& require) {
         slice_constrain(n, require, n.args[2], n.args[0]->shape()[n.attrs.integer("axis")], n.args[3]);
       },
       .batch = batch_place},
      {.name = "diagonal", .doc = "Elements (i, i + offset) of the last two axes.", .group = "shape", .params = {"x"},
       .attr_specs = {{"offset", "int", "above (positive) or below the main diagonal"}}, .accepts = Accepts::any,
       .body = View{.element = [](const Node& n, const Index& i, const ReadElement& read) {
         i64 offset = n.attrs.integer("offset");
         Index source(i.begin(), i.end() - 1);
         source.push_back(index_add(i.back(), constant_dim(offset < 0 ? -offset : 0)));
         source.push_back(index_add(i.back(), constant_dim(offset > 0 ? offset : 0)));
         return read(0, source, nullptr);
       }, .reads_part = true},
       .type = diagonal_type, .vjp = diagonal_vjp,
       .batch = [](const Node& n, const Args& args, const Flags&) { return make(*n.op, args, n.attrs, n.where); }},
  };
}

} // namespace croton::ir
