#include "tests/differential/bounds.h"
#include "src/driver/binding.h"
#include <algorithm>
#include <cmath>
#include <random>

namespace croton::test {

using namespace ir;

double unit_roundoff(DType dtype) { return dtype == DType::f32 ? 0x1p-24 : 0x1p-53; }

double growth(i64 n, DType dtype) {
  double nu = static_cast<double>(n) * unit_roundoff(dtype);
  return nu / (1 - nu);
}

double pointwise_bound(const Node& node) {
  const UlpBound& ulp = std::get<Pointwise>(node.op->body).ulp;
  bool narrow = node.dtype() == DType::f32;
  double own = narrow ? ulp.f32 : ulp.f64;
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

bool is_inexact(const Node& n, bool strict) {
  if (n.op->name == "bitcast" && is_float(n.args[0]->dtype())) return true; // nor bits
  if (!is_float(n.dtype())) return false;
  if (n.op->name == "copysign") return true; // a NaN has no sign to rely on
  if (body_of<Pointwise>(n)) {
    bool product = n.op->name == "multiply" || n.op->name == "square";
    return pointwise_bound(n) > 0 || (product && !strict);
  }
  if (body_of<Reduction>(n)) return n.op->name != "max" && n.op->name != "min";
  return body_of<Contraction>(n) || body_of<Scatter>(n);
}

namespace {

Ref magnitude(const Ref& x) { return call("abs", {x}); }

// The bound of one element as a node of the value's shape.
Ref error_of(const Ref& value, const Node& n, i64 reduced) {
  DType d = n.dtype();
  auto times = [&](const Ref& x, double factor) { return x * constant(d, factor); };
  double u = unit_roundoff(d);
  if (body_of<Pointwise>(n)) return times(magnitude(value), 2 * u * std::max(pointwise_bound(n), 0.5));
  if (body_of<Contraction>(n)) return times(matmul(magnitude(value->args[0]), magnitude(value->args[1])), growth(reduced + 2, d));
  if (body_of<Scatter>(n)) return times(make(*n.op, {magnitude(value->args[0]), value->args[1], value->args[2]}, n.attrs), growth(reduced + 2, d));
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
std::vector<Ref> noisy(const Case& c, const driver::InputBinding& sizes, const driver::DimValues& dims, std::span<const Ref> unified,
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
    if (n->op->name == "bitcast" && is_inexact(*n, c.strict)) {
      Ref open = call("isnan", {args[0]});
      value = where(open, cast(noise(DType::f64, extents(Ref(n))) * constant(DType::f64, 1000), n->dtype()), value);
    } else if (is_inexact(*n, c.strict)) {
      i64 all = 1, kept = 1, reduced = 1;
      if (!n->args.empty() && !body_of<Pointwise>(*n)) {
        for (i64 s : extents(n->args[0])) all *= s;
        for (i64 s : extents(Ref(n))) kept *= s;
        if (body_of<Contraction>(*n)) reduced = extents(n->args[0]).back();
        else if (body_of<Scatter>(*n)) reduced = extents(n->args[0])[0];
        else reduced = kept ? all / kept : 0;
      }
      Ref error = error_of(value, *n, reduced);
      Ref zero = constant(n->dtype(), 0), finite = where(call("isfinite", {value}), error, zero);
      // No bound: anything may come out.
      if (!has_bound(*n, INFINITY)) finite = where(call("greater", {magnitude(args[0]), constant(n->dtype(), bounded_argument(n->dtype()))}), constant(n->dtype(), INFINITY), finite);
      if (n->op->name == "copysign") finite = where(call("isnan", {args[1]}), constant(n->dtype(), INFINITY), zero);
      value = value + noise(n->dtype(), extents(Ref(n))) * finite;
    }
    done.emplace(n, value);
  }
  std::vector<Ref> roots;
  for (const Ref& r : unified) roots.push_back(done.at(r.get()));
  return roots;
}

} // namespace

Expected expected_of(const Case& c, std::uint64_t seed) {
  constexpr int samples = 8;
  constexpr double safety = 4;
  Bindings values;
  for (std::size_t k = 0; k < c.inputs.size(); ++k) values.emplace(c.inputs[k], c.values[k]);
  Expected expected{interpret(c.outputs, values), {}};
  for (const Array& a : expected.values) expected.tolerance.emplace_back(static_cast<std::size_t>(a.count()), 0.0);

  bool exact = true;
  for (const Node* n : post_order(c.outputs)) exact = exact && !is_inexact(*n, c.strict);
  if (exact) return expected;

  Program program = program_of(c);
  std::vector<Ref> roots = c.outputs;
  roots.insert(roots.end(), c.inputs.begin(), c.inputs.end());
  auto unified = passes::unify_dims(roots);
  driver::InputBinding binding(program, unified);
  Arrays inputs = c.values;
  std::vector<TensorView> views;
  for (Array& a : inputs) views.push_back(view_of(a));
  driver::DimValues dims = binding.bind(views);
  std::mt19937_64 rng(seed);
  for (int s = 0; s < samples; ++s) {
    Bindings with_noise;
    for (std::size_t k = 0; k < c.inputs.size(); ++k) with_noise.emplace(unified.roots[c.outputs.size() + k], c.values[k]);
    auto noise = [&](DType dtype, std::vector<i64> sizes) {
      Array signs(dtype, sizes);
      for (i64 i = 0; i < signs.count(); ++i) signs.store(i, {(rng() & 1 ? 1.0 : -1.0) * std::uniform_real_distribution<>(0.5, 1)(rng), 0});
      Shape shape;
      for (i64 size : sizes) shape.push_back(constant_dim(size));
      Ref input = variable("noise" + std::to_string(with_noise.size()), dtype, shape);
      with_noise.emplace(input, std::move(signs));
      return input;
    };
    auto moved = noisy(c, binding, dims, std::span(unified.roots).first(c.outputs.size()), noise);
    Arrays sample = interpret(moved, with_noise);
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

std::string difference(const Arrays& got, const Expected& expected) {
  for (std::size_t k = 0; k < got.size(); ++k) {
    const Array &a = got[k], &b = expected.values[k];
    if (a.dtype != b.dtype || a.shape != b.shape)
      return "result " + std::to_string(k) + " is " + shape_text(a.shape) + ", expected " + shape_text(b.shape);
    for (i64 i = 0; i < a.count(); ++i) {
      double tolerance = expected.tolerance[k][static_cast<std::size_t>(i)];
      Scalar x = a.load(i), y = b.load(i);
      bool fits = std::isinf(tolerance);
      if (!is_float(a.dtype)) fits |= x.integer == y.integer;
      else fits |= (std::isnan(x.real) && std::isnan(y.real)) || x.real == y.real || std::fabs(x.real - y.real) <= tolerance;
      if (!fits)
        return "result " + std::to_string(k) + " " + shape_text(a.shape) + " element " + std::to_string(i) + ": " + text_of(a, i) + ", expected " +
               text_of(b, i) + " ± " + std::to_string(tolerance);
    }
  }
  return "";
}

} // namespace croton::test
