// Joining operands along an axis.
#include "ir/ops/record.h"

namespace croton::ir {

namespace {

Type concatenate_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1u << 16);
  i64 axis = checked_axis(op, attrs.integer("axis"), args[0]->rank());
  Type type = args[0]->type;
  for (std::size_t i = 1; i < args.size(); ++i) {
    const Ref& x = args[i];
    if (x->dtype() != type.dtype) fail_dtype(op, x, name(type.dtype));
    bool fits = x->rank() == type.rank();
    for (int k = 0; fits && k < x->rank(); ++k) fits = k == axis || !provably_different(x->shape()[k], type.shape[k]);
    if (!fits)
      throw ShapeError("[concatenate] " + describe(args[0]) + " · " + describe(x) + ": all axes but " +
                       std::to_string(axis) + " must agree.");
    type.shape[axis] = index_add(type.shape[axis], x->shape()[axis]);
  }
  return type;
}

// A chain of selects from the last operand to the first, each reading only its own part.
Ref concatenate_element(const Node& n, const std::vector<Ref>& index, const ReadElement& read) {
  i64 axis = n.attrs.integer("axis");
  std::vector<Ref> starts{constant_dim(0)};
  for (const Ref& x : n.args) starts.push_back(index_add(starts.back(), x->shape()[axis]));
  Ref value;
  for (std::size_t k = n.args.size(); k-- > 0;) {
    Ref before_end = call("less", {index[axis], starts[k + 1]});
    Ref inside = before_end;
    if (k > 0) inside = call("logical_and", {call("greater_equal", {index[axis], starts[k]}), before_end});
    std::vector<Ref> source = index;
    source[axis] = index_sub(index[axis], starts[k]);
    Ref part = read(static_cast<int>(k), source, inside);
    value = value ? where(before_end, part, value) : part;
  }
  return value;
}

std::vector<Ref> concatenate_vjp(const Node& n, const Ref& g) {
  i64 axis = n.attrs.integer("axis");
  std::vector<Ref> parts;
  Ref start = constant_dim(0);
  for (const Ref& x : n.args) {
    parts.push_back(slice(g, axis, start, x->shape()[axis], 1));
    start = index_add(start, x->shape()[axis]);
  }
  return parts;
}

} // namespace

std::vector<Op> join_ops() {
  return {
      {.name = "concatenate", .doc = "Operands one after the other along an axis.", .group = "shape", .params = {"xs..."},
       .attr_specs = {{"axis", "int", "the axis"}}, .accepts = Accepts::any, .body = View{concatenate_element},
       .type = concatenate_type, .vjp = concatenate_vjp,
       .constrain = [](const Node& n, const Require& require) {
         for (const Ref& x : n.args)
           for (int k = 0; k < x->rank(); ++k)
             if (k != n.attrs.integer("axis")) require(x->shape()[k], true, n.shape()[k]);
       },
       .batch = [](const Node& n, const Args& args, const std::vector<bool>& batched) {
         Args parts;
         for (std::size_t i = 0; i < args.size(); ++i) parts.push_back(in_batch(args[i], batched[i], batch_count(args, batched)));
         return batch_shifted(n, parts, "axis");
       }},
  };
}

} // namespace croton::ir
