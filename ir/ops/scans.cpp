// Scans: running merges along one axis. The states are those of reductions, a pair for the linear recurrence, or come from
// an expression of the user's. Gradients run through a chain y[k] = f(y[k − 1], x[k]): what y[k] is worth comes from y[k + 1]
// by the slope of f in its first operand, which is a linear recurrence from the other end.
#include "ir/array.h"
#include "ir/error_bound.h"
#include "ir/expression.h"
#include "ir/interpret.h"
#include "ir/ops/record.h"
#include <unordered_map>

namespace croton::ir {

namespace {

using State = PrefixScan::State;

std::vector<AttrSpec> scan_specs() {
  return {{"axis", "int", "the axis"}, {"reverse", "bool", "from the last element to the first"}, {"exclusive", "bool", "without the element itself: begins with the value of none"}};
}

Type scan_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, op.params.size(), op.params.size());
  for (const Ref& x : args) {
    expect_accepted(op, x);
    if (x->dtype() != args[0]->dtype()) fail_dtype(op, x, std::string(name(args[0]->dtype())));
    bool differs = x->rank() != args[0]->rank();
    for (int k = 0; !differs && k < x->rank(); ++k) differs = provably_different(x->shape()[k], args[0]->shape()[k]);
    if (differs) throw ShapeError("[" + std::string(op.name) + "] " + describe(x) + ": expected the shape of " + describe(args[0]) + ".");
  }
  checked_axis(op, attrs.integer("axis"), args[0]->rank());
  return args[0]->type;
}

void same_sizes(const Node& n, const Require& require) {
  for (std::size_t a = 1; a < n.args.size(); ++a)
    for (int k = 0; k < n.rank(); ++k) require(n.args[a]->shape()[k], true, n.shape()[k]);
}

Ref batch_scan(const Node& n, const Args& args, const std::vector<bool>& batched) {
  Args all;
  for (std::size_t i = 0; i < args.size(); ++i) all.push_back(in_batch(args[i], batched[i], batch_count(args, batched)));
  return batch_shifted(n, all, "axis");
}

// ---- states ----

constexpr const char* sum_name = "sum";
constexpr const char* prod_name = "prod";
constexpr const char* max_name = "max";
constexpr const char* min_name = "min";
constexpr const char* logsumexp_name = "logsumexp";

template <const char* const& reduction> const Reduction& record() {
  static const Reduction& body = std::get<Reduction>(find_op(reduction)->body);
  return body;
}

using Next = Scalar (*)(const Node& node, const Scalar& value, const Scalar* x);

/// A scan over the states of a reduction.
template <const char* const& reduction> PrefixScan running(Next next) {
  return {.identity = [](const Node& n) { return record<reduction>().identity(n); },
          .lift = [](const Node& n, const Args& x) { return record<reduction>().lift(n, x[0], constant_dim(0)); },
          .merge = [](const Node& n, const State& a, const State& b) { return record<reduction>().merge(n, a, b); },
          .finish = [](const Node& n, const State& s) { return record<reduction>().finish(n, s, constant_dim(0)); },
          .next = next};
}

// y ↦ m·y + c as (m, c): the earlier map first.
State recurrence_merge(const Node&, const State& a, const State& b) { return {a[0] * b[0], b[0] * a[1] + b[1]}; }

// ---- values by definition ----

__extension__ typedef unsigned __int128 uwide;
wide wrapped_product(wide a, wide b) { return static_cast<wide>(static_cast<uwide>(a) * static_cast<uwide>(b)); }
wide wrapped_sum(wide a, wide b) { return static_cast<wide>(static_cast<uwide>(a) + static_cast<uwide>(b)); }

// The first extreme stays; so does a NaN.
template <int direction> Scalar extreme_next(const Node&, const Scalar& v, const Scalar* x) {
  if (std::isnan(v.real)) return v;
  bool better = direction > 0 ? x->real > v.real || x->integer > v.integer : x->real < v.real || x->integer < v.integer;
  return better || std::isnan(x->real) ? *x : v;
}

