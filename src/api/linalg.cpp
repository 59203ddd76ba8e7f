// Products over axes.
#include "croton/linalg.h"
#include "src/api/promote.h"
#include <algorithm>

namespace croton {

namespace {

using api::Ref;
using Indices = std::vector<i64>;

[[noreturn]] void disagree(std::string_view op, const Ref& x, const Ref& y, const Ref& a, const Ref& b) {
  throw ShapeError("[" + std::string(op) + "] " + ir::describe(x) + " · " + ir::describe(y) + ": " + ir::to_string(a) +
                   " ≠ " + ir::to_string(b) + ". The inner sizes must agree.");
}

Ref last(const Ref& x, int back = 1) { return x->shape()[x->rank() - back]; }

void check_inner(std::string_view op, const Ref& x, const Ref& y) {
  Ref a = last(x), b = last(y, y->rank() > 1 ? 2 : 1);
  if (ir::provably_different(a, b)) disagree(op, x, y, a, b);
}

api::Refs factors(std::string_view op, const In& x, const In& y) {
  In both[] = {x, y};
  return api::promoted(op, ir::Accepts::numeric, both);
}

// Σ over the last axis, in the operands' dtype: products keep it where sum() would widen integers.
Ref inner(const Ref& x, const Ref& y) { return ir::reduce("sum", x * y, {0}); }

Ref matrix_times_vector(const Ref& x, const Ref& y) { return ir::squeeze(ir::matmul(x, ir::expand_dims(y, {1})), {1}); }
Ref vector_times_matrix(const Ref& x, const Ref& y) { return ir::squeeze(ir::matmul(ir::expand_dims(x, {0}), y), {0}); }

// All leading axes of x as rows of one matrix.
Ref as_matrix(const Ref& x) {
  if (x->rank() == 2) return x;
  ir::Shape lead(x->shape().begin(), x->shape().end() - 1);
  return ir::reshape(x, {ir::element_count(lead), last(x)});
}

Ref dot_of(const Ref& x, const Ref& y) {
  if (x->rank() == 0 || y->rank() == 0) return x * y;
  check_inner("dot", x, y);
  if (x->rank() == 1 && y->rank() == 1) return inner(x, y);
  if (x->rank() == 2 && y->rank() == 1) return matrix_times_vector(x, y);
  if (x->rank() == 1 && y->rank() == 2) return vector_times_matrix(x, y);
  // {a…, k} · {b…, k, n} → {a…, b…, n}
  Ref left = as_matrix(x->rank() == 1 ? ir::expand_dims(x, {0}) : x), right = y;
  ir::Shape shape(x->shape().begin(), x->shape().end() - 1);
  if (y->rank() == 1) right = ir::expand_dims(y, {1});
  if (y->rank() > 2) {
    Indices order{y->rank() - 2};
    for (i64 i = 0; i < y->rank(); ++i)
      if (i != y->rank() - 2) order.push_back(i);
    Ref front = ir::permute(y, order);
    ir::Shape rest(front->shape().begin() + 1, front->shape().end());
    shape.insert(shape.end(), rest.begin(), rest.end());
    right = ir::reshape(front, {front->shape()[0], ir::element_count(rest)});
  } else if (y->rank() == 2) {
    shape.push_back(last(y));
  }
  return ir::reshape(ir::matmul(left, right), shape);
}

// The leading axes of both, broadcast.
ir::Shape batch_shape(const Ref& x, const Ref& y) {
  ir::Shape result;
  int rank = std::max(x->rank(), y->rank()) - 2;
  for (int i = rank; i-- > 0;) {
    auto of = [&](const Ref& z) { return i < z->rank() - 2 ? z->shape()[z->rank() - 3 - i] : ir::constant_dim(1); };
    Ref a = of(x), b = of(y);
    if (!ir::is_one(a) && !ir::is_one(b) && ir::provably_different(a, b)) disagree("matmul", x, y, a, b);
    result.push_back(ir::is_one(a) || (ir::constant_value(b) && !ir::is_one(b)) ? b : a);
  }
  return result;
}

Ref with_batch(const Ref& x, ir::Shape batch) {
  batch.push_back(last(x, 2));
  batch.push_back(last(x));
  return ir::broadcast_to(x, batch);
}

Ref matmul_of(const Ref& x, const Ref& y) {
  if (x->rank() == 0 || y->rank() == 0)
    throw ShapeError("[matmul] " + ir::describe(x) + " · " + ir::describe(y) + ": scalars have no axis to sum over. Use *.");
  check_inner("matmul", x, y);
  Ref a = x->rank() == 1 ? ir::expand_dims(x, {0}) : x, b = y->rank() == 1 ? ir::expand_dims(y, {1}) : y;
  Ref product;
  if (b->rank() == 2 && a->rank() > 2) { // one product over all rows
    ir::Shape shape = a->shape();
    shape.back() = last(b);
    product = ir::reshape(ir::matmul(as_matrix(a), b), shape);
  } else if (a->rank() == 2 && b->rank() == 2) {
    product = ir::matmul(a, b);
  } else {
    ir::Shape batch = batch_shape(a, b);
    product = ir::matmul(with_batch(a, batch), with_batch(b, batch));
  }
  if (y->rank() == 1) product = ir::squeeze(product, {product->rank() - 1});
  if (x->rank() == 1) product = ir::squeeze(product, {product->rank() - (y->rank() == 1 ? 1 : 2)});
  return product;
}

} // namespace

Expr dot(In x, In y) {
  return api::expr_at(x.where(), [&] {
    api::Refs f = factors("dot", x, y);
    return dot_of(f[0], f[1]);
  });
}

Expr matmul(In x, In y) {
  return api::expr_at(x.where(), [&] {
    api::Refs f = factors("matmul", x, y);
    return matmul_of(f[0], f[1]);
  });
}

Expr outer(In x, In y) {
  return api::expr_at(x.where(), [&] {
    api::Refs f = factors("outer", x, y);
    for (const Ref& v : f)
      if (v->rank() != 1) throw ShapeError("[outer] " + ir::describe(v) + " has rank " + std::to_string(v->rank()) + ", expected a vector.");
    return ir::expand_dims(f[0], {1}) * f[1];
  });
}

} // namespace croton
