// Derivatives against closed forms, the traps, connection, errors, and size.
#include "passes/gradient.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "passes/batch.h"
#include "passes/simplify.h"
#include "tests/support/catch.h"
#include <cmath>

using namespace croton;
using namespace croton::ir;
using namespace croton::passes;

namespace {

Dim k(i64 n) { return constant_dim(n); }

const Ref x = variable("x", DType::f64, {});
const Ref y = variable("y", DType::f64, {});
const Ref v = variable("v", DType::f64, {symbol_dim("n")});
const Ref w = variable("w", DType::f64, {symbol_dim("n")});

Array values(std::vector<i64> shape, std::vector<double> elements) { return array_of<double>(std::move(shape), elements); }

Ref grad(const Ref& output, const Ref& wrt) {
  Ref one = constant(output->dtype(), 1);
  return vjp(std::span(&output, 1), std::span(&one, 1), std::span(&wrt, 1))[0];
}

double at(const Ref& root, double xv, double yv = 0) {
  return interpret(root, {{x, values({}, {xv})}, {y, values({}, {yv})}}).load(0).real;
}

std::vector<double> at_vector(const Ref& root, std::vector<double> vv, std::vector<double> ww = {}) {
  i64 n = static_cast<i64>(vv.size());
  if (ww.empty()) ww.assign(vv.size(), 1);
  return elements_of<double>(interpret(root, {{v, values({n}, std::move(vv))}, {w, values({n}, std::move(ww))}}));
}

Ref sum(const Ref& a) { return reduce("sum", a, {0}); }
Ref fn(std::string_view op, const Ref& a) { return call(op, {a}); }

} // namespace

TEST_CASE("derivatives at the places where they are a matter of definition") {
  CHECK(at(grad(fn("abs", x), x), 0) == 0);
  CHECK(at(grad(fn("sqrt", x), x), 0) == INFINITY);
  Ref larger = call("maximum", {x, y}), smaller = call("minimum", {x, y});
  for (const Ref& extreme : {larger, smaller}) { // a tie goes to the first
    CHECK(at(grad(extreme, x), 2, 2) == 1);
    CHECK(at(grad(extreme, y), 2, 2) == 0);
  }
  Ref power = call("pow", {x, y});
  CHECK(at(grad(power, x), 0, 2) == 0);
  CHECK(at(grad(power, y), 0, 2) == 0);
  CHECK(std::isnan(at(grad(power, x), 0, 0)));
  CHECK(at(grad(power, y), 0, 0) == 0);
  CHECK(at(grad(power, x), -2, 3) == 12);
  CHECK(std::isnan(at(grad(power, y), -2, 3)));
  CHECK(at(grad(power, y), 2, 3) == Approx(5.545177444479562));
  Ref remainder = call("remainder", {x, y});
  CHECK(at(grad(remainder, x), 7, 2) == 1);
  CHECK(at(grad(remainder, y), 7, 2) == -3);
  CHECK(at(grad(remainder, y), -7, 2) == 4);
  CHECK(at(grad(call("floor_divide", {x, y}), x), 7, 2) == 0);
}

TEST_CASE("clip gives its gradient to the operand at the bounds") {
  Ref low = constant(DType::f64, -1), high = constant(DType::f64, 1);
  Ref clipped = call("minimum", {call("maximum", {x, low}), high});
  CHECK(at(grad(clipped, x), -1) == 1);
  CHECK(at(grad(clipped, x), 1) == 1);
  CHECK(at(grad(clipped, x), -2) == 0);
  CHECK(at(grad(clipped, x), 2) == 0);
}

TEST_CASE("what a condition does not select has no gradient, however wild its derivative") {
  Ref zero = constant(DType::f64, 0), positive = call("greater", {x, zero});
  CHECK(at(grad(where(positive, fn("log", x), zero), x), 0) == 0);
  CHECK(at(grad(where(positive, fn("sqrt", x), zero), x), 0) == 0);
  CHECK(at(grad(where(positive, zero, 1.0 / x), x), 4) == 0);
  CHECK(at(grad(where(positive, x * fn("log", fn("sqrt", x)), x), x), 0) == 1);
  // Two conditions in a row.
  Ref inner = where(call("greater", {y, zero}), fn("log", x), zero);
  CHECK(at(grad(where(positive, inner, zero), x), 0, 1) == 0);
  CHECK(at(grad(where(positive, inner, zero), x), 0.5, 1) == 2);
  CHECK(at(grad(where(positive, inner, zero), x), 0.5, -1) == 0);
  CHECK(at(grad(grad(where(positive, fn("log", x), zero), x), x), 2) == -0.25);
}

