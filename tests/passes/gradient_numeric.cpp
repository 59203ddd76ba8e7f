// Every op with a derivative against central differences in f64, and the gradient of its gradient; new ops are taken
// from the records, so they are checked as soon as they exist.
#include "ir/build.h"
#include "ir/interpret.h"
#include "passes/gradient.h"
#include "tests/support/catch.h"
#include "tests/support/reduction_attrs.h"
#include <cmath>
#include <random>

using namespace croton;
using namespace croton::ir;
using namespace croton::passes;

namespace {

Dim k(i64 n) { return constant_dim(n); }
Ref f64_variable(std::string_view name, std::vector<i64> sizes) {
  Shape shape;
  for (i64 n : sizes) shape.push_back(k(n));
  return variable(name, DType::f64, shape);
}

struct Checked {
  Ref output;
  std::vector<Ref> wrt;
  std::vector<Domain> domain;
};

Bindings random_values(const Checked& c, std::mt19937_64& rng) {
  Bindings values;
  for (std::size_t j = 0; j < c.wrt.size(); ++j) {
    std::vector<i64> shape;
    for (const Dim& d : c.wrt[j]->shape()) shape.push_back(*constant_value(d));
    Array a(DType::f64, shape);
    Domain d = j < c.domain.size() ? c.domain[j] : Domain{};
    for (i64 i = 0; i < a.count(); ++i) a.store(i, {std::uniform_real_distribution<>(d.low, d.high)(rng), 0});
    values.emplace(c.wrt[j], a);
  }
  return values;
}

// A scalar that depends on every element of y with its own weight.
Ref weighted(const Ref& y) {
  if (y->rank() == 0) return y;
  Ref weights = constant(DType::f64, 1);
  for (int axis = 0; axis < y->rank(); ++axis)
    weights = weights * (iota(y->shape(), axis, DType::f64) * (0.3 + 0.2 * axis) + 0.7);
  std::vector<i64> all;
  for (int axis = 0; axis < y->rank(); ++axis) all.push_back(axis);
  return reduce("sum", y * weights, all);
}

std::vector<Ref> gradients(const Ref& scalar, std::span<const Ref> wrt) {
  Ref one = constant(DType::f64, 1);
  return vjp(std::span(&scalar, 1), std::span(&one, 1), wrt);
}

double derivative(const Ref& scalar, Bindings values, const Ref& x, i64 i, double step) {
  Array& a = values.at(x);
  double at = a.load(i).real;
  auto value = [&](double v) {
    a.store(i, {v, 0});
    return interpret(scalar, values).load(0).real;
  };
  // Five points: the error is of the fourth order.
  return (value(at - 2 * step) - 8 * value(at - step) + 8 * value(at + step) - value(at + 2 * step)) / (12 * step);
}

void check_first(const Ref& scalar, const Checked& c, const Bindings& values) {
  std::vector<Ref> g = gradients(scalar, c.wrt);
  for (std::size_t j = 0; j < c.wrt.size(); ++j) {
    if (!g[j]) continue;
    REQUIRE(g[j]->type == c.wrt[j]->type);
    Array exact = interpret(g[j], values);
    for (i64 i = 0; i < exact.count(); ++i) {
      double step = 1e-4 * std::max(1.0, std::fabs(values.at(c.wrt[j]).load(i).real));
      double numeric = derivative(scalar, values, c.wrt[j], i, step);
      INFO("element " << i << " of operand " << j << " at " << values.at(c.wrt[j]).load(i).real);
      REQUIRE(exact.load(i).real == Approx(numeric).epsilon(2e-6).margin(2e-7));
    }
  }
}

void check(const Checked& c, std::uint64_t seed = 5) {
  std::mt19937_64 rng(seed);
  Bindings values = random_values(c, rng);
  Ref scalar = weighted(c.output);
  check_first(scalar, c, values);
  // The gradient is a graph like any other: differentiate a mix of it.
  std::vector<Ref> g = gradients(scalar, c.wrt);
  Ref mix;
  for (const Ref& part : g)
    if (part) mix = mix ? mix + weighted(part) : weighted(part);
  INFO("second derivative");
  if (mix) check_first(mix, c, values);
}

Ref apply(const Op& op, Args args, Attrs attrs = {}) { return make(op, std::move(args), std::move(attrs)); }

} // namespace

