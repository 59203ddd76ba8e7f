#include "croton/reductions.h"
#include "src/api/promote.h"
#include <cmath>

namespace croton {

namespace {

using api::Ref;
using Indices = std::vector<i64>;

// Resolves the axes and lets `build` make the node; no axis at all gives `build`'s operand as it is.
template <class Prepare, class Build>
Expr reduced(std::string_view op, const In& x, const Axes& axes, Prepare prepare, Build build) {
  return api::expr_at(x.where(), [&] {
    Ref value = prepare(op, x);
    Indices list = api::axes_of(op, axes, value->rank());
    return list.empty() ? value : build(value, list);
  });
}

Ref as_given(std::string_view, const In& x) { return api::operand(x); }

Ref as_bool(std::string_view, const In& x) {
  Ref value = api::operand(x);
  return value->dtype() == DType::bool_ ? value : ir::call("not_equal", {value, ir::constant_like(value, 0)});
}

// bool is compared as 0 and 1.
Ref as_comparable(std::string_view, const In& x) {
  Ref value = api::operand(x);
  return value->dtype() == DType::bool_ ? ir::cast(value, DType::u8) : value;
}

auto plain(std::string_view op, KeepDims keep) {
  return [op, keep](const Ref& x, const Indices& axes) { return ir::reduce(op, x, axes, keep == keepdims); };
}

Ref mean_of(const Ref& x, const Indices& axes, KeepDims keep) {
  ir::Shape reduced_dims;
  for (i64 axis : axes) reduced_dims.push_back(x->shape()[axis]);
  return ir::reduce("sum", x, axes, keep == keepdims) / ir::cast(ir::element_count(reduced_dims), x->dtype());
}

Ref variance_of(std::string_view op, const Ref& x, const Indices& axes, int ddof, KeepDims keep) {
  if (axes.empty()) throw ValueError("[" + std::string(op) + "] names no axis: at least one is needed.");
  if (ddof < 0) throw ValueError("[" + std::string(op) + "] found ddof " + std::to_string(ddof) + ", expected 0 or more.");
  return ir::call("variance", {x}, {{"axes", axes}, {"keepdims", i64(keep == keepdims)}, {"ddof", i64(ddof)}});
}

Expr position(std::string_view op, const In& x, const Axes& axes, KeepDims keep) {
  return api::expr_at(x.where(), [&] {
    Ref value = as_comparable(op, x);
    Indices list = api::axes_of(op, axes, value->rank());
    if (list.empty()) throw ValueError("[" + std::string(op) + "] " + ir::describe(value) + " has no axis to search.");
    return ir::reduce(op, value, list, keep == keepdims);
  });
}

Ref norm_of(const Ref& x, const Indices& axes, double p, bool keep) {
  if (std::isinf(p)) return ir::reduce("max", ir::call("abs", {x}), axes, keep);
  if (p == 1) return ir::reduce("sum", ir::call("abs", {x}), axes, keep);
  if (p == 2) return ir::call("sqrt", {ir::reduce("sum", ir::call("square", {x}), axes, keep)});
  Ref powers = ir::call("pow", {ir::call("abs", {x}), ir::constant_like(x, p)});
  return ir::call("pow", {ir::reduce("sum", powers, axes, keep), ir::constant_like(x, 1 / p)});
}

} // namespace

Expr sum(In x, Axes axes, KeepDims keep) { return reduced("sum", x, axes, api::as_summable, plain("sum", keep)); }
Expr prod(In x, Axes axes, KeepDims keep) { return reduced("prod", x, axes, api::as_summable, plain("prod", keep)); }
Expr logsumexp(In x, Axes axes, KeepDims keep) {
  return reduced("logsumexp", x, axes, api::as_float, plain("logsumexp", keep));
}
Expr any(In x, Axes axes, KeepDims keep) { return reduced("any", x, axes, as_bool, plain("any", keep)); }
Expr all(In x, Axes axes, KeepDims keep) { return reduced("all", x, axes, as_bool, plain("all", keep)); }
Expr argmax(In x, Axes axes, KeepDims keep) { return position("argmax", x, axes, keep); }
Expr argmin(In x, Axes axes, KeepDims keep) { return position("argmin", x, axes, keep); }

// The largest of bools is whether any is true.
static Expr extreme(std::string_view op, std::string_view of_bool, const In& x, const Axes& axes, KeepDims keep) {
  return reduced(op, x, axes, as_given, [&](const Ref& value, const Indices& list) {
    return ir::reduce(value->dtype() == DType::bool_ ? of_bool : op, value, list, keep == keepdims);
  });
}
Expr max(In x, Axes axes, KeepDims keep) { return extreme("max", "any", x, axes, keep); }
Expr min(In x, Axes axes, KeepDims keep) { return extreme("min", "all", x, axes, keep); }

Expr mean(In x, Axes axes, KeepDims keep) {
  return reduced("mean", x, axes, api::as_float, [&](const Ref& value, const Indices& list) { return mean_of(value, list, keep); });
}

Expr var(In x, Axes axes, int ddof, KeepDims keep) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::as_float("var", x);
    return variance_of("var", value, api::axes_of("var", axes, value->rank()), ddof, keep);
  });
}

Expr stddev(In x, Axes axes, int ddof, KeepDims keep) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::as_float("stddev", x);
    return ir::call("sqrt", {variance_of("stddev", value, api::axes_of("stddev", axes, value->rank()), ddof, keep)});
  });
}

Expr norm(In x, Axes axes, double p, KeepDims keep) {
  return api::expr_at(x.where(), [&] {
    if (!(p > 0)) throw ValueError("[norm] found p = " + std::to_string(p) + ", expected a positive number.");
    Ref value = api::as_float("norm", x);
    Indices list = api::axes_of("norm", axes, value->rank());
    return list.empty() ? ir::call("abs", {value}) : norm_of(value, list, p, keep == keepdims);
  });
}

} // namespace croton