Scalar recurrence_next(const Node&, const Scalar& v, const Scalar* x) {
  return {x[0].real * v.real + x[1].real, wrapped_sum(wrapped_product(x[0].integer, v.integer), x[1].integer)};
}

Scalar log_sum_next(const Node&, const Scalar& v, const Scalar* x) {
  double a = v.real, b = x->real, m = std::isnan(a) || a > b ? a : b;
  return {std::isfinite(m) ? m + std::log(std::exp(a - m) + std::exp(b - m)) : m, 0};
}

// ---- error bounds ----

using Error = Ref (*)(const Ref&, i64);

// Sums of products, as they would be without signs.
Ref error_without_signs(const Ref& v, i64 n) {
  Args magnitudes;
  for (const Ref& x : v->args) magnitudes.push_back(magnitude(x));
  return error_of_roundings(make(*v->op, magnitudes, v->attrs), 3 * n + 4);
}

// No smaller than any product of successive multipliers: where it overflows, the order decides what comes out.
Ref recurrence_overflows(const Node& n) {
  Ref largest = make(*n.op, {magnitude(n.args[0]), magnitude(n.args[1]) + 1.0}, n.attrs);
  return is_float(n.dtype()) ? call("logical_not", {call("isfinite", {largest})}) : Ref();
}

// ---- gradients ----

Ref like(const Node& n, std::string_view op, Args operands, bool reverse, bool exclusive) {
  return scan(op, std::move(operands), n.attrs.integer("axis"), reverse, exclusive);
}
bool is_reverse(const Node& n) { return n.attrs.integer("reverse") != 0; }
bool is_exclusive(const Node& n) { return n.attrs.integer("exclusive") != 0; }

/// The node's values before each element.
Ref before(const Node& n) {
  if (is_exclusive(n)) return self(n);
  Attrs attrs = n.attrs;
  attrs.set("exclusive", i64(1));
  return make(*n.op, n.args, attrs);
}
/// The node's values with each element.
Ref behind(const Node& n) {
  if (!is_exclusive(n)) return self(n);
  Attrs attrs = n.attrs;
  attrs.set("exclusive", i64(0));
  return make(*n.op, n.args, attrs);
}

/// What each y[k] is worth, where y[k] = f(y[k − 1], x[k]) and `slope` is f's derivative in y[k − 1].
Ref worth(const Node& n, const Ref& g, const Ref& slope) {
  if (is_exclusive(n)) return like(n, "linear_recurrence", {slope, g}, !is_reverse(n), true);
  return g + like(n, "linear_recurrence", {slope, slope * g}, !is_reverse(n), true);
}

std::vector<Ref> cumprod_vjp(const Node& n, const Ref& g) { return {worth(n, g, n.args[0]) * before(n)}; }

// An element that is no better than those before it changes nothing; the first one always counts.
template <const char* const& better> std::vector<Ref> extreme_vjp(const Node& n, const Ref& g) {
  const Ref& x = n.args[0];
  i64 axis = n.attrs.integer("axis");
  Ref previous = before(n), first = is_reverse(n) ? index_sub(n.shape()[axis], constant_dim(1)) : constant_dim(0);
  Ref takes = call("logical_or", {call(better, {x, previous}), call("equal", {iota(n.shape(), axis, DType::i64), first})});
  takes = call("logical_or", {takes, call("logical_and", {call("isnan", {x}), call("logical_not", {call("isnan", {previous})})})});
  Ref taken = cast(takes, x->dtype());
  return {worth(n, g, 1.0 - taken) * taken};
}
constexpr const char* greater_name = "greater";
constexpr const char* less_name = "less";

