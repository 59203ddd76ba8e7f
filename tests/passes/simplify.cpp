// The engine: order, identity, locations, logs, size; and chains of rules as users meet them.
#include "passes/simplify.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "ir/text.h"
#include "passes/gradient.h"
#include "passes/rules.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"
#include <chrono>
#include <cmath>

using namespace croton;
using namespace croton::ir;
using namespace croton::passes;

namespace {

const Ref x = variable("x", DType::f32, {symbol_dim("rows"), symbol_dim("columns")});
const Ref n = variable("n", DType::i32, {symbol_dim("rows")});

Ref fn(std::string_view op, const Ref& a) { return call(op, {a}); }
Ref sum(const Ref& v, bool keep = true) { return reduce("sum", v, {1}, keep); }
Ref lse(const Ref& v, bool keep = true) { return reduce("logsumexp", v, {1}, keep); }

// As the public functions write them.
Ref softmax(const Ref& v) {
  Ref e = fn("exp", v - fn("stop_gradient", reduce("max", v, {1}, true)));
  return e / sum(e);
}

} // namespace

TEST_CASE("a graph to which no rule applies comes back as it is") {
  for (const Ref& root : {x, x + 1.0, fn("exp", x) * x, sum(x), reshape(x, {element_count(x->shape())}), x - x, x * 0.0, x + 0.0, x / 3.0}) {
    RewriteLog log;
    CHECK(simplify(root, {}, &log) == root);
    CHECK(log.steps.empty());
  }
}

TEST_CASE("the stability family") {
  CHECK(simplify(fn("log", 1.0 + x)) == fn("log1p", x));
  CHECK(simplify(fn("log", 1.0 + fn("exp", x))) == fn("softplus", x));
  CHECK(simplify(1.0 / (1.0 + fn("exp", -x))) == fn("sigmoid", x));
  CHECK(simplify(fn("log", 1.0 / (1.0 + fn("exp", -x)))) == -fn("softplus", -x));
  CHECK(simplify(fn("log", 1.0 - fn("sigmoid", x))) == -fn("softplus", x));
  CHECK(simplify(fn("log", sum(fn("exp", x), false))) == lse(x, false));
  CHECK(simplify(fn("log", fn("exp", x) / sum(fn("exp", x)))) == x - lse(x));
  Ref m = reduce("max", x, {1}, true);
  Ref shifted = (x - m) - fn("log", sum(fn("exp", x - m)));
  CHECK(simplify(fn("log", softmax(x))) == shifted);
  CHECK(simplify(fn("log", sum(fn("exp", x - m))) + m) == lse(x));
  Ref labels = variable("labels", DType::i64, {symbol_dim("rows")});
  Ref picked = call("pick", {softmax(x), labels}, {{"axis", i64(1)}});
  CHECK(simplify(fn("log", picked)) == call("pick", {shifted, labels}, {{"axis", i64(1)}}));
}

TEST_CASE("IEEE by default, algebra with fast math") {
  RewriteOptions fast{.fast_math = true};
  Ref zero = broadcast_to(constant(DType::f32, 0), x->shape());
  CHECK(simplify(x * 0.0, fast) == zero);
  CHECK(simplify(x - x, fast) == zero);
  CHECK(simplify(x + 0.0, fast) == x);
  CHECK(simplify(x / 4.0) == x * 0.25);
  CHECK(simplify((x * 3.0) * 5.0) == (x * 3.0) * 5.0);
  CHECK(simplify((x * 3.0) * 5.0, fast) == x * 15.0);
  CHECK(simplify(n * 0.0) == broadcast_to(constant_int(DType::i32, 0), n->shape()));
  CHECK(simplify(call("floor_divide", {x, constant(DType::f32, 1)})) == call("floor_divide", {x, constant(DType::f32, 1)}));
}

TEST_CASE("sizes are left alone") {
  Dim rows = symbol_dim("rows");
  Dim odd = call("multiply", {rows, constant_dim(1)}); // not canonical, but not ours to touch
  Ref stretched = broadcast_to(constant(DType::f32, 1), {odd});
  CHECK(simplify(stretched) == stretched);
  CHECK(simplify(cast(rows, DType::f32) * 1.0) == cast(rows, DType::f32)); // a number made of a size is a number
}

TEST_CASE("new nodes keep the line of the node they replace, and the log tells the rules") {
  Ref root;
  {
    LocationScope line(Location("user.cpp", 41));
    root = fn("log", 1.0 + fn("exp", variable("located", DType::f64, {})));
  }
  RewriteLog log;
  Ref result = simplify(root, {}, &log);
  CHECK(result->op->name == "softplus");
  CHECK(result->where.line == 41);
  CHECK(log.rules_behind(result) == std::vector<std::string_view>{"log1p", "softplus"});
}

TEST_CASE("a long chain takes linear time and no deep recursion") {
  Ref deep = variable("deep", DType::f32, {});
  for (int i = 0; i < 50000; ++i) deep = (i % 2 ? fn("sin", deep) : -(-deep)) * 1.0;
  auto start = std::chrono::steady_clock::now();
  Ref result = simplify(deep);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CHECK(post_order(result).size() == 25001);
  CHECK(simplify(result) == result);
  WARN("125,000 nodes simplified in " << seconds << " s");
  CHECK(seconds < 20); // a bound against quadratic growth, not a benchmark
}

TEST_CASE("gradients come out clean") {
  Ref w = variable("w", DType::f32, {constant_dim(3)});
  Ref loss = reduce("sum", fn("square", w), {0});
  Ref one = constant(DType::f32, 1);
  Ref g = vjp(std::span(&loss, 1), std::span(&one, 1), std::span(&w, 1))[0];
  CHECK(simplify(g) == w * 2.0);
}

namespace {

bool agree(DType d, const Scalar& a, const Scalar& b) {
  if (!is_float(d)) return a.integer == b.integer;
  if (!std::isfinite(a.real)) return true; // stable rules may do better
  double tolerance = d == DType::f32 ? 2e-4 : 1e-9;
  return std::fabs(a.real - b.real) <= tolerance * std::max({1.0, std::fabs(a.real), std::fabs(b.real)});
}

void check_random_graph(std::uint64_t seed, bool specials) {
  INFO("seed " << seed);
  test::RandomOptions options{.nodes = 16, .dtypes = {DType::f64, DType::i32, DType::i64, DType::u8, DType::bool_}, .specials = specials};
  test::RandomGraph g = test::GraphMaker(seed, options).make();
  std::vector<Ref> simple = simplify(g.roots);
  CHECK(simplify(simple) == simple);
  std::vector<Array> before;
  try {
    before = interpret(g.roots, g.values);
  } catch (const Error&) {
    return; // an index out of range or an empty maximum
  }
  std::vector<Array> after = interpret(simple, g.values);
  for (std::size_t r = 0; r < before.size(); ++r) {
    REQUIRE(before[r].shape == after[r].shape);
    for (i64 i = 0; i < before[r].count(); ++i) {
      INFO(before[r].load(i).real << " or " << i64(before[r].load(i).integer) << " became " << after[r].load(i).real << " or " << i64(after[r].load(i).integer) << " in\n" << to_text(std::span(&g.roots[r], 1)) << "now\n" << to_text(std::span(&simple[r], 1)));
      REQUIRE(agree(before[r].dtype, before[r].load(i), after[r].load(i)));
    }
  }
}

} // namespace

TEST_CASE("random graphs keep their values, and simplifying twice changes nothing") {
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) check_random_graph(seed, seed % 2);
}
