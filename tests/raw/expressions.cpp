// Kernels in one line: they are graphs, so what is tested is which, and what their text may not say.
#include "src/api/bridge.h"
#include "tests/raw/support.h"

using namespace croton;
using namespace croton::test;

TEST_CASE("an elementwise kernel is the expression that it says", "[raw]") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto a = scalar<f32>("a");
  CHECK(same(elementwise_kernel("a * x + y")(a, x, y), a * x + y));
  CHECK(same(elementwise_kernel("z = a * x + y")(2.f, x, y), 2.f * x + y));
  CHECK(same(elementwise_kernel("y - x", {"x", "y"})(x, y), y - x));
  CHECK(same(elementwise_kernel("where(x >= 0, x, a * (exp(x) - 1))")(x, a), where(x >= 0, x, a * (exp(x) - 1))));
  CHECK(same(elementwise_kernel("maximum(-x, 0.5) // 2")(x), floor_divide(maximum(-x, 0.5), 2)));
  CHECK(same(elementwise_kernel("cast(x, dtype=f64) * 0.1")(x), cast(x, DType::f64) * 0.1));
  CHECK(same(elementwise_kernel("x == y")(x, y), x == y));
  // Promotion is that of C++.
  auto n = vector<i32>("n");
  CHECK(elementwise_kernel("n / 2")(n).dtype() == DType::f32);
  CHECK(elementwise_kernel("n * 2")(n).dtype() == DType::i32);
  CHECK(elementwise_kernel("n * x")(n, x).dtype() == DType::f32);
  CHECK(elementwise_kernel("x * 2:f64")(x).dtype() == DType::f64);
}

TEST_CASE("one-line kernels on every device, with derivatives", "[raw][devices]") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto f = elementwise_kernel("x * exp(y) + 1");
  auto dot = reduction_kernel("x * y", "a + b", 0);
  auto farthest = reduction_kernel("abs(x - y)", "maximum(a, b)", -INFINITY);
  auto a = some_values(1000, 1), b = some_values(1000, 2);
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto g = function({x, y}, {dot(f(x, y), y), grad(dot(x, y), x), farthest(x, y), grad(farthest(x, y), x)}, {.device = device});
    auto r = g(a, b);
    f64 total = 0, most = 0;
    std::size_t at = 0;
    for (std::size_t k = 0; k < a.size(); ++k) {
      total += (static_cast<f64>(a[k]) * std::exp(static_cast<f64>(b[k])) + 1) * static_cast<f64>(b[k]);
      if (f64 d = std::fabs(static_cast<f64>(a[k]) - static_cast<f64>(b[k])); d > most) most = d, at = k;
    }
    CHECK(std::fabs(r[0].item<f64>() - total) < 1e-3 * std::fabs(total));
    CHECK(values<f32>(r[1]) == b);
    CHECK(std::fabs(r[2].item<f64>() - most) < 1e-6);
    for (std::size_t k = 0; k < a.size(); ++k) CHECK(values<f32>(r[3])[k] == (k == at ? (a[k] > b[k] ? 1.f : -1.f) : 0.f));
  }
}

TEST_CASE("reductions by any associative combination", "[raw][devices]") {
  struct Combination {
    const char *map, *combine;
    f64 identity;
    std::function<f64(f64, f64)> value;
  };
  const std::vector<Combination> all = {
      {"x", "a + b - a * b", 0, [](f64 a, f64 b) { return a + b - a * b; }},
      {"exp(x)", "a * b", 1, [](f64 a, f64 b) { return a * b; }},
      {"x * x", "minimum(b, a)", INFINITY, [](f64 a, f64 b) { return std::min(a, b); }},
      {"x", "where(abs(a) > abs(b), a, where(abs(b) > abs(a), b, maximum(a, b)))", 0, [](f64 a, f64 b) { return std::fabs(a) > std::fabs(b) ? a : std::fabs(b) > std::fabs(a) ? b : std::max(a, b); }},
      {"x", "sqrt(a * a + b * b)", 0, {}}, // of |x| only: refused below
      {"abs(x)", "sqrt(a * a + b * b)", 0, [](f64 a, f64 b) { return std::sqrt(a * a + b * b); }},
  };
  auto m = matrix<f32>("m");
  const std::vector<std::pair<i64, i64>> shapes = {{5, 7}, {1, 1}, {3, 0}, {40, 33}, {2, 1500}, {700, 3}};
  for (const Combination& c : all) {
    if (!c.value) continue;
    auto kernel = reduction_kernel(c.map, c.combine, c.identity);
    for (const std::string& device : all_devices()) {
      INFO(c.combine << " on " << device);
      auto f = function({m}, {kernel.call({0.25f * m}, 1), kernel.call({0.25f * m}, 0, keepdims), kernel(0.25f * m)}, {.device = device});
      for (auto [rows, columns] : shapes) {
        auto data = some_values(static_cast<std::size_t>(rows * columns));
        auto r = f(view(data.data(), {rows, columns}));
        auto mapped = [&](i64 i, i64 k) {
          f64 x = 0.25 * static_cast<f64>(data[static_cast<std::size_t>(i * columns + k)]);
          return std::string(c.map) == "exp(x)" ? std::exp(x) : std::string(c.map) == "x * x" ? x * x : std::string(c.map) == "abs(x)" ? std::fabs(x) : x;
        };
        auto close = [](f64 got, f64 want) { return got == want || std::fabs(got - want) <= 2e-3 * std::max(std::fabs(want), 1e-30); };
        f64 whole = c.identity;
        for (i64 i = 0; i < rows; ++i) {
          f64 row = c.identity;
          for (i64 k = 0; k < columns; ++k) row = c.value(row, mapped(i, k)), whole = c.value(whole, mapped(i, k));
          CHECK(close(r[0].at<f64>({i}), row));
        }
        for (i64 k = 0; k < columns; ++k) {
          f64 column = c.identity;
          for (i64 i = 0; i < rows; ++i) column = c.value(column, mapped(i, k));
          CHECK(close(r[1].at<f64>({0, k}), column));
        }
        if (rows * columns < 2000) CHECK(close(r[2].item<f64>(), whole));
      }
    }
  }
}