TEST_CASE("pointwise ops against central differences") {
  for (const Op* op : all_ops()) {
    bool numeric = op->accepts == Accepts::numeric || op->accepts == Accepts::real_number || op->accepts == Accepts::floating;
    if (!std::holds_alternative<Pointwise>(op->body) || !op->vjp || !op->differentiable || !numeric) continue;
    INFO("op " << op->name);
    std::vector<Ref> wrt;
    Args args;
    for (std::size_t j = 0; j < op->params.size(); ++j) {
      wrt.push_back(f64_variable("x" + std::to_string(j), j == 1 ? std::vector<i64>{4} : std::vector<i64>{3, 4})); // broadcasting
      args.push_back(wrt.back());
    }
    Checked c{apply(*op, args), wrt, op->domain};
    if (op->domain.size() == 1) c.domain = std::vector<Domain>(wrt.size(), op->domain[0]);
    check(c);
    if (wrt.size() == 2) check({apply(*op, {wrt[0], wrt[0] * 0.5}), {wrt[0]}, c.domain}); // the same operand twice
  }
}

TEST_CASE("selection and casts against central differences") {
  Ref x = f64_variable("x", {3, 4}), y = f64_variable("y", {4});
  Ref positive = call("greater", {x, constant(DType::f64, 0)});
  check({where(positive, x * y, call("sin", {x})), {x, y}, {}});
  check({call("maximum", {x, y}) * call("minimum", {x, y * 2.0}), {x, y}, {}});
  check({cast(cast(x, DType::f64), DType::f64) * x, {x}, {}});
}

TEST_CASE("reductions against central differences") {
  Ref x = f64_variable("x", {2, 3, 4});
  for (const Op* op : all_ops()) {
    if (!std::holds_alternative<Reduction>(op->body) || !op->vjp || !op->differentiable) continue;
    INFO("op " << op->name);
    for (bool keep : {false, true})
      for (const std::vector<i64>& axes : {std::vector<i64>{2}, std::vector<i64>{0, 1}, std::vector<i64>{0, 1, 2}})
        check({apply(*op, {x}, croton::test::reduction_attrs(*op, DType::f64, axes, keep)), {x}, op->domain});
  }
}

TEST_CASE("scans against central differences") {
  for (const Op* op : all_ops()) {
    if (!std::holds_alternative<PrefixScan>(op->body)) continue;
    for (i64 axis : {0, 1})
      for (i64 flags : {0, 1, 2, 3}) {
        INFO("op " << op->name << " axis " << axis << " flags " << flags);
        Attrs attrs{{"axis", axis}, {"reverse", flags & 1}, {"exclusive", flags >> 1}};
        if (op->name == "prefix_scan") attrs.set("combine", std::string("a + b + 0.5 * a * b")), attrs.set("identity", 0.0); // (1 + a/2)(1 + b/2)
        std::vector<Ref> wrt;
        Args args;
        for (std::string_view param : op->params) args.push_back(wrt.emplace_back(f64_variable(param, {3, 4})));
        Ref y = apply(*op, args, attrs), bound = constant(DType::f64, 50); // of none it may be an infinity
        check({call("maximum", {call("minimum", {y, bound}), -bound}), wrt, op->domain});
      }
  }
}

TEST_CASE("running products that hold zeros have derivatives") {
  Ref x = f64_variable("x", {6});
  for (i64 exclusive : {0, 1})
    for (std::vector<double> at : {std::vector<double>{2, 0, 3, -1, 0, 4}, {0, 0, 0, 1, 2, 3}, {1, 2, 3, 4, 5, 0}}) {
      Array a(DType::f64, {6});
      for (i64 i = 0; i < 6; ++i) a.store(i, {at[static_cast<std::size_t>(i)], 0});
      Checked c{scan("cumprod", {x}, 0, false, exclusive != 0), {x}, {}};
      check_first(weighted(c.output), c, {{x, a}});
      check_first(weighted(gradients(weighted(c.output), c.wrt)[0]), c, {{x, a}});
    }
}

