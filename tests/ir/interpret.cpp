// The reference interpreter: binding of sizes, broadcasting, errors, and agreement of expansions with values.
#include "ir/interpret.h"
#include "tests/ir/evaluate.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"
#include "tests/support/reduction_attrs.h"
#include <cstring>

using namespace croton;
using namespace croton::ir;
using croton::test::k, croton::test::mat, croton::test::run, croton::test::vec;
using Catch::Contains;

namespace {
Array floats(std::vector<i64> shape, std::vector<f32> v) { return array_of<f32>(std::move(shape), v); }
Ref at_line(unsigned line, const std::function<Ref()>& build) {
  LocationScope scope(Location("train.cpp", line));
  return build();
}
} // namespace

TEST_CASE("sizes are bound by the given arrays and must agree") {
  Ref n = symbol_dim("n"), x = variable("x", DType::f32, {n}), y = variable("y", DType::f32, {n, k(2)});
  Ref z = matmul(expand_dims(x, {0}), y);
  auto ok = run<f32>(z, {{x, floats({3}, {1, 2, 3})}, {y, floats({3, 2}, {1, 2, 3, 4, 5, 6})}});
  CHECK(ok == std::vector<f32>{22, 28});
  CHECK_THROWS_WITH(interpret(z, {{x, floats({2}, {1, 2})}, {y, floats({3, 2}, {1, 2, 3, 4, 5, 6})}}),
                    Contains("n is ") && Contains("axis 0 of x") && Contains("axis 0 of y") && Contains("Equal symbols must agree"));
  CHECK_THROWS_AS(interpret(z, {{x, floats({2}, {1, 2})}, {y, floats({3, 2}, {1, 2, 3, 4, 5, 6})}}), ShapeError);
  CHECK_THROWS_AS(interpret(z, {{x, floats({3}, {1, 2, 3})}, {y, floats({3, 1}, {1, 2, 3})}}), ShapeError);
  CHECK_THROWS_AS(interpret(z, {{x, floats({3, 1}, {1, 2, 3})}, {y, floats({3, 2}, {1, 2, 3, 4, 5, 6})}}), ShapeError);
  CHECK_THROWS_WITH(interpret(z, {{x, floats({3}, {1, 2, 3})}}), Contains("y") && Contains("has no value"));
  CHECK_THROWS_AS(interpret(x, {{x, array_of<i32>({1}, std::vector<i32>{1})}}), DTypeError);
}

TEST_CASE("sizes that are expressions are checked") {
  Ref n = symbol_dim("n"), x = variable("x", DType::f32, {n}), y = variable("y", DType::f32, {index_add(n, k(1))});
  Ref both = call("concatenate", {x, y}, {{"axis", i64(0)}});
  CHECK(run<f32>(both, {{x, floats({1}, {1})}, {y, floats({2}, {2, 3})}}) == std::vector<f32>{1, 2, 3});
  CHECK_THROWS_WITH(interpret(both, {{x, floats({1}, {1})}, {y, floats({3}, {2, 3, 4})}}), Contains("expected n + 1 = 2"));
  Ref free = iota({symbol_dim("m")}, 0, DType::i64);
  CHECK_THROWS_WITH(interpret(free, {}), Contains("m is not known"));
  Array size(DType::i64, {});
  size.store(0, {0, 3});
  CHECK(run<i64>(free, {{symbol_dim("m"), size}}) == std::vector<i64>{0, 1, 2});
}

TEST_CASE("only a size declared as 1 stretches") {
  Ref x = variable("x", DType::f32, {symbol_dim("n")}), y = variable("y", DType::f32, {symbol_dim("m")});
  CHECK_THROWS_AS(interpret(x + y, {{x, floats({1}, {1})}, {y, floats({3}, {1, 2, 3})}}), ShapeError);
  CHECK_THROWS_AS(interpret(x + y, {{x, floats({3}, {1, 2, 3})}, {y, floats({1}, {1})}}), ShapeError);
  CHECK_THROWS_AS(interpret(x + vec<f32>({1, 2, 3}), {{x, floats({1}, {1})}}), ShapeError);
  CHECK(run<f32>(x + vec<f32>({1}), {{x, floats({2}, {1, 2})}}) == std::vector<f32>{2, 3});
  CHECK_THROWS_AS(interpret(broadcast_to(x, {k(3)}), {{x, floats({1}, {1})}}), Error);
  CHECK_THROWS_AS(interpret(reshape(x, {k(3)}), {{x, floats({2}, {1, 2})}}), ShapeError);
}

