// Reductions whose state is more than one number: variance as (count, mean, sum of squared deviations) and logsumexp as
// (maximum, scaled sum). Data beyond the cache is read once; a block inside it takes two plain passes.
#include "ir/error_bound.h"
#include "ir/ops/record.h"

namespace croton::ir {

namespace {

using State = Reduction::State;

Ref reduced_count(const Node& n, DType dtype) {
  Shape reduced;
  for (i64 axis : n.attrs.integers("axes")) reduced.push_back(n.args[0]->shape()[axis]);
  return cast(element_count(reduced), dtype);
}

Type variance_type(const Op& op, const Args& args, const Attrs& attrs) {
  if (attrs.integer("ddof") < 0) throw ValueError("[variance] ddof must not be negative");
  expect_count(op, args, 1, 1);
  return reduced_type(op, args, attrs, args[0]->dtype());
}
Type logsumexp_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  return reduced_type(op, args, attrs, args[0]->dtype());
}

// ---- variance ----

State variance_merge(const Node& n, const State& a, const State& b) {
  Ref count = a[0] + b[0], delta = b[1] - a[1];
  // Two empty parts: the ratio of counts would be 0/0.
  Ref ratio = b[0] / where(call("equal", {count, constant_like(count, 0)}), constant_like(count, 1), count);
  (void)n;
  // The counts first: an empty part adds 0 even where the square overflows.
  return {count, a[1] + delta * ratio, a[2] + b[2] + delta * (delta * (a[0] * ratio))};
}

Ref variance_finish(const Node& n, const State& s, const Ref& count) {
  Ref total = cast(count, n.dtype());
  return s[2] / (total - static_cast<double>(n.attrs.integer("ddof")));
}

Ref deviation_square(const Node& n, const Ref& x, const State& previous, const Ref& count) {
  Ref d = x - previous[0] / cast(count, n.dtype());
  return d * d;
}

Ref variance_expand(const Node& n) {
  const Ref& x = n.args[0];
  const auto& axes = n.attrs.integers("axes");
  Ref count = reduced_count(n, x->dtype());
  Ref centred = x - reduce("sum", x, axes, true) / count;
  Ref squares = reduce("sum", call("square", {centred}), axes, n.attrs.integer("keepdims") != 0);
  return squares / (count - static_cast<double>(n.attrs.integer("ddof")));
}

std::vector<Ref> variance_vjp(const Node& n, const Ref& g) {
  const Ref& x = n.args[0];
  Ref count = reduced_count(n, x->dtype());
  Ref centred = x - reduce("sum", x, n.attrs.integers("axes"), true) / count;
  return {kept(n, g) * (2.0 / (count - static_cast<double>(n.attrs.integer("ddof")))) * centred};
}

// ---- logsumexp ----

// exp(x − m) where m may be ±inf: shifting by 0 instead keeps −inf and +inf results exact.
Ref finite_shift(const Ref& m) {
  return where(call("isfinite", {m}), m, constant_like(m, 0));
}

State logsumexp_merge(const Node&, const State& a, const State& b) {
  Ref m = call("maximum", {a[0], b[0]}), shift = finite_shift(m);
  return {m, a[1] * call("exp", {a[0] - shift}) + b[1] * call("exp", {b[0] - shift})};
}

Ref logsumexp_finish(const Node&, const State& s, const Ref&) { return call("log", {s[1]}) + finite_shift(s[0]); }

Ref shifted_exp(const Node&, const Ref& x, const State& previous, const Ref&) {
  return call("exp", {x - finite_shift(previous[0])});
}

Ref largest_before(const Node&, const State& before, const State&) { return before[0]; }

Ref rescaled_sum(const Node& n, const State& before, const State& previous) {
  return before[1] * shifted_exp(n, before[0], previous, nullptr);
}

Ref logsumexp_expand(const Node& n) {
  const auto& axes = n.attrs.integers("axes");
  const Ref& x = n.args[0];
  Ref shift = finite_shift(reduce("max", x, axes, true));
  Ref total = call("log", {reduce("sum", call("exp", {x - shift}), axes, true)}) + shift;
  return n.attrs.integer("keepdims") ? total : squeeze(total, axes);
}

// The softmax. Over the last axis in the form that shares its exponentials with the value's own expansion; over others
// from the stored value, so that no reduction is repeated.
std::vector<Ref> logsumexp_vjp(const Node& n, const Ref& g) {
  const Ref& x = n.args[0];
  const auto& axes = n.attrs.integers("axes");
  bool rows = !axes.empty() && axes.back() == x->rank() - 1 && static_cast<int>(axes.size()) < x->rank();
  if (!rows) return {kept(n, g) * call("exp", {x - finite_shift(kept(n, self(n)))})};
  Ref e = call("exp", {x - finite_shift(reduce("max", x, axes, true))}), total = reduce("sum", e, axes, true);
  // A row of −inf alone has no slope anywhere, rather than 0/0.
  Ref divisor = where(call("equal", {total, constant_like(total, 0)}), constant_like(total, 1), total);
  return {e * (kept(n, g) / divisor)}; // one division a row
}

// ---- passes over blocks ----

Ref identity_map(const Node&, const Ref& x, const State&, const Ref&) { return x; }
Ref add(const Ref& a, const Ref& b) { return a + b; }
// Of a NaN it may take the other one: the terms of the sum are NaN then. One instruction where `maximum` has three.
Ref larger(const Ref& a, const Ref& b) { return where(call("less", {a, b}), b, a); }

// ---- error bounds ----

// Each square's relative error is twice that of its deviation, whose own comes from the mean: γₙ·mean|x| squared and
// crossed with the deviation, at most γ₂ₙ·(variance + mean x²) in all.
Ref variance_error(const Ref& v, i64 n) {
  Ref squares = reduce("sum", call("square", {v->args[0]}), v->attrs.integers("axes"), v->attrs.integer("keepdims") != 0);
  return error_of_roundings(v + squares * (1.0 / static_cast<double>(n > 0 ? n : 1)), 2 * n + 8);
}

// ---- values by definition ----

double variance_value(const double* x, i64 n, const Node& node) {
  double sum = 0, squares = 0;
  for (i64 i = 0; i < n; ++i) sum += x[i];
  double mean = sum / static_cast<double>(n);
  for (i64 i = 0; i < n; ++i) squares += (x[i] - mean) * (x[i] - mean);
  return squares / static_cast<double>(n - node.attrs.integer("ddof"));
}

double logsumexp_value(const double* x, i64 n, const Node&) {
  double largest = -INFINITY, sum = 0;
  for (i64 i = 0; i < n; ++i) largest = x[i] != x[i] || x[i] > largest ? x[i] : largest;
  double shift = std::isfinite(largest) ? largest : 0;
  for (i64 i = 0; i < n; ++i) sum += std::exp(x[i] - shift);
  return std::log(sum) + shift;
}

} // namespace

