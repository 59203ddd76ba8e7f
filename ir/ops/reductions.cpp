// Reductions over axes. A state is a tuple with an associative merge, so that any split of the data gives the result.
#include "ir/error_bound.h"
#include "ir/ops/record.h"
#include <algorithm>

namespace croton::ir {

Type reduced_type(const Op& op, const Args& args, const Attrs& attrs, DType result) {
  expect_count(op, args, 1, 1);
  expect_accepted(op, args[0]);
  const auto& axes = attrs.integers("axes");
  bool keep = attrs.integer("keepdims") != 0;
  i64 previous = -1;
  for (i64 axis : axes) {
    checked_axis(op, axis, args[0]->rank());
    if (axis <= previous) throw InternalError("[" + std::string(op.name) + "] axes must be sorted and distinct");
    previous = axis;
  }
  Type type{result, {}};
  for (int i = 0; i < args[0]->rank(); ++i) {
    bool reduced = std::find(axes.begin(), axes.end(), i) != axes.end();
    if (!reduced) type.shape.push_back(args[0]->shape()[i]);
    else if (keep) type.shape.push_back(constant_dim(1));
  }
  return type;
}

// The result with its reduced axes kept as 1, ready to broadcast against the operand.
Ref kept(const Node& n, const Ref& value) {
  if (n.attrs.integer("keepdims")) return value;
  return expand_dims(value, n.attrs.integers("axes"));
}

std::vector<AttrSpec> axes_specs() {
  return {{"axes", "ints", "sorted axes to reduce"}, {"keepdims", "bool", "keep the reduced axes with size 1"}};
}

// Ties share the gradient equally; a NaN maximum has no element equal to it and gives NaN.
std::vector<Ref> extreme_vjp(const Node& n, const Ref& g) {
  const Ref& x = n.args[0];
  Ref hit = cast(call("equal", {x, kept(n, self(n))}), x->dtype());
  Ref ties = reduce("sum", hit, n.attrs.integers("axes"), true);
  return {hit * (kept(n, g) / ties)};
}

namespace {

Type same_dtype(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  return reduced_type(op, args, attrs, args[0]->dtype());
}
Type index_dtype(const Op& op, const Args& args, const Attrs& attrs) { return reduced_type(op, args, attrs, DType::i64); }
Type bool_dtype(const Op& op, const Args& args, const Attrs& attrs) { return reduced_type(op, args, attrs, DType::bool_); }

Reduction simple(Reduction::State (*identity)(const Node&), Reduction::State (*merge)(const Node&, const Reduction::State&, const Reduction::State&)) {
  return {.identity = identity,
          .lift = [](const Node&, const Ref& e, const Ref&) -> Reduction::State { return {e}; },
          .merge = merge,
          .finish = [](const Node&, const Reduction::State& s, const Ref&) { return s[0]; }};
}

template <int value> Reduction::State constant_identity(const Node& n) { return {constant_like(n.args[0], value)}; }

// The dtype's lowest or highest value: the identity of max or min.
template <int direction> Reduction::State extreme_identity(const Node& n) {
  DType d = n.args[0]->dtype();
  if (is_float(d)) return {constant(d, direction * INFINITY)};
  if (d == DType::bool_) return {constant_int(d, direction > 0)};
  int bits = static_cast<int>(size_of(d)) * 8;
  if (!info(d).is_signed) return {constant_int(d, direction > 0 ? static_cast<i64>(~u64(0) >> (64 - bits)) : 0)};
  i64 low = static_cast<i64>(~u64(0) << (bits - 1));
  return {constant_int(d, direction > 0 ? ~low : low)};
}

template <const char* const& op> Reduction::State merge_by(const Node&, const Reduction::State& a, const Reduction::State& b) {
  return {call(op, {a[0], b[0]})};
}
constexpr const char* add_name = "add";
constexpr const char* mul_name = "multiply";
constexpr const char* max_name = "maximum";
constexpr const char* min_name = "minimum";
constexpr const char* or_name = "logical_or";
constexpr const char* and_name = "logical_and";
constexpr const char* greater_name = "greater";
constexpr const char* less_name = "less";

// The first element wins a tie and a NaN wins over everything.
template <const char* const& better> Reduction::State merge_positions(const Node& n, const Reduction::State& a, const Reduction::State& b) {
  Ref b_better = call(better, {b[0], a[0]});
  Ref same = call("equal", {b[0], a[0]});
  Ref b_earlier = call("less", {b[1], a[1]});
  if (is_float(n.args[0]->dtype())) {
    Ref a_nan = call("isnan", {a[0]}), b_nan = call("isnan", {b[0]});
    b_better = call("logical_or", {b_better, call("logical_and", {b_nan, call("logical_not", {a_nan})})});
    same = call("logical_or", {same, call("logical_and", {a_nan, b_nan})});
  }
  Ref take_b = call("logical_or", {b_better, call("logical_and", {same, b_earlier})});
  return {where(take_b, b[0], a[0]), where(take_b, b[1], a[1])};
}

template <int direction> Reduction::State position_identity(const Node& n) {
  return {extreme_identity<direction>(n)[0], constant_int(DType::i64, INT64_MAX)};
}

Reduction positions(Reduction::State (*identity)(const Node&), Reduction::State (*merge)(const Node&, const Reduction::State&, const Reduction::State&)) {
  return {.identity = identity,
          .lift = [](const Node&, const Ref& e, const Ref& i) -> Reduction::State { return {e, i}; },
          .merge = merge,
          .finish = [](const Node&, const Reduction::State& s, const Ref&) { return s[1]; },
          .needs_index = true, .empty_is_error = true};
}

// ---- values by definition ----

__extension__ typedef unsigned __int128 uwide;

template <class T> T sum_value(const T* x, i64 n, const Node& node) {
  if (node.attrs.integers("axes").empty()) return x[0]; // itself, −0 too
  T sum = 0;
  for (i64 i = 0; i < n; ++i) sum += x[i];
  return sum;
}
double prod_value(const double* x, i64 n, const Node&) {
  double product = 1;
  for (i64 i = 0; i < n; ++i) product *= x[i];
  return product;
}
wide prod_value(const wide* x, i64 n, const Node&) {
  uwide product = 1;
  for (i64 i = 0; i < n; ++i) product *= static_cast<uwide>(x[i]);
  return static_cast<wide>(product);
}
// Position of the first largest (direction 1) or smallest (−1) element, or of the first NaN; n > 0.
template <int direction, class T> i64 extreme_position(const T* x, i64 n) {
  i64 best = 0;
  for (i64 i = 0; i < n; ++i) {
    if (x[i] != x[i]) return i;
    if (direction > 0 ? x[i] > x[best] : x[i] < x[best]) best = i;
  }
  return best;
}
template <int direction, class T> T extreme_value(const T* x, i64 n, const Node&) { return x[extreme_position<direction>(x, n)]; }
template <int direction, class T> T position_value(const T* x, i64 n, const Node&) {
  return static_cast<T>(extreme_position<direction>(x, n));
}
wide any_value(const wide* x, i64 n, const Node&) { return std::any_of(x, x + n, [](wide v) { return v != 0; }); }
wide all_value(const wide* x, i64 n, const Node&) { return std::all_of(x, x + n, [](wide v) { return v != 0; }); }

Reduction valued(Reduction r, double (*real)(const double*, i64, const Node&), wide (*integer)(const wide*, i64, const Node&)) {
  r.value_real = real;
  r.value_integer = integer;
  return r;
}

Reduction on_empty_error(Reduction r) {
  r.empty_is_error = true;
  return r;
}

// The product of all other elements, right also where some are 0. Written so that its own derivative is right there too:
// the sum of the zeros stands for their product where there is one, and without x for the other one where there are two.
std::vector<Ref> prod_vjp(const Node& n, const Ref& g) {
  const Ref& x = n.args[0];
  const auto& axes = n.attrs.integers("axes");
  Ref zero = constant_like(x, 0), one = constant_like(x, 1);
  Ref is_zero = call("equal", {x, zero});
  Ref zeros = reduce("sum", cast(is_zero, x->dtype()), axes, true);
  Ref rest = reduce("prod", where(is_zero, one, x), axes, true);
  Ref safe = where(is_zero, one, x);
  auto count_is = [&](double count) { return call("equal", {zeros, constant_like(x, count)}); };
  Ref sum_of_zeros = reduce("sum", where(is_zero, x, zero), axes, true);
  Ref of_zero = where(count_is(1), rest, where(count_is(2), rest * (sum_of_zeros - x), zero));
  Ref product_of_zeros = where(count_is(0), one, where(count_is(1), sum_of_zeros, zero));
  Ref partial = where(is_zero, of_zero, rest / safe * product_of_zeros);
  return {kept(n, g) * partial};
}

} // namespace

std::vector<Op> reduction_ops() {
  auto specs = axes_specs();
  return {
      {.name = "sum", .doc = "Sum over axes; 0 when empty.", .group = "reduction", .params = {"x"}, .attr_specs = specs,
       .body = valued(simple(constant_identity<0>, merge_by<add_name>), sum_value<double>, sum_value<wide>), .type = same_dtype,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> { return {broadcast_to(kept(n, g), n.args[0]->shape())}; },
       .error = [](const Ref& v, i64 n) { return error_of_roundings(make(*v->op, {magnitude(v->args[0])}, v->attrs), n + 2); }},
      {.name = "prod", .doc = "Product over axes; 1 when empty.", .group = "reduction", .params = {"x"}, .attr_specs = specs,
       .body = valued(simple(constant_identity<1>, merge_by<mul_name>), prod_value, prod_value), .type = same_dtype, .vjp = prod_vjp, .domain = {{0.5, 1.5}},
       .error = [](const Ref& v, i64 n) { return error_of_roundings(v, 2 * n + 4); }},
      {.name = "max", .doc = "Maximum over axes; NaN wins; an empty reduction is an error. Ties share the gradient.",
       .group = "reduction", .params = {"x"}, .attr_specs = specs, .accepts = Accepts::real_number,
       .body = on_empty_error(valued(simple(extreme_identity<-1>, merge_by<max_name>), extreme_value<1, double>, extreme_value<1, wide>)), .type = same_dtype, .vjp = extreme_vjp},
      {.name = "min", .doc = "Minimum over axes; NaN wins; an empty reduction is an error. Ties share the gradient.",
       .group = "reduction", .params = {"x"}, .attr_specs = specs, .accepts = Accepts::real_number,
       .body = on_empty_error(valued(simple(extreme_identity<1>, merge_by<min_name>), extreme_value<-1, double>, extreme_value<-1, wide>)), .type = same_dtype, .vjp = extreme_vjp},
      {.name = "any", .doc = "True where one element is; false when empty.", .group = "reduction", .params = {"x"}, .attr_specs = specs,
       .accepts = Accepts::boolean, .body = valued(simple(constant_identity<0>, merge_by<or_name>), nullptr, any_value), .type = bool_dtype, .differentiable = false},
      {.name = "all", .doc = "True where every element is; true when empty.", .group = "reduction", .params = {"x"}, .attr_specs = specs,
       .accepts = Accepts::boolean, .body = valued(simple(constant_identity<1>, merge_by<and_name>), nullptr, all_value), .type = bool_dtype, .differentiable = false},
      {.name = "argmax", .doc = "i64 position of the maximum in the flattened reduced axes: the first; a NaN wins.",
       .group = "reduction", .params = {"x"}, .attr_specs = specs, .accepts = Accepts::real_number,
       .body = valued(positions(position_identity<-1>, merge_positions<greater_name>), position_value<1, double>, position_value<1, wide>), .type = index_dtype, .differentiable = false},
      {.name = "argmin", .doc = "i64 position of the minimum in the flattened reduced axes: the first; a NaN wins.",
       .group = "reduction", .params = {"x"}, .attr_specs = specs, .accepts = Accepts::real_number,
       .body = valued(positions(position_identity<1>, merge_positions<less_name>), position_value<-1, double>, position_value<-1, wide>), .type = index_dtype, .differentiable = false},
  };
}

} // namespace croton::ir