TEST_CASE("ties in a maximum share the gradient") {
  Ref g = grad(reduce("max", v, {0}), v);
  CHECK(at_vector(g, {1, 5, 5, 2}) == std::vector<double>{0, 0.5, 0.5, 0});
}

TEST_CASE("stop_gradient, intermediate variables and known cotangents") {
  Ref square = x * x;
  CHECK(at(grad(fn("stop_gradient", square) * x, x), 3) == 9);
  CHECK(at(grad(square * square, square), 3) == 18); // with respect to an intermediate node
  CHECK(at(grad(square * square, x), 3) == 108);
  Ref five = constant(DType::f64, 5);
  CHECK(at(vjp(std::span(&square, 1), std::span(&five, 1), std::span(&x, 1))[0], 3) == 30);
  std::vector<Ref> both{square, x};
  Ref product = square * x, one = constant(DType::f64, 1);
  auto g = vjp(std::span(&product, 1), std::span(&one, 1), both);
  CHECK(at(g[0], 3) == 3);
  CHECK(at(g[1], 3) == 27); // total: also through the square
}

TEST_CASE("connection") {
  CHECK_FALSE(grad(x * x, y));
  Ref through_floor = grad(fn("floor", x) * y, x);
  REQUIRE(through_floor);
  CHECK(at(through_floor, 1.5, 2) == 0);
  CHECK(at(grad(cast(cast(x, DType::i64), DType::f64), x), 2.5) == 0);
}

TEST_CASE("errors name the op and the user's line") {
  Ref counted = variable("counted", DType::i32, {});
  CHECK_THROWS_AS(grad(x, counted), GradientError);
  CHECK_THROWS_AS(grad(counted, counted), GradientError);
  static const Op& opaque = register_op({.name = "test_opaque", .doc = "No derivative.", .group = "internal", .params = {"x"},
                                         .body = View{}, .type = [](const Op&, const Args& args, const Attrs&) { return args[0]->type; }});
  Ref root = make(opaque, {x * 2.0}, {}, Location("/home/user/model.cpp", 12));
  try {
    grad(root, x);
    FAIL("no error");
  } catch (const GradientError& e) {
    CHECK(std::string(e.what()).find("test_opaque (model.cpp:12)") != std::string::npos);
    CHECK(e.where().line == 12);
  }
  CHECK_FALSE(grad(root, y)); // not on the way: no error
  CHECK_THROWS_AS(hessian(v, v), GradientError);
}

TEST_CASE("new nodes are attributed to the line they differentiate") {
  Ref root;
  {
    LocationScope scope(Location("model.cpp", 7));
    root = fn("tan", variable("here", DType::f64, {}));
  }
  Ref g = grad(root, root->args[0]);
  CHECK(g->where.line == 7);
}

TEST_CASE("jvp") {
  Ref f = fn("sin", v) * w;
  std::vector<Ref> wrt{v, w}, tangents{constant(DType::f64, 2), constant(DType::f64, 3)};
  Ref t = jvp(std::span(&f, 1), wrt, tangents)[0];
  auto found = at_vector(t, {0.3, 1.2}, {0.7, -2});
  CHECK(found[0] == Approx(2 * std::cos(0.3) * 0.7 + 3 * std::sin(0.3)));
  CHECK(found[1] == Approx(2 * std::cos(1.2) * -2 + 3 * std::sin(1.2)));
  for (const Node* n : post_order(t)) CHECK(user_name(*n).find("cotangent") == std::string_view::npos);
  CHECK_FALSE(jvp(std::span(&f, 1), std::span(&x, 1), std::span(tangents.data(), 1))[0]);
}

TEST_CASE("jacobian") {
  auto check = [](const Ref& f, std::vector<double> at_point, std::vector<double> expected) {
    auto found = at_vector(jacobian(f, v), std::move(at_point));
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[i]).margin(1e-12));
  };
  check(fn("exp", v), {0, 1}, {1, 0, 0, std::exp(1)});
  check(v * sum(v), {1, 2}, {1 + 3, 1, 2, 2 + 3}); // δᵢⱼ·s + vᵢ
  check(sum(fn("square", v)), {1, 2}, {2, 4});
  Dim n = symbol_dim("n");
  Ref square = expand_dims(v, {0}) * expand_dims(v, {1}), flipped = slice(v, 0, index_sub(n, k(1)), n, -1);
  check(flipped * v, {2, 3}, {3, 2, 3, 2});
  check(reduce("sum", square, {1}), {1, 2}, {4, 1, 2, 5});
  check(reduce("logsumexp", v, {0}), {0, 0}, {0.5, 0.5});
  check(permute(reshape(square, {n, n}), {1, 0}), {1, 2}, {2, 0, 2, 1, 2, 1, 0, 4});
  check(call("concatenate", {v, v * 2.0}, {{"axis", i64(0)}}), {1, 2}, {1, 0, 0, 1, 2, 0, 0, 2});
  check(call("diagonal", {square}, {{"offset", i64(0)}}), {1, 3}, {2, 0, 0, 6});
  check(reshape(matmul(square, expand_dims(v, {1})), {n}), {1, 2}, {1 * 2 + 5, 4, 2 * 2, 8 + 5}); // vᵢ·|v|²
  CHECK_FALSE(jacobian(w, v));
}

