// Casts, bit casts and the identity markers.
#include "ir/ops/record.h"

namespace croton::ir {

namespace {

Type to_dtype_attr(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  return {attrs.dtype("dtype"), args[0]->shape()};
}

Type bitcast_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  DType to = attrs.dtype("dtype");
  if (args[0]->dtype() == DType::bool_ || to == DType::bool_) // a bool in memory is 0 or 1, in a register one bit
    fail_dtype(op, args[0], args[0]->dtype() == DType::bool_ ? "numbers" : "a number to become: a bool has no bits of its own");
  if (size_of(to) != size_of(args[0]->dtype())) fail_dtype(op, args[0], "a dtype as wide as " + std::string(name(to)));
  return {to, args[0]->shape()};
}

Type assert_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 2, 2);
  if (args[1]->dtype() != DType::bool_) fail_dtype(op, args[1], "bool");
  return args[0]->type;
}

} // namespace

std::vector<Op> conversion_ops() {
  return {
      {.name = "cast", .doc = "Converts the dtype. Floats truncate to integers, saturating, NaN to 0; integers wrap; anything ≠ 0 is true.",
       .group = "conversion", .params = {"x"}, .attr_specs = {{"dtype", "dtype", "the new dtype"}}, .accepts = Accepts::any,
       .body = [] { auto p = spelled(on_all<1>([](auto x) { return x; }), {"cast", "cast", "", "cast"}); p.result = Pointwise::Result::attribute; return p; }(),
       .type = to_dtype_attr,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> {
         if (!is_float(n.args[0]->dtype())) return {nullptr};
         return {cast(g, n.args[0]->dtype())};
       }},
      {.name = "bitcast", .doc = "The same bits read as another dtype of the same width; not for bool.", .group = "conversion",
       .params = {"x"}, .attr_specs = {{"dtype", "dtype", "the new dtype"}}, .accepts = Accepts::any,
       .body = [] { auto p = spelled(on_all<1>([](auto x) { return x; }), {"bitcast", "bitcast", "", "bitcast"}); p.result = Pointwise::Result::attribute; p.reinterpret = true; return p; }(),
       .type = bitcast_type, .differentiable = false,
       .unspecified = [](const Node& n) { return is_float(n.args[0]->dtype()) ? call("isnan", {n.args[0]}) : Ref(); }}, // which NaN it was
      {.name = "stop_gradient", .doc = "x itself; no gradient flows through.", .group = "conversion", .params = {"x"},
       .accepts = Accepts::any,
       .body = expanded(on_all<1>([](auto x) { return x; }), [](const Node& n) { return n.args[0]; }, 0),
       .type = pointwise_type, .vjp = [](const Node&, const Ref&) -> std::vector<Ref> { return {nullptr}; }, .notation = silent},
      // Function() takes these two out of the graph: their values become outputs, which the call looks at on any device.
      {.name = "print", .doc = "x itself; each call prints it.", .group = "internal", .params = {"x"},
       .attr_specs = {{"label", "text", "what is printed in front"}}, .accepts = Accepts::any,
       .body = expanded(on_all<1>([](auto x) { return x; }), [](const Node& n) { return n.args[0]; }, 0),
       .type = pointwise_type, .vjp = [](const Node&, const Ref& g) -> std::vector<Ref> { return {g}; }},
      {.name = "assert", .doc = "x itself; a call fails where the condition is false.", .group = "internal", .params = {"x", "condition"},
       .attr_specs = {{"label", "text", "what the error says"}}, .accepts = Accepts::any,
       .body = View{[](const Node&, const std::vector<Ref>& index, const ReadElement& read) { return read(0, index, nullptr); }},
       .type = assert_type, .vjp = [](const Node&, const Ref& g) -> std::vector<Ref> { return {g, nullptr}; }},
  };
}

} // namespace croton::ir