TEST_CASE("reductions of integers and bool", "[raw][devices]") {
  auto n = vector<i32>("n");
  auto p = vector<bool>("p");
  auto parity = reduction_kernel("n", "bitwise_xor(a, b)", 0);
  auto odd = reduction_kernel("p", "logical_xor(a, b)", false);
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({n, p}, {parity(n), odd(p), reduction_kernel("p", "logical_or(a, b)", false)(p)}, {.device = device});
    std::vector<i32> data(1000);
    i32 want = 0;
    for (std::size_t k = 0; k < data.size(); ++k) want ^= data[k] = static_cast<i32>(k * 2654435761u);
    std::array<bool, 5> flags{true, false, true, true, false};
    auto r = f(data, view(flags.data(), {5}));
    CHECK(r[0].item<i32>() == want);
    CHECK(r[1].item<i64>() == 1);
    CHECK(r[2].item<i64>() == 1);
  }
}

TEST_CASE("expressions that are none", "[raw]") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  CHECK_FAILS(ValueError, "[elementwise_kernel] column 5: found the end, expected an expression.", elementwise_kernel("x + "));
  CHECK_FAILS(ValueError, "[elementwise_kernel] column 5: found \"sine(x)\", expected an elementwise function (docs/ops.md).", elementwise_kernel("2 * sine(x)"));
  CHECK_FAILS(ValueError, "column 1: found \"sum(x)\", expected an elementwise function", elementwise_kernel("sum(x)"));
  CHECK_FAILS(ValueError, "column 5: found \"y\", which is none of the operands.", elementwise_kernel("x + y", {"x"}));
  CHECK_FAILS(ValueError, "column 1: found \"exp(x, 2)\", expected 1 operands.", elementwise_kernel("exp(x, 2)"));
  CHECK_FAILS(ValueError, "expected dtype=f32 or another.", elementwise_kernel("cast(x)"));
  CHECK_FAILS(ValueError, "expected no attributes.", elementwise_kernel("exp(x, base=2)"));
  CHECK_FAILS(ValueError, "[elementwise_kernel] column 9: found \"sine(x)\"", elementwise_kernel("z = 2 * sine(x)"));
  CHECK_FAILS(ValueError, "the expression has no operand.", elementwise_kernel("1 + 2"));
  CHECK_FAILS(ValueError, "the operand \"x\" is no identifier or is named twice.", elementwise_kernel("x", {"x", "x"}));
  CHECK_FAILS(ValueError, "found 1 operands, expected 2.", elementwise_kernel("x + y")(x));
  CHECK_FAILS(ValueError, "an empty kernel was called.", ElementwiseFunction()(x));
  CHECK_FAILS(ValueError, "[reduction_kernel] an empty kernel was called.", ReductionFunction()(x));
  CHECK_FAILS(ValueError, "[reduction_kernel] \"a\" has 1 operands, expected two.", reduction_kernel("x", "a", 0));
  CHECK_FAILS(ValueError, "[reduction_kernel] the identity is an expression, expected a number.", reduction_kernel("x", "a + b", y));
  CHECK_FAILS(ValueError, "[reduction_kernel] 1.0 is not the identity of \"a + b\": combined with itself it changes.", reduction_kernel("x", "a + b", 1)(x));
  CHECK_FAILS(ValueError, "is not the identity of \"maximum(a, b)\": it changes", reduction_kernel("x", "maximum(a, b)", 1)(x));
  CHECK_FAILS(ValueError, "\"a - b\"", reduction_kernel("x", "a - b", 0)(x));
  CHECK_FAILS(ValueError, "is not associative", reduction_kernel("x", "a + b + a * a * b * b", 0)(x));
  CHECK_FAILS(ValueError, "depends on the order of its operands", reduction_kernel("x", "where(a == 0, b, a)", 0)(x));
  CHECK_FAILS(DTypeError, "found a value of dtype bool, expected f32.", reduction_kernel("x", "a < b", 0)(x));
  CHECK_FAILS(GradientError, "[reduce] the reduction by \"a + b - a * b\"", grad(reduction_kernel("x", "a + b - a * b", 0)(x), x));
}
