#include "src/compare/tolerance.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "src/driver/binding.h"
#include <algorithm>
#include <cmath>
#include <random>

namespace croton::comparison {

using namespace ir;

double ulps(DType dtype, double got, double want) {
  if (std::isnan(got) || std::isnan(want)) return std::isnan(got) == std::isnan(want) ? 0 : INFINITY;
  if (got == want) return 0;
  if (std::isinf(want) || std::isinf(got)) {
    // An infinity stands for the first value that is too large.
    double top = dtype == DType::f32 ? 0x1p128 : INFINITY;
    if (dtype != DType::f32 || std::signbit(got) != std::signbit(want)) return INFINITY;
    got = std::isinf(got) ? std::copysign(top, got) : got;
    want = std::isinf(want) ? std::copysign(top, want) : want;
  }
  int exponent = 0;
  std::frexp(want, &exponent);
  int digits = dtype == DType::f32 ? 24 : 53, lowest = dtype == DType::f32 ? -125 : -1021;
  return std::fabs(got - want) / std::ldexp(1.0, (want == 0 ? lowest : std::max(exponent, lowest)) - digits);
}

double unit_roundoff(DType dtype) { return dtype == DType::f32 ? 0x1p-24 : 0x1p-53; }

double growth(i64 n, DType dtype) {
  double nu = static_cast<double>(n) * unit_roundoff(dtype);
  return nu / (1 - nu);
}

namespace {
bool divides(const Node& n) { return n.op->name == "divide" || n.op->name == "reciprocal" || n.op->name == "sqrt" || n.op->name == "rsqrt"; }
} // namespace

double pointwise_bound(const Node& node, bool exact_division) {
  const UlpBound& ulp = std::get<Pointwise>(node.op->body).ulp;
  bool narrow = node.dtype() == DType::f32;
  double own = narrow ? ulp.f32 : ulp.f64;
  if (!exact_division && narrow && divides(node)) own = std::max(own, 3.0); // OpenCL's table: 2.5 for quotients, 3 for roots
  if (own <= 0.5) return 0; // rounded once, like the reference's own value
  return own + 0.5 + (narrow ? 0 : 5);
}

namespace {
double bounded_argument(DType dtype) { return dtype == DType::f32 ? 0x1p22 : 0x1p40; }
} // namespace

bool has_bound(const Node& n, double operand) {
  bool reduced = n.op->name == "sin" || n.op->name == "cos" || n.op->name == "tan";
  return !reduced || std::fabs(operand) <= bounded_argument(n.dtype());
}

bool is_inexact(const Node& n, Precision p) {
  if (n.op->name == "bitcast" && is_float(n.args[0]->dtype())) return true; // nor bits
  if (!is_float(n.dtype())) return false;
  if (n.op->name == "copysign") return true; // a NaN has no sign to rely on
  if (body_of<Pointwise>(n)) {
    bool product = n.op->name == "multiply" || n.op->name == "square";
    return pointwise_bound(n, p.exact_division) > 0 || (product && !p.strict);
  }
  if (body_of<Reduction>(n)) return n.op->name != "max" && n.op->name != "min";
  if (body_of<PrefixScan>(n)) return n.op->name != "cummax" && n.op->name != "cummin";
  return body_of<Contraction>(n) || body_of<Scatter>(n) || body_of<Opaque>(n);
}

namespace {

Ref magnitude(const Ref& x) { return call("abs", {x}); }

// No smaller than any product of successive multipliers: where it overflows, the order decides what comes out.
Ref largest_recurrence(const Node& n, const Args& args) { return make(*n.op, {magnitude(args[0]), magnitude(args[1]) + 1.0}, n.attrs); }

// The bound of one element as a node of the value's shape.
Ref error_of(const Ref& value, const Node& n, i64 reduced, Precision p) {
  DType d = n.dtype();
  auto times = [&](const Ref& x, double factor) { return x * constant(d, factor); };
  double u = unit_roundoff(d);
  if (body_of<Pointwise>(n)) return times(magnitude(value), 2 * u * std::max(pointwise_bound(n, p.exact_division), 0.5));
  if (body_of<Contraction>(n)) return times(matmul(magnitude(value->args[0]), magnitude(value->args[1])), growth(reduced + 2, d));
  if (body_of<Scatter>(n)) return times(make(*n.op, {magnitude(value->args[0]), value->args[1], value->args[2]}, n.attrs), growth(reduced + 2, d));
  if (n.op->name == "logcumsumexp") return times(magnitude(value) * constant(d, 4 * u) + constant(d, growth(3 * reduced + 16, d)), 1);
  if (n.op->name == "cumprod") return times(magnitude(value), growth(2 * reduced + 4, d));
  if (body_of<PrefixScan>(n)) { // sums of products, as they would be without signs
    Args magnitudes;
    for (const Ref& x : value->args) magnitudes.push_back(magnitude(x));
    return times(magnitude(make(*n.op, magnitudes, n.attrs)), growth(3 * reduced + 4, d));
  }
  // What a raw kernel computes is not known: a rounding for each element that a result may depend on, and some more.
  if (body_of<Opaque>(n)) return times(magnitude(value), growth(2 * reduced + 16, d));
  const auto& axes = n.attrs.integers("axes");
  bool keep = n.attrs.integer("keepdims") != 0;
  const Ref& x = value->args[0];
  if (n.op->name == "sum") return times(reduce("sum", magnitude(x), axes, keep), growth(reduced + 2, d));
  // Each square's relative error is twice that of its deviation, whose own comes from the mean: γₙ·mean|x| squared and
  // crossed with the deviation, at most γ₂ₙ·(variance + mean x²) in all.
  if (n.op->name == "variance") return times(value + reduce("sum", call("square", {x}), axes, keep) * constant(d, 1.0 / static_cast<double>(std::max<i64>(reduced, 1))), growth(2 * reduced + 8, d));
  // The logarithm turns the sum's relative error into an absolute one; each term's is its exponent's rounding, u·|x − m|·eˣ⁻ᵐ ≤ u.
  if (n.op->name == "logsumexp") return times(magnitude(value) * constant(d, 4 * u) + constant(d, growth(2 * reduced + 16, d)), 1);
  return times(magnitude(value), growth(2 * reduced + 4, d)); // products
}

// The graph with noise on every inexact node; `noise` makes a ±1 input of the given sizes.
std::vector<Ref> noisy(Precision p, const driver::InputBinding& sizes, const driver::DimValues& dims, std::span<const Ref> unified,
                       const std::function<Ref(DType, std::vector<i64>)>& noise) {
  std::unordered_map<const Node*, Ref> done;
  auto extents = [&](const Ref& n) { return sizes.shapes(std::span(&n, 1), dims)[0]; };
  for (const Node* n : post_order(unified)) {
    Args args;
    bool changed = false;
    for (const Ref& a : n->args) {
      args.push_back(done.at(a.get()));
      changed |= args.back() != a;
    }
    Ref value = changed ? make(*n->op, args, n->attrs) : Ref(n);
    if (n->op->name == "bitcast" && is_inexact(*n, p)) {
      Ref open = call("isnan", {args[0]});
      value = where(open, cast(noise(DType::f64, extents(Ref(n))) * constant(DType::f64, 1000), n->dtype()), value);
    } else if (is_inexact(*n, p)) {
      i64 all = 1, kept = 1, reduced = 1;
      if (!n->args.empty() && !body_of<Pointwise>(*n)) {
        for (i64 s : extents(n->args[0])) all *= s;
        for (i64 s : extents(Ref(n))) kept *= s;
        if (body_of<PrefixScan>(*n)) reduced = extents(Ref(n))[static_cast<std::size_t>(n->attrs.integer("axis"))];
        else if (body_of<Contraction>(*n)) reduced = extents(n->args[0]).back();
        else if (body_of<Scatter>(*n)) reduced = extents(n->args[0])[0];
        else reduced = kept ? all / kept : 0;
      }
      Ref error = error_of(value, *n, reduced, p);
      Ref zero = constant(n->dtype(), 0), finite = where(call("isfinite", {value}), error, zero);
      // No bound: anything may come out.
      if (!has_bound(*n, INFINITY)) finite = where(call("greater", {magnitude(args[0]), constant(n->dtype(), bounded_argument(n->dtype()))}), constant(n->dtype(), INFINITY), finite);
      if (n->op->name == "copysign") finite = where(call("isnan", {args[1]}), constant(n->dtype(), INFINITY), zero);
      Ref moved = value + noise(n->dtype(), extents(Ref(n))) * finite;
      // Another kind of number than the value's own: no bound either.
      if (n->op->name == "linear_recurrence") moved = where(call("isfinite", {largest_recurrence(*n, args)}), moved, where(call("isfinite", {value}), constant(n->dtype(), INFINITY), zero));
      value = moved;
    }
    done.emplace(n, value);
  }
  std::vector<Ref> roots;
  for (const Ref& r : unified) roots.push_back(done.at(r.get()));
  return roots;
}

} // namespace

Expected expected_of(const Program& program, std::span<const Array> inputs, Precision p, std::uint64_t seed) {
  constexpr int samples = 8;
  constexpr double safety = 4;
  Bindings values;
  for (std::size_t k = 0; k < inputs.size(); ++k) values.emplace(program.inputs[k], inputs[k]);
  Expected expected{interpret(program.outputs, values), {}};
  for (const Array& a : expected.values) expected.tolerance.emplace_back(static_cast<std::size_t>(a.count()), 0.0);

  bool exact = true;
  for (const Node* n : post_order(program.outputs)) exact = exact && !is_inexact(*n, p);
  if (exact) return expected;

  std::vector<Ref> roots = program.outputs;
  roots.insert(roots.end(), program.inputs.begin(), program.inputs.end());
  auto unified = passes::unify_dims(roots);
  driver::InputBinding binding(program, unified);
  std::vector<TensorView> views; // for their sizes
  for (const Array& a : inputs) views.push_back({nullptr, a.shape, strides_of(a.shape)});
  driver::DimValues dims = binding.bind(views);
  std::mt19937_64 rng(seed);
  for (int s = 0; s < samples; ++s) {
    Bindings with_noise;
    for (std::size_t k = 0; k < inputs.size(); ++k) with_noise.emplace(unified.roots[program.outputs.size() + k], inputs[k]);
    auto noise = [&](DType dtype, std::vector<i64> sizes) {
      Array signs(dtype, sizes);
      for (i64 i = 0; i < signs.count(); ++i) signs.store(i, {(rng() & 1 ? 1.0 : -1.0) * std::uniform_real_distribution<>(0.5, 1)(rng), 0});
      Shape shape;
      for (i64 size : sizes) shape.push_back(constant_dim(size));
      Ref input = variable("noise" + std::to_string(with_noise.size()), dtype, shape);
      with_noise.emplace(input, std::move(signs));
      return input;
    };
    auto moved = noisy(p, binding, dims, std::span(unified.roots).first(program.outputs.size()), noise);
    std::vector<Array> sample = interpret(moved, with_noise);
    for (std::size_t k = 0; k < sample.size(); ++k)
      for (i64 i = 0; i < sample[k].count(); ++i) {
        Scalar a = sample[k].load(i), b = expected.values[k].load(i);
        double& tolerance = expected.tolerance[k][static_cast<std::size_t>(i)];
        if (!is_float(sample[k].dtype)) {
          if (a.integer != b.integer) tolerance = INFINITY;
        } else if (std::isfinite(a.real) != std::isfinite(b.real) || std::isnan(a.real) != std::isnan(b.real)) {
          tolerance = INFINITY;
        } else if (std::isfinite(a.real)) {
          double smallest = sample[k].dtype == DType::f32 ? 0x1p-146 : 0x1p-1071;
          tolerance = std::max({tolerance, safety * std::fabs(a.real - b.real), smallest});
        }
      }
  }
  return expected;
}

} // namespace croton::comparison