// The slopes are ratios of sums so far, at most 1; where all is −inf so far there is none.
std::vector<Ref> log_sum_vjp(const Node& n, const Ref& g) {
  Ref y = behind(n), shift = where(call("isfinite", {y}), y, constant_like(y, 0));
  return {worth(n, g, call("exp", {before(n) - shift})) * call("exp", {n.args[0] - shift})};
}

std::vector<Ref> recurrence_vjp(const Node& n, const Ref& g) {
  Ref of_addend = worth(n, g, n.args[0]);
  return {of_addend * before(n), of_addend};
}

// ---- combines of the user's ----

constexpr std::string_view combine_who = "[prefix_scan] the combine, ";

Ref combined(const Node& n, const Ref& a, const Ref& b) { return parse_elementwise(n.attrs.text("combine"), {{"a", a}, {"b", b}}, combine_who); }

// A number that stands in a file without a point is an integer.
Ref identity_of(DType d, const Attrs& attrs) {
  const AttrValue* value = attrs.find("identity");
  auto* whole = value ? std::get_if<i64>(value) : nullptr;
  double real = whole ? static_cast<double>(*whole) : attrs.number("identity");
  if (is_float(d)) return constant(d, real);
  Scalar fits = whole ? rounded_to(d, {0, *whole}) : converted(DType::f64, d, {real, 0});
  bool changed = whole ? fits.integer != *whole : static_cast<double>(fits.integer) != real;
  if (changed) throw ValueError("[prefix_scan] the identity " + std::to_string(real) + " does not fit " + std::string(name(d)) + ".");
  return constant_int(d, static_cast<i64>(fits.integer));
}

Type combined_type(const Op& op, const Args& args, const Attrs& attrs) {
  Type type = scan_type(op, args, attrs);
  Ref a = variable("a", type.dtype, {}), b = variable("b", type.dtype, {});
  parse_elementwise(attrs.text("combine"), {{"a", a}, {"b", b}}, combine_who);
  identity_of(type.dtype, attrs);
  return type;
}

// Floats in f64, integers in their own dtype, where they wrap.
Scalar combined_next(const Node& n, const Scalar& value, const Scalar* x) {
  DType d = is_float(n.dtype()) ? DType::f64 : n.dtype();
  Ref a = variable("a", d, {}), b = variable("b", d, {});
  Array left(d, {}), right(d, {});
  left.store(0, value);
  right.store(0, *x);
  return interpret(combined(n, a, b), {{a, left}, {b, right}}).load(0);
}

// The derivatives of an elementwise expression in some of its variables, as expressions of the same shape.
std::vector<Ref> slopes(const Ref& f, const std::vector<Ref>& variables) {
  std::unordered_map<const Node*, Ref> cotangents{{f.get(), full(constant_like(f, 1), f->shape())}};
  auto order = post_order(f);
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    auto found = cotangents.find(*it);
    if (found == cotangents.end() || (*it)->args.empty() || !(*it)->op->differentiable) continue;
    if (!(*it)->op->vjp) throw InternalError("[prefix_scan] " + std::string((*it)->op->name) + " has no derivative");
    std::vector<Ref> parts = (*it)->op->vjp(**it, found->second);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const Ref& x = (*it)->args[i];
      if (!parts[i] || !is_float(x->dtype()) || x->rank() == 0) continue;
      Ref g = broadcast_to(parts[i], f->shape());
      auto [slot, fresh] = cotangents.try_emplace(x.get(), g);
      if (!fresh) slot->second = slot->second + g;
    }
  }
  std::vector<Ref> result;
  for (const Ref& x : variables) result.push_back(cotangents.contains(x.get()) ? cotangents.at(x.get()) : full(constant_like(f, 0), f->shape()));
  return result;
}

std::vector<Ref> combined_vjp(const Node& n, const Ref& g) {
  Ref a = variable("prefix_scan.a", n.dtype(), n.shape()), b = variable("prefix_scan.b", n.dtype(), n.shape());
  std::vector<Ref> partial = slopes(broadcast_to(combined(n, a, b), n.shape()), {a, b});
  Ref previous = before(n);
  partial = substitute(partial, [&](const Node& x) { return &x == a.get() ? previous : &x == b.get() ? n.args[0] : Ref(); });
  return {worth(n, g, partial[0]) * partial[1]};
}

} // namespace