std::vector<Op> moment_ops() {
  auto specs = axes_specs(), with_ddof = specs;
  with_ddof.push_back({"ddof", "int", "subtracted from the count in the divisor"});
  Reduction variance{
      .identity = [](const Node& n) -> State { Ref z = constant_like(n.args[0], 0); return {z, z, z}; },
      .lift = [](const Node& n, const Ref& x, const Ref&) -> State { return {constant_like(n.args[0], 1), x, x - x}; }, // NaN where x is no finite number
      .merge = variance_merge,
      .finish = variance_finish,
      .expand = variance_expand,
      .block = {{0, add, identity_map}, {0, add, deviation_square}},
      .from_block = [](const Node& n, const State& v, const Ref& count) -> State {
        Ref total = cast(count, n.dtype());
        return {total, v[0] / total, v[1]};
      },
      .value_real = variance_value};
  Reduction logsumexp{
      .identity = [](const Node& n) -> State { return {constant_like(n.args[0], -INFINITY), constant_like(n.args[0], 0)}; },
      .lift = [](const Node&, const Ref& x, const Ref&) -> State { return {x, where(call("isfinite", {x}), constant_like(x, 1), where(call("less", {x, constant_like(x, 0)}), constant_like(x, 0), x))}; },
      .merge = logsumexp_merge,
      .finish = logsumexp_finish,
      .expand = logsumexp_expand,
      .block = {{-INFINITY, larger, identity_map, largest_before}, {0, add, shifted_exp, rescaled_sum}},
      .from_block = [](const Node&, const State& v, const Ref&) -> State { return {v[0], v[1]}; },
      .value_real = logsumexp_value};
  return {
      {.name = "variance", .doc = "Mean squared deviation from the mean, divided by count − ddof; NaN when empty.",
       .group = "reduction", .params = {"x"}, .attr_specs = with_ddof, .accepts = Accepts::floating, .body = variance,
       .type = variance_type, .vjp = variance_vjp, .error = variance_error},
      {.name = "logsumexp", .doc = "log Σ eˣ without overflow; −inf when empty or all −inf.", .group = "reduction",
       .params = {"x"}, .attr_specs = specs, .accepts = Accepts::floating, .body = logsumexp, .type = logsumexp_type,
       // Each term's error is its exponent's rounding, u·|x − m|·eˣ⁻ᵐ ≤ u.
       .vjp = logsumexp_vjp, .error = [](const Ref& v, i64 n) { return error_of_log_sum(v, 2 * n + 16); }},
  };
}

} // namespace croton::ir
