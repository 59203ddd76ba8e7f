#include "croton/grad.h"
#include "passes/gradient.h"
#include "src/api/promote.h"

namespace croton {

namespace {

using api::Ref;
using api::Refs;

Refs refs(const std::vector<Expr>& list) {
  Refs result;
  for (const Expr& x : list) result.push_back(api::ref(x));
  return result;
}

void expect_float(std::string_view what, std::string_view role, const Ref& x) {
  if (!is_float(x->dtype()))
    throw GradientError("[" + std::string(what) + "] " + ir::describe(x) + ": " + std::string(role) + " must be a float, found " +
                        std::string(name(x->dtype())) + ". Cast it to a float first.");
}

void expect_scalar(std::string_view what, const Ref& cost) {
  expect_float(what, "the cost", cost);
  if (cost->rank() != 0)
    throw GradientError("[" + std::string(what) + "] " + ir::describe(cost) + ": the cost must be a scalar. Take its sum or mean, or use vjp.");
}

// A null derivative is an error or zeros of the given shape.
Ref connected(std::string_view what, const Ref& derivative, const Ref& x, ir::Shape shape, GradOptions options) {
  if (derivative) return derivative;
  if (options.disconnected == Disconnected::zero) return ir::broadcast_to(ir::constant_like(x, 0), shape);
  throw GradientError("[" + std::string(what) + "] the output is not computed from " + ir::describe(x) +
                      ". Leave it out, or ask for zeros: {.disconnected = Disconnected::zero}.");
}

std::vector<Expr> exprs(const Refs& list, Location where) {
  std::vector<Expr> result;
  for (const Ref& r : list) result.push_back(detail::Access::expr(r, where));
  return result;
}

Refs vjp_of(std::string_view what, const Refs& outputs, const Refs& cotangents, const Refs& wrt, GradOptions options) {
  for (const Ref& x : wrt) expect_float(what, "the variable", x);
  Refs derivatives = passes::vjp(outputs, cotangents, wrt);
  for (std::size_t i = 0; i < wrt.size(); ++i) derivatives[i] = connected(what, derivatives[i], wrt[i], wrt[i]->shape(), options);
  return derivatives;
}

void expect_count(std::string_view what, std::string_view items, std::size_t found, std::size_t expected) {
  if (found != expected)
    throw ValueError("[" + std::string(what) + "] found " + std::to_string(found) + " " + std::string(items) + ", expected " + std::to_string(expected) + ".");
}

ir::Shape joined(const ir::Shape& a, const ir::Shape& b) {
  ir::Shape shape = a;
  shape.insert(shape.end(), b.begin(), b.end());
  return shape;
}

// Cotangents and tangents have the dtype and shape of what they belong to.
Refs matched(const Refs& directions, const Refs& owners) {
  Refs result;
  for (std::size_t i = 0; i < owners.size(); ++i)
    result.push_back(ir::broadcast_to(ir::cast(directions[i], owners[i]->dtype()), owners[i]->shape()));
  return result;
}

} // namespace

std::vector<Expr> grad(In cost, const std::vector<Expr>& wrt, GradOptions options) {
  return api::at(cost.where(), [&] {
    Ref output = api::operand(cost);
    expect_scalar("grad", output);
    return exprs(vjp_of("grad", {output}, {ir::constant_like(output, 1)}, refs(wrt), options), api::blame(cost.where()));
  });
}

std::vector<Expr> vjp(const std::vector<Expr>& outputs, const std::vector<Expr>& cotangents, const std::vector<Expr>& wrt,
                      GradOptions options, std::source_location here) {
  return api::at(here, [&] {
    expect_count("vjp", "cotangents", cotangents.size(), outputs.size());
    Refs roots = refs(outputs);
    for (const Ref& y : roots) expect_float("vjp", "an output", y);
    return exprs(vjp_of("vjp", roots, matched(refs(cotangents), roots), refs(wrt), options), here);
  });
}

std::vector<Expr> jvp(const std::vector<Expr>& outputs, const std::vector<Expr>& wrt, const std::vector<Expr>& tangents,
                      GradOptions options, std::source_location here) {
  return api::at(here, [&] {
    expect_count("jvp", "tangents", tangents.size(), wrt.size());
    Refs roots = refs(outputs), variables = refs(wrt);
    for (const Ref& y : roots) expect_float("jvp", "an output", y);
    for (const Ref& x : variables) expect_float("jvp", "the variable", x);
    Refs products = passes::jvp(roots, variables, matched(refs(tangents), variables));
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (products[i]) continue;
      if (options.disconnected == Disconnected::error)
        throw GradientError("[jvp] " + ir::describe(roots[i]) + " is not computed from the variables. Leave it out, or ask for zeros: {.disconnected = Disconnected::zero}.");
      products[i] = ir::zeros_like(roots[i]);
    }
    return exprs(products, here);
  });
}

Expr jacobian(In output, In wrt, GradOptions options) {
  return api::expr_at(output.where(), [&] {
    Ref y = api::operand(output), x = api::operand(wrt);
    expect_float("jacobian", "the output", y);
    expect_float("jacobian", "the variable", x);
    return connected("jacobian", passes::jacobian(y, x), x, joined(y->shape(), x->shape()), options);
  });
}

Expr hessian(In cost, In wrt, GradOptions options) {
  return api::expr_at(cost.where(), [&] {
    Ref y = api::operand(cost), x = api::operand(wrt);
    expect_scalar("hessian", y);
    expect_float("hessian", "the variable", x);
    return connected("hessian", passes::hessian(y, x), x, joined(x->shape(), x->shape()), options);
  });
}

Expr hvp(In cost, In wrt, In vector, GradOptions options) {
  return api::expr_at(cost.where(), [&] {
    Ref y = api::operand(cost), x = api::operand(wrt);
    expect_scalar("hvp", y);
    expect_float("hvp", "the variable", x);
    Ref direction = matched({api::operand(vector)}, {x})[0];
    return connected("hvp", passes::hessian_vector_product(y, x, direction), x, x->shape(), options);
  });
}

} // namespace croton