TEST_CASE("jacobians through gathers and scatters") {
  auto positions = constant_array(DType::i64, {3}, [] {
    i64 p[] = {1, 1, 0};
    auto* bytes = reinterpret_cast<const std::byte*>(p);
    return std::vector<std::byte>(bytes, bytes + sizeof p);
  }());
  Ref taken = call("take", {fn("square", v), positions}, {{"axis", i64(0)}});
  CHECK(at_vector(jacobian(taken, v), {2, 3}) == std::vector<double>{0, 6, 0, 6, 4, 0});
  Ref rows = expand_dims(v, {0}) * expand_dims(taken, {1}), picked = call("pick", {rows, positions}, {{"axis", i64(1)}});
  CHECK(at_vector(picked, {2, 3}) == std::vector<double>{27, 27, 8}); // v³ at the positions
  CHECK(at_vector(jacobian(picked, v), {2, 3}) == std::vector<double>{0, 27, 0, 27, 12, 0});
}

TEST_CASE("hessian and its product with a vector") {
  Ref rosenbrock = sum(fn("square", v * v - 1.0)) + fn("square", sum(v));
  // ∂² = δᵢⱼ(12vᵢ² − 4) + 2
  auto h = at_vector(hessian(rosenbrock, v), {1, 2});
  CHECK(h == std::vector<double>{10, 2, 2, 46});
  auto product = at_vector(hessian_vector_product(rosenbrock, v, w), {1, 2}, {3, -1});
  CHECK(product == std::vector<double>{28, -40});
  CHECK(at_vector(hessian_vector_product(sum(v * w), v, w), {1, 2}, {3, -1}) == std::vector<double>{0, 0});
  auto loss = reduce("logsumexp", v, {0});
  auto lse = at_vector(hessian(loss, v), {0, 0});
  CHECK(lse[0] == Approx(0.25));
  CHECK(lse[1] == Approx(-0.25));
}

TEST_CASE("derivatives of a product at zeros") {
  Ref product = reduce("prod", v, {0});
  CHECK(at_vector(grad(product, v), {2, 0, 3}) == std::vector<double>{0, 6, 0});
  CHECK(at_vector(hessian(product, v), {2, 3, 5}) == std::vector<double>{0, 5, 3, 5, 0, 2, 3, 2, 0});
  CHECK(at_vector(hessian(product, v), {2, 0, 3}) == std::vector<double>{0, 3, 0, 3, 0, 2, 0, 2, 0});
  CHECK(at_vector(hessian(product, v), {2, 0, 0}) == std::vector<double>{0, 0, 0, 0, 0, 2, 0, 2, 0});
  CHECK(at_vector(hessian(product, v), {0, 0, 0}) == std::vector<double>(9, 0.0));
}

TEST_CASE("batching computes row by row") {
  Ref matrix = variable("matrix", DType::f64, {k(3), k(2)}), row = variable("row", DType::f64, {k(2)});
  Ref weights = variable("weights", DType::f64, {k(2), k(2)});
  Ref f = reshape(matmul(expand_dims(fn("exp", row), {0}), weights), {k(2)}) - reduce("max", row, {0}, true);
  Ref batched = batch(std::span(&f, 1), std::span(&row, 1), std::span(&matrix, 1))[0];
  Bindings bound{{matrix, values({3, 2}, {0, 1, 2, 3, 4, 5})}, {weights, values({2, 2}, {1, 2, 3, 4})}};
  auto all = elements_of<double>(interpret(batched, bound));
  for (int i = 0; i < 3; ++i) {
    bound.insert_or_assign(row, values({2}, {2.0 * i, 2.0 * i + 1}));
    auto one = elements_of<double>(interpret(f, bound));
    CHECK(all[2 * i] == one[0]);
    CHECK(all[2 * i + 1] == one[1]);
  }
}

TEST_CASE("a chain of 100,000 nodes differentiates without deep recursion") {
  Ref deep = x;
  for (int i = 0; i < 100000; ++i) deep = fn("sin", deep);
  CHECK(at(grad(deep, x), 0) == 1);
}
