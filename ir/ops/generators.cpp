// Values made from the index alone.
#include "ir/ops/record.h"

namespace croton::ir {

namespace {
Type iota_type(const Op& op, const Args& args, const Attrs& attrs) {
  Type type{attrs.dtype("dtype"), {}};
  for (const Ref& dim : args) {
    expect_index_scalar(op, dim);
    type.shape.push_back(dim);
  }
  checked_axis(op, attrs.integer("axis"), type.rank());
  return type;
}
} // namespace

std::vector<Op> generator_ops() {
  return {
      {.name = "iota", .doc = "The index along one axis: 0, 1, 2, …", .group = "generator", .params = {"dims..."},
       .attr_specs = {{"axis", "int", "the axis counted"}, {"dtype", "dtype", "of the result"}}, .accepts = Accepts::any,
       .body = Generator{[](const Node& n, const std::vector<Ref>& i) { return cast(i[n.attrs.integer("axis")], n.dtype()); }},
       .type = iota_type, .differentiable = false},
  };
}

} // namespace croton::ir