TEST_CASE("empty extrema are errors that name the line") {
  Ref x = variable("x", DType::f32, {symbol_dim("n")});
  for (const char* op : {"max", "min", "argmax", "argmin"}) {
    Ref r = at_line(31, [&] { return reduce(op, x, {0}); });
    CHECK_THROWS_AS(interpret(r, {{x, floats({0}, {})}}), ValueError);
    CHECK_THROWS_WITH(interpret(r, {{x, floats({0}, {})}}), Contains("[" + std::string(op) + "] x: f32{n}") && Contains("(train.cpp:31)"));
  }
  // No rows: no element is missing.
  CHECK(interpret(reduce("max", mat<f32>({0, 3}, {}), {1}), {}).count() == 0);
}

TEST_CASE("positions out of range name value, bound, place and line") {
  Ref x = mat<f32>({2, 3}, {1, 2, 3, 4, 5, 6});
  Ref taken = at_line(40, [&] { return call("take", {x, mat<i64>({1, 2}, {0, 3})}, {{"axis", i64(1)}}); });
  CHECK_THROWS_AS(interpret(taken, {}), IndexError);
  CHECK_THROWS_WITH(interpret(taken, {}), Contains("[take]") && Contains("the position at [0, 1] is 3, expected 0 to 2 (train.cpp:40)"));
  Ref picked = at_line(41, [&] { return call("pick", {x, vec<i32>({0, -1})}, {{"axis", i64(1)}}); });
  CHECK_THROWS_WITH(interpret(picked, {}), Contains("[pick]") && Contains("at [1] is -1, expected 0 to 2 (train.cpp:41)"));
  Ref scattered = at_line(42, [&] { return call("scatter_add", {vec<f32>({1}), vec<u64>({~u64(0)}), k(3)}); });
  CHECK_THROWS_WITH(interpret(scattered, {}), Contains("is 18446744073709551615, expected 0 to 2 (train.cpp:42)"));
  // Found even where nothing would be read.
  CHECK_THROWS_AS(interpret(call("take", {mat<f32>({0, 3}, {}), vec<i32>({5})}, {{"axis", i64(1)}}), {}), IndexError);
  Ref beyond = call("slice", {vec<f32>({1, 2}), k(1), k(2)}, {{"axis", i64(0)}, {"step", i64(1)}});
  CHECK_THROWS_AS(interpret(beyond, {}), IndexError);
  CHECK_THROWS_AS(interpret(call("slice", {variable("x", DType::f32, {k(2)}), k(0), variable("k", DType::i64, {})}, {{"axis", i64(0)}, {"step", i64(1)}}),
                            {{variable("x", DType::f32, {k(2)}), floats({2}, {1, 2})}, {variable("k", DType::i64, {}), array_of<i64>({}, std::vector<i64>{-1})}}),
                  ShapeError);
}

TEST_CASE("dtypes without host arithmetic are refused by name") {
  CHECK_THROWS_AS(interpret(constant(DType::f16, 1), {}), UnsupportedError);
  CHECK_THROWS_WITH(interpret(constant(DType::bf16, 1), {}), Contains("bf16"));
}