TEST_CASE("the first of equal elements has the gradient of a running maximum") {
  Ref x = f64_variable("x", {6});
  auto gradient_at = [&](const char* op, std::vector<double> at) {
    Array a(DType::f64, {6});
    for (i64 i = 0; i < 6; ++i) a.store(i, {at[static_cast<std::size_t>(i)], 0});
    Ref scalar = reduce("sum", scan(op, {x}, 0), {0});
    Array g = interpret(gradients(scalar, std::vector<Ref>{x})[0], {{x, a}});
    std::vector<double> result;
    for (i64 i = 0; i < 6; ++i) result.push_back(g.load(i).real);
    return result;
  };
  CHECK(gradient_at("cummax", {1, 1, 0, 3, 3, 2}) == std::vector<double>{3, 0, 0, 3, 0, 0});
  CHECK(gradient_at("cummax", {-INFINITY, -INFINITY, 1, NAN, 2, NAN}) == std::vector<double>{2, 0, 1, 3, 0, 0});
  CHECK(gradient_at("cummin", {2, 2, 3, 1, 1, 1}) == std::vector<double>{3, 0, 0, 3, 0, 0});
  CHECK(gradient_at("logcumsumexp", {-INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY, -INFINITY}) == std::vector<double>(6, 0));
}

TEST_CASE("views against central differences") {
  Ref x = f64_variable("x", {3, 4}), square = call("square", {x});
  Ref row = f64_variable("row", {1, 4}), fill = f64_variable("fill", {});
  check({reshape(square, {k(2), k(6)}), {x}, {}});
  check({broadcast_to(call("sin", {row}), {k(2), k(3), k(4)}), {row}, {}});
  check({permute(square, {1, 0}), {x}, {}});
  check({expand_dims(square, {1}), {x}, {}});
  check({squeeze(call("exp", {row}), {0}), {row}, {}});
  for (i64 step : {1, 2, -1}) check({slice(square, 1, k(step < 0 ? 3 : 1), k(2), step), {x}, {}});
  for (i64 step : {1, 2, -2}) {
    Ref placed = call("place", {square, fill, k(step < 0 ? 8 : 1), k(10)}, {{"axis", i64(1)}, {"step", step}});
    check({placed * placed, {x, fill}, {}});
  }
  for (i64 offset : {0, 1, -1, 3}) check({call("diagonal", {square}, {{"offset", offset}}), {x}, {}});
  check({call("concatenate", {square, call("exp", {row}), x}, {{"axis", i64(0)}}), {x, row}, {}});
}

TEST_CASE("products and gathers against central differences") {
  Ref a = f64_variable("a", {3, 4}), b = f64_variable("b", {4, 2});
  check({matmul(a, b), {a, b}, {}});
  Ref many = f64_variable("many", {2, 3, 4}), other = f64_variable("other", {2, 4, 3});
  check({call("tanh", {matmul(many, other)}), {many, other}, {}});
  auto positions = [](std::vector<i64> values) {
    std::vector<std::byte> bytes(values.size() * 8);
    std::copy_n(reinterpret_cast<const std::byte*>(values.data()), bytes.size(), bytes.data());
    return constant_array(DType::i64, {static_cast<i64>(values.size())}, bytes);
  };
  Ref square = call("square", {a});
  check({call("take", {square, positions({0, 2, 2, 1})}, {{"axis", i64(0)}}), {a}, {}});
  check({call("take", {square, positions({3, 0, 3})}, {{"axis", i64(1)}}), {a}, {}});
  check({call("pick", {square, positions({3, 0, 3})}, {{"axis", i64(1)}}), {a}, {}});
  check({apply(*find_op("scatter_add"), {square, positions({1, 0, 1}), k(5)}), {a}, {}});
}
