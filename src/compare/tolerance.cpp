#include "src/compare/tolerance.h"
#include "ir/build.h"
#include "ir/error_bound.h"
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

double pointwise_bound(const Node& node, bool exact_division) {
  const UlpBound& ulp = std::get<Pointwise>(node.op->body).ulp;
  bool narrow = node.dtype() == DType::f32;
  double own = narrow ? ulp.f32 : ulp.f64;
  if (!exact_division && narrow) own = std::max(own, ulp.f32_loose);
  if (own <= 0.5) return 0; // rounded once, like the reference's own value
  return own + 0.5 + (narrow ? 0 : 5);
}

bool is_inexact(const Node& n, Precision p) {
  if (n.op->unspecified && n.op->unspecified(n)) return true;
  if (!is_float(n.dtype())) return false;
  if (auto* body = body_of<Pointwise>(n)) return pointwise_bound(n, p.exact_division) > 0 || (body->product && !p.strict);
  return n.op->error != nullptr;
}

namespace {

// How many elements are merged into one of the value's, given the sizes of its operands and its own.
i64 merged_count(const Node& n, const std::function<std::vector<i64>(const Ref&)>& extents) {
  if (n.args.empty() || body_of<Pointwise>(n)) return 1;
  std::vector<i64> from = extents(n.args[0]), to = extents(Ref(&n));
  if (body_of<PrefixScan>(n)) return to[static_cast<std::size_t>(n.attrs.integer("axis"))];
  if (body_of<Contraction>(n)) return from.back();
  if (body_of<Scatter>(n)) return from[0];
  i64 all = 1, kept = 1;
  for (i64 s : from) all *= s;
  for (i64 s : to) kept *= s;
  return kept ? all / kept : 0;
}

Ref error_of(const Ref& value, const std::function<std::vector<i64>(const Ref&)>& extents, const Node& n, Precision p) {
  if (n.op->error) return n.op->error(value, merged_count(n, extents));
  auto* body = body_of<Pointwise>(n);
  double ulps = !body ? 0 : std::max(pointwise_bound(n, p.exact_division), body->product && !p.strict ? 0.5 : 0);
  return magnitude(value) * (2 * unit_roundoff(n.dtype()) * ulps);
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
    Ref exact = changed ? make(*n->op, args, n->attrs) : Ref(n), value = exact;
    if (is_inexact(*n, p)) {
      std::vector<i64> shape = extents(Ref(n));
      Ref open = n->op->unspecified ? n->op->unspecified(*exact) : Ref();
      if (is_float(n->dtype())) {
        Ref zero = constant(n->dtype(), 0), infinite = constant(n->dtype(), INFINITY), is_finite = call("isfinite", {exact});
        value = exact + noise(n->dtype(), shape) * where(is_finite, error_of(exact, extents, *n, p), zero);
        if (open) value = where(open, where(is_finite, infinite, zero), value); // another kind of number: nothing is decided
      } else if (open) {
        value = where(open, cast(noise(DType::f64, shape) * constant(DType::f64, 1000), n->dtype()), value);
      }
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