TEST_CASE("sharing is evaluated once and long chains do not recurse") {
  Ref x = constant(DType::f64, 0.5);
  for (int i = 0; i < 60; ++i) x = x + x; // 2^60 paths
  CHECK(run<f64>(x)[0] == 0x1p59);
  Ref y = constant(DType::i64, 0);
  for (int i = 0; i < 100'000; ++i) y = call("add", {y, constant_int(DType::i64, i)});
  CHECK(run<i64>(y)[0] == 100'000LL * 99'999 / 2);
}

TEST_CASE("array helpers check sizes") {
  CHECK_THROWS_AS(checked_count(std::vector<i64>{-1}), ShapeError);
  CHECK_THROWS_AS(checked_count(std::vector<i64>{i64(1) << 40, i64(1) << 40}), ShapeError);
  CHECK_THROWS_AS(checked_count(std::vector<i64>{0, i64(1) << 40, i64(1) << 40}), ShapeError);
  CHECK(checked_count(std::vector<i64>{2, 0, 3}) == 0);
  CHECK_THROWS_AS(array_of<f32>({3}, std::vector<f32>{1}), ShapeError);
  CHECK(strides_of(std::vector<i64>{2, 3, 4}) == std::vector<i64>{12, 4, 1});
}

namespace {

// Values may differ by the bound of the expansion; NaN matches NaN.
bool close(const Array& a, const Array& b, double tolerance) {
  for (i64 i = 0; i < a.count(); ++i) {
    Scalar x = a.load(i), y = b.load(i);
    if (!is_float(a.dtype)) {
      if (x.integer != y.integer) return false;
    } else if (!(std::isnan(x.real) && std::isnan(y.real)) && x.real != y.real &&
               !(std::fabs(x.real - y.real) <= tolerance * std::max(std::fabs(x.real), std::fabs(y.real)))) {
      return false;
    }
  }
  return true;
}

Array domain_values(const Op& op, DType d, std::size_t operand, std::mt19937_64& rng) {
  Domain range = operand < op.domain.size() ? op.domain[operand] : op.domain.empty() ? Domain{} : op.domain.back();
  Array a(d, {64});
  for (i64 i = 0; i < 64; ++i) {
    double v = std::uniform_real_distribution<>(range.low, range.high)(rng);
    if (range.integral) v = std::trunc(v);
    a.store(i, is_float(d) ? Scalar{v, 0} : Scalar{0, static_cast<wide>(v)});
  }
  return a;
}

} // namespace

TEST_CASE("an expansion has the value of its op") {
  std::mt19937_64 rng(7);
  for (const Op* op : all_ops()) {
    auto* body = std::get_if<Pointwise>(&op->body);
    if (!body || !body->expand) continue;
    for (DType d : {DType::f32, DType::f64, DType::i8, DType::i32, DType::u8, DType::u64}) {
      bool valued = d == DType::f32 ? body->f32 != nullptr : d == DType::f64 ? body->f64 != nullptr : body->integer != nullptr;
      bool spelled = !(is_float(d) ? body->llvm_float : body->llvm_signed).empty();
      if (!valued || spelled) continue;
      Args args;
      Bindings values;
      for (std::size_t i = 0; i < op->params.size(); ++i) {
        args.push_back(variable("x" + std::to_string(i), d, {k(64)}));
        values.emplace(args.back(), domain_values(*op, d, i, rng));
      }
      Ref node = make(*op, args), expanded = body->expand(*node);
      CHECK(expanded->type == node->type);
      INFO(op->name << " on " << name(d));
      CHECK(close(interpret(node, values), interpret(expanded, values), d == DType::f32 ? 1e-6 : 1e-14));
    }
  }
}

TEST_CASE("states of reductions merge to the value by definition") {
  std::mt19937_64 rng(11);
  for (const Op* op : all_ops()) {
    auto* body = std::get_if<Reduction>(&op->body);
    if (!body) continue;
    for (DType d : {DType::f64, DType::i32, DType::bool_}) {
      if (is_float(d) ? !body->value_real : !body->value_integer) continue;
      Attrs attrs = croton::test::reduction_attrs(*op, d, {0}, false);
      Ref node;
      Array x(d, {9});
      for (i64 i = 0; i < 9; ++i) x.store(i, is_float(d) ? Scalar{std::uniform_real_distribution<>(-2, 2)(rng), 0} : Scalar{0, static_cast<wide>(rng() % 5) - (d == DType::i32 ? 2 : 0)});
      Ref source = constant_array(d, x.shape, x.bytes);
      try {
        node = make(*op, {source}, attrs);
      } catch (const DTypeError&) {
        continue;
      }
      auto element = [&](i64 i) {
        Scalar s = x.load(i);
        return is_float(d) ? constant(d, s.real) : constant_int(d, static_cast<i64>(s.integer));
      };
      auto lifted = [&](i64 i) { return body->lift(*node, element(i), k(i)); };
      Reduction::State left = body->identity(*node), right = body->identity(*node);
      for (i64 i = 0; i < 4; ++i) left = body->merge(*node, left, lifted(i));
      for (i64 i = 4; i < 9; ++i) right = body->merge(*node, right, lifted(i));
      Ref merged = body->finish(*node, body->merge(*node, left, right), k(9));
      INFO(op->name << " on " << name(d));
      CHECK(close(interpret(node, {}), interpret(merged, {}), 1e-12));
      if (body->expand) CHECK(close(interpret(node, {}), interpret(body->expand(*node), {}), 1e-12));
      if (body->block.empty()) continue;
      // The last five by passes over them, behind the state of the first four.
      Reduction::State values;
      for (const BlockStage& pass : body->block) {
        CHECK((pass.start != nullptr) == (body->block[0].start != nullptr)); // all passes, or none
        Ref value = constant(d, pass.identity);
        for (i64 i = 4; i < 9; ++i) value = pass.merge(value, pass.map(*node, element(i), values, k(5)));
        values.push_back(pass.start ? pass.merge(pass.start(*node, left, values), value) : value);
      }
      Reduction::State block = body->from_block(*node, values, k(5));
      Ref passed = body->finish(*node, body->block[0].start ? block : body->merge(*node, left, block), k(9));
      CHECK(close(interpret(node, {}), interpret(passed, {}), 1e-12));
    }
  }
}

TEST_CASE("random graphs evaluate, the same at every run") {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    auto g = croton::test::random_graph(seed, {.specials = seed % 2 == 1});
    INFO("seed " << seed);
    std::vector<Array> first;
    REQUIRE_NOTHROW(first = interpret(g.roots, g.values));
    for (std::size_t r = 0; r < first.size(); ++r) CHECK(first[r].dtype == g.roots[r]->dtype());
    CHECK(first == interpret(g.roots, g.values));
  }
}
