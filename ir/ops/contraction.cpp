// Matrix products.
#include "ir/error_bound.h"
#include "ir/ops/record.h"
#include <algorithm>

namespace croton::ir {

namespace {

Type matmul_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 2, 2);
  const Ref &a = args[0], &b = args[1];
  expect_accepted(op, a);
  if (a->dtype() != b->dtype()) fail_dtype(op, b, name(a->dtype()));
  int rank = a->rank();
  bool fits = rank >= 2 && b->rank() == rank;
  for (int i = 0; fits && i + 2 < rank; ++i) fits = !provably_different(a->shape()[i], b->shape()[i]);
  if (!fits)
    throw ShapeError("[matmul] " + describe(a) + " · " + describe(b) + ": both must have the same rank, 2 or more, and the same leading dims.");
  if (provably_different(a->shape()[rank - 1], b->shape()[rank - 2]))
    throw ShapeError("[matmul] " + describe(a) + " · " + describe(b) + ": " + to_string(a->shape()[rank - 1]) + " ≠ " +
                     to_string(b->shape()[rank - 2]) + ". The inner dims must agree.");
  Type type = a->type;
  type.shape[rank - 1] = b->shape()[rank - 1];
  return type;
}

Type fused_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 2, 3);
  Type type = matmul_type(*find_op("matmul"), {args[0], args[1]}, attrs);
  if (args.size() < 3) return type;
  if (args[2]->dtype() != type.dtype) fail_dtype(op, args[2], name(type.dtype));
  const Shape& row = args[2]->shape();
  bool fits = !row.empty() && !provably_different(row.back(), type.shape.back()) && std::all_of(row.begin(), row.end() - 1, [](const Dim& d) { return is_one(d); });
  if (!fits) throw ShapeError("[fused_matmul] " + describe(args[2]) + " is no row of the product. Give a bias one element for each column.");
  return type;
}

// Rows of a batch against one matrix are rows of one product.
Ref batch_matmul(const Node&, const Args& args, const std::vector<bool>& batched) {
  const Ref &a = args[0], &b = args[1];
  Dim count = batch_count(args, batched);
  if (batched[0] && !batched[1] && b->rank() == 2) {
    const Shape& s = a->shape();
    Ref rows = reshape(a, {index_mul(count, s[1]), s[2]});
    return reshape(matmul(rows, b), {count, s[1], b->shape()[1]});
  }
  return matmul(in_batch(a, batched[0], count), in_batch(b, batched[1], count));
}

} // namespace

Activation activation_of(const Node& product) {
  auto* name = product.attrs.find("activation");
  if (!name) return Activation::none;
  const auto& text = std::get<std::string>(*name);
  return text == "relu" ? Activation::relu : text == "gelu" ? Activation::gelu : Activation::none;
}

std::string_view name(Activation activation) {
  static constexpr std::string_view names[] = {"none", "relu", "gelu"};
  return names[static_cast<int>(activation)];
}

std::vector<Op> contraction_ops() {
  return {
      {.name = "matmul", .doc = "Matrix product of the last two axes, one for each index of the leading axes.", .group = "contraction",
       .params = {"a", "b"}, .body = Contraction{}, .type = matmul_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> {
         return {matmul(g, swap_last_axes(n.args[1])), matmul(swap_last_axes(n.args[0]), g)};
       },
       .constrain = [](const Node& n, const Require& require) {
         const Shape &a = n.args[0]->shape(), &b = n.args[1]->shape();
         for (std::size_t k = 0; k + 2 < a.size(); ++k) require(a[k], true, b[k]);
         require(a.back(), true, b[b.size() - 2]);
       },
       .error = [](const Ref& v, i64 n) { return error_of_roundings(matmul(magnitude(v->args[0]), magnitude(v->args[1])), n + 2); },
       .notation = infix("·", Binding::multiplying),
       .batch = batch_matmul},
      {.name = "fused_matmul", .doc = "A matrix product, a bias for each column and an activation (none, relu or gelu in its tanh form), as libraries compute it at once.",
       .group = "internal", .params = {"a", "b", "bias..."}, .attr_specs = {{"activation", "text", "none, relu or gelu"}}, .body = Contraction{}, .type = fused_type,
       .differentiable = false},
  };
}

} // namespace croton::ir