std::vector<Op> scan_ops() {
  auto specs = scan_specs(), with_combine = specs;
  with_combine.push_back({"combine", "text", "an associative elementwise expression of a (what was merged before) and b"});
  with_combine.push_back({"identity", "number", "the value of no element"});
  auto op = [&](std::string_view name, std::string_view doc, PrefixScan body, auto vjp, Error error, Accepts accepts = Accepts::numeric, std::vector<Domain> domain = {}) {
    return Op{.name = name, .doc = doc, .group = "scan", .params = {"x"}, .attr_specs = specs, .accepts = accepts, .body = body,
              .type = scan_type, .vjp = vjp, .domain = std::move(domain), .error = error, .batch = batch_scan};
  };
  Op recurrence = op("linear_recurrence", "y[k] = multiplier[k]·y[k − 1] + addend[k], from y = 0. Products of the multipliers must not overflow.",
                     {.identity = [](const Node& n) -> State { return {constant_like(n.args[0], 1), constant_like(n.args[0], 0)}; },
                      .lift = [](const Node&, const Args& x) -> State { return {x[0], x[1]}; },
                      .merge = recurrence_merge,
                      .finish = [](const Node&, const State& s) { return s[1]; },
                      .next = recurrence_next},
                     recurrence_vjp, error_without_signs, Accepts::numeric, {{-1.2, 1.2}, {-4, 4}});
  recurrence.params = {"multiplier", "addend"};
  recurrence.constrain = same_sizes;
  recurrence.unspecified = recurrence_overflows;
  Op own = op("prefix_scan", "A running merge by an expression.",
              {.identity = [](const Node& n) -> State { return {identity_of(n.dtype(), n.attrs)}; },
               .lift = [](const Node&, const Args& x) -> State { return {x[0]}; },
               .merge = [](const Node& n, const State& a, const State& b) -> State { return {combined(n, a[0], b[0])}; },
               .finish = [](const Node&, const State& s) { return s[0]; },
               .next = combined_next},
              combined_vjp, error_without_signs, Accepts::real_number);
  own.attr_specs = with_combine;
  own.type = combined_type;
  return {
      op("cumsum", "Running sum.",
         running<sum_name>([](const Node&, const Scalar& v, const Scalar* x) { return Scalar{v.real + x->real, wrapped_sum(v.integer, x->integer)}; }),
         +[](const Node& n, const Ref& g) -> std::vector<Ref> { return {like(n, "cumsum", {g}, !is_reverse(n), is_exclusive(n))}; }, error_without_signs),
      op("cumprod", "Running product.",
         running<prod_name>([](const Node&, const Scalar& v, const Scalar* x) { return Scalar{v.real * x->real, wrapped_product(v.integer, x->integer)}; }),
         cumprod_vjp, +[](const Ref& v, i64 n) { return error_of_roundings(v, 2 * n + 4); }, Accepts::numeric, {{0.5, 1.5}}),
      op("cummax", "Running maximum; a NaN stays. The first of equal elements has the gradient.", running<max_name>(extreme_next<1>), extreme_vjp<greater_name>, nullptr, Accepts::real_number),
      op("cummin", "Running minimum; a NaN stays. The first of equal elements has the gradient.", running<min_name>(extreme_next<-1>), extreme_vjp<less_name>, nullptr, Accepts::real_number),
      op("logcumsumexp", "log of the running sum of eˣ, without overflow.", running<logsumexp_name>(log_sum_next), log_sum_vjp, +[](const Ref& v, i64 n) { return error_of_log_sum(v, 3 * n + 16); }, Accepts::floating),
      recurrence,
      own,
  };
}

} // namespace croton::ir
