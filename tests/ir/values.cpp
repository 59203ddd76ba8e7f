// Every public op against values worked out by hand; a new op without a row here fails the last check.
#include "ir/raw.h"
#include "tests/ir/evaluate.h"
#include "tests/support/catch.h"
#include <cmath>
#include <limits>
#include <set>

using namespace croton;
using namespace croton::ir;
using croton::test::k, croton::test::mat, croton::test::vec;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

std::set<std::string_view>& covered() {
  static std::set<std::string_view> names;
  return names;
}

// NaN equals NaN; the sign of zero counts.
bool same(double a, double b) { return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b); }

void expect(const Ref& node, const std::vector<double>& expected) {
  covered().insert(node->op->name);
  Array result = interpret(node, {});
  REQUIRE(result.count() == static_cast<i64>(expected.size()));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    Scalar s = result.load(static_cast<i64>(i));
    double value = is_float(result.dtype) ? s.real : static_cast<double>(s.integer);
    INFO(node->op->name << " element " << i << ": " << value << " expected " << expected[i]);
    CHECK(same(value, expected[i]));
  }
}

void expect(std::string_view op, Args args, const std::vector<double>& expected, Attrs attrs = {}) {
  expect(call(op, std::move(args), std::move(attrs)), expected);
}

Attrs axes(std::vector<i64> a, bool keep = false) { return {{"axes", std::move(a)}, {"keepdims", i64(keep)}}; }

void arithmetic() {
  Ref a = vec<i32>({7, -7, 7, -7, 1}), b = vec<i32>({2, 2, -2, -2, 0});
  expect("floor_divide", {a, b}, {3, -4, -4, 3, 0});
  expect("remainder", {a, b}, {1, 1, -1, -1, 1});
  Ref x = vec<f64>({7.5, -7.5, 7.5, -7.5, 2.5, -2.5}), y = vec<f64>({2, 2, -2, -2, 1, 1});
  expect("floor_divide", {x, y}, {3, -4, -4, 3, 2, -3});
  expect("remainder", {x, y}, {1.5, .5, -.5, -1.5, .5, .5});
  expect("floor_divide", {vec<i32>({INT32_MIN}), vec<i32>({-1})}, {double(INT32_MIN)});
  expect("remainder", {vec<i64>({INT64_MIN}), vec<i64>({-1})}, {0});
  expect("floor_divide", {vec<f64>({1, -1}), vec<f64>({0, 0})}, {inf, -inf});
  expect("add", {vec<u8>({200, 1}), vec<u8>({100, 2})}, {44, 3});
  expect("add", {vec<f32>({1e8f}), vec<f32>({1})}, {1e8});
  expect("subtract", {vec<u8>({1}), vec<u8>({2})}, {255});
  expect("multiply", {vec<i8>({100}), vec<i8>({3})}, {44});
  expect("multiply", {vec<u64>({~u64(0)}), vec<u64>({~u64(0)})}, {1});
  expect("divide", {vec<f32>({1, 0}), vec<f32>({3, 0})}, {double(1.0f / 3), nan});
  expect("fmod", {vec<f64>({-7, 7}), vec<f64>({4, -4})}, {-3, 3});
  expect("negative", {vec<i8>({-128, 5})}, {-128, -5});
  expect("negative", {vec<f64>({0})}, {-0.0});
  expect("abs", {vec<i8>({-128, -5})}, {-128, 5});
  expect("abs", {vec<f64>({-0.0, -2})}, {0, 2});
  expect("sign", {vec<f64>({-0.0, nan, -3, 4})}, {0, nan, -1, 1});
  expect("sign", {vec<i32>({-3, 0, 9})}, {-1, 0, 1});
  expect("maximum", {vec<f64>({1, nan, 2}), vec<f64>({nan, 1, 3})}, {nan, nan, 3});
  expect("minimum", {vec<f64>({1, nan, 2}), vec<f64>({nan, 1, 3})}, {nan, nan, 2});
  expect("minimum", {vec<u8>({200}), vec<u8>({100})}, {100});
  expect("fma", {vec<f64>({0x1p53 + 2}), vec<f64>({0x1p-1}), vec<f64>({-0x1p52})}, {1});
  expect("reciprocal", {vec<f64>({4, 0, -0.0})}, {.25, inf, -inf});
  expect("square", {vec<i8>({12})}, {-112});
  expect("copysign", {vec<f64>({3, 3}), vec<f64>({-0.0, 1})}, {-3, 3});
}

void logic() {
  Ref x = vec<f64>({1, 2, nan}), y = vec<f64>({2, 2, nan});
  expect("less", {x, y}, {1, 0, 0});
  expect("less_equal", {x, y}, {1, 1, 0});
  expect("greater", {y, x}, {1, 0, 0});
  expect("greater_equal", {y, x}, {1, 1, 0});
  expect("equal", {x, y}, {0, 1, 0});
  expect("not_equal", {x, y}, {1, 0, 1});
  expect("less", {vec<u64>({1}), vec<u64>({~u64(0)})}, {1});
  Ref s = vec<f32>({1, static_cast<float>(nan), static_cast<float>(-inf)});
  expect("isnan", {s}, {0, 1, 0});
  expect("isinf", {s}, {0, 0, 1});
  expect("isfinite", {s}, {1, 0, 0});
  Ref p = vec<bool>({true, true, false, false}), q = vec<bool>({true, false, true, false});
  expect("logical_and", {p, q}, {1, 0, 0, 0});
  expect("logical_or", {p, q}, {1, 1, 1, 0});
  expect("logical_xor", {p, q}, {0, 1, 1, 0});
  expect("logical_not", {p}, {0, 0, 1, 1});
  expect("bitwise_and", {vec<i8>({-1, 6}), vec<i8>({5, 3})}, {5, 2});
  expect("bitwise_or", {vec<i8>({-128, 6}), vec<i8>({5, 3})}, {-123, 7});
  expect("bitwise_xor", {vec<u8>({255, 6}), vec<u8>({5, 3})}, {250, 5});
  expect("bitwise_not", {vec<u8>({5})}, {250});
  expect("bitwise_not", {vec<i32>({5})}, {-6});
  Ref v = vec<i8>({1, -1, -1, 64, 1, -1}), n = vec<i8>({7, 1, 8, 1, -1, 100});
  expect("left_shift", {v, n}, {-128, -2, 0, -128, 0, 0});
  expect("right_shift", {v, n}, {0, -1, 0, 32, 0, 0});
  expect("right_shift", {vec<u32>({0x80000000u, 5}), vec<u32>({31, 40})}, {1, 0});
  expect("right_shift", {vec<i32>({-1, -1}), vec<i32>({40, 31})}, {0, -1});
  expect("where", {vec<bool>({true, false}), vec<f64>({1, nan}), vec<f64>({nan, 2})}, {1, 2});
  expect("where", {vec<bool>({true, false}), vec<i32>({1, 2}), vec<i32>({3, 4})}, {1, 4});
}

void conversions() {
  Ref x = vec<f64>({1.9, -1.9, nan, inf, -inf, 3e10});
  expect("cast", {x}, {1, -1, 0, INT32_MAX, INT32_MIN, INT32_MAX}, {{"dtype", DType::i32}});
  expect("cast", {x}, {1, 0, 0, 255, 0, 255}, {{"dtype", DType::u8}});
  expect("cast", {x}, {1, 1, 1, 1, 1, 1}, {{"dtype", DType::bool_}});
  expect("cast", {vec<f32>({0x1p63f, -0x1p63f})}, {9223372036854775807.0, -9223372036854775808.0}, {{"dtype", DType::i64}});
  expect("cast", {vec<i32>({-1, 300})}, {255, 44}, {{"dtype", DType::u8}});
  expect("cast", {vec<i32>({-1, 0, 256})}, {1, 0, 1}, {{"dtype", DType::bool_}});
  expect("cast", {vec<bool>({true, false})}, {1, 0}, {{"dtype", DType::f32}});
  expect("cast", {vec<i64>({16777217})}, {16777216}, {{"dtype", DType::f32}});
  expect("cast", {vec<f64>({0.1, 1e300})}, {double(0.1f), inf}, {{"dtype", DType::f32}});
  expect("bitcast", {vec<f32>({1})}, {0x3f800000}, {{"dtype", DType::i32}});
  expect("bitcast", {vec<u8>({255})}, {-1}, {{"dtype", DType::i8}});
  expect("bitcast", {vec<i64>({0x3ff0000000000000})}, {1}, {{"dtype", DType::f64}});
  expect("stop_gradient", {vec<i8>({-7})}, {-7});
  expect("floor", {vec<f64>({-1.5, -0.0, 2.5})}, {-2, -0.0, 2});
  expect("ceil", {vec<f64>({-1.5, -0.5, 2.5})}, {-1, -0.0, 3});
  expect("trunc", {vec<f64>({-1.5, 2.5})}, {-1, 2});
  expect("round", {vec<f64>({.5, 1.5, 2.5, -2.5})}, {0, 2, 2, -2});
  expect("floor", {vec<i32>({-3})}, {-3});
}

// Their reference is libm in f64.
void functions() {
  struct Row {
    std::string_view op;
    double (*f)(double);
    double x;
  };
  const Row rows[] = {{"exp", std::exp, .7}, {"exp2", std::exp2, .7}, {"expm1", std::expm1, 1e-20}, {"log", std::log, 2.5},
                      {"log2", std::log2, 2.5}, {"log10", std::log10, 2.5}, {"log1p", std::log1p, 1e-20}, {"cbrt", std::cbrt, -8.5},
                      {"sin", std::sin, .7}, {"cos", std::cos, .7}, {"tan", std::tan, .7}, {"asin", std::asin, .7},
                      {"acos", std::acos, .7}, {"atan", std::atan, .7}, {"sinh", std::sinh, .7}, {"cosh", std::cosh, .7},
                      {"tanh", std::tanh, .7}, {"asinh", std::asinh, .7}, {"acosh", std::acosh, 1.7}, {"atanh", std::atanh, .7},
                      {"erf", std::erf, .7}, {"erfc", std::erfc, 30}, {"sqrt", std::sqrt, 2}};
  for (const Row& r : rows) {
    expect(r.op, {vec<f64>({r.x, nan})}, {r.f(r.x), nan});
    float narrow = static_cast<float>(r.x);
    expect(r.op, {vec<f32>({narrow})}, {double(static_cast<float>(r.f(double(narrow))))});
  }
  expect("sqrt", {vec<f64>({-1, -0.0})}, {nan, -0.0});
  expect("log", {vec<f64>({0, -1})}, {-inf, nan});
  expect("rsqrt", {vec<f64>({4, 0})}, {.5, inf});
  expect("sigmoid", {vec<f64>({0, -800, 800})}, {.5, 0, 1});
  expect("softplus", {vec<f64>({-800, 800, nan})}, {0, 800, nan});
  expect("pow", {vec<f64>({nan, 1, 0, -8, 2}), vec<f64>({0, nan, -1, 3, .5})}, {1, 1, inf, -512, std::sqrt(2.0)});
  expect("atan2", {vec<f64>({0, -0.0, 1}), vec<f64>({-1, -1, 0})}, {std::atan2(0., -1.), std::atan2(-0., -1.), std::atan2(1., 0.)});
}

void raw_kernels() {
  RawFunctions twice{[](const std::vector<const Array*>& x) {
                       Array result = *x[0];
                       for (i64 i = 0; i < result.count(); ++i) result.store(i, {2 * x[0]->load(i).real, 0});
                       return result;
                     },
                     {}};
  std::string signature = "x: f64[n] -> z: f64[n]";
  Attrs attrs{{"name", std::string("twice")}, {"signature", signature}};
  for (const char* key : {"c", "c_preamble", "opencl", "opencl_preamble", "cuda", "cuda_preamble", "items", "groups", "threads", "shared"}) attrs.set(key, std::string());
  attrs.set("zeroed", i64(0));
  attrs.set("functions", keep_functions("twice", signature, twice));
  expect("raw", {vec<f64>({1, -3})}, {2, -6}, attrs);
}

void reductions() {
  Ref m = mat<f64>({2, 3}, {1, 2, 3, 4, 5, 6});
  expect("sum", {m}, {21}, axes({0, 1}));
  expect("sum", {m}, {5, 7, 9}, axes({0}));
  expect("sum", {m}, {6, 15}, axes({1}, true));
  expect("sum", {m}, {1, 2, 3, 4, 5, 6}, axes({}));
  expect("sum", {vec<f32>({1e8f, 1, -1e8f})}, {1}, axes({0}));
  expect("reduce", {m}, {5, 7, 9}, {{"axes", std::vector<i64>{0}}, {"keepdims", i64(0)}, {"combine", std::string("a + b")}, {"identity", std::string("0")}});
  expect("reduce", {vec<f64>({0.5, 0.25})}, {0.625}, {{"axes", std::vector<i64>{0}}, {"keepdims", i64(0)}, {"combine", std::string("a + b - a * b")}, {"identity", std::string("0")}});
  raw_kernels();
  expect("sum", {vec<u8>({200, 100})}, {44}, axes({0}));
  expect("prod", {vec<i64>({INT64_MAX, 2, 1})}, {-2}, axes({0}));
  expect("prod", {m}, {720}, axes({0, 1}));
  expect("sum", {vec<f64>({})}, {0}, axes({0}));
  expect("prod", {vec<f64>({})}, {1}, axes({0}));
  expect("any", {vec<bool>({})}, {0}, axes({0}));
  expect("all", {vec<bool>({})}, {1}, axes({0}));
  expect("any", {mat<bool>({2, 2}, {false, false, false, true})}, {0, 1}, axes({1}));
  expect("all", {mat<bool>({2, 2}, {true, true, false, true})}, {1, 0}, axes({1}));
  expect("max", {vec<f64>({1, nan, 3})}, {nan}, axes({0}));
  expect("max", {m}, {4, 5, 6}, axes({0}));
  expect("max", {m}, {1, 2, 3, 4, 5, 6}, axes({}));
  expect("min", {vec<i8>({-128, 0, 5})}, {-128}, axes({0}));
  expect("min", {vec<f64>({1, -inf, 3})}, {-inf}, axes({0}));
  expect("argmin", {vec<i8>({-128, 0, 5})}, {0}, axes({0}));
  expect("argmax", {vec<f64>({1, nan, 3})}, {1}, axes({0}));
  expect("argmax", {vec<f64>({2, 5, 5, 2})}, {1}, axes({0}));
  expect("argmin", {vec<f64>({2, 5, 5, 2})}, {0}, axes({0}));
  expect("argmax", {m}, {5}, axes({0, 1}));
  expect("argmax", {vec<f64>({-inf, -inf})}, {0}, axes({0}));
  Attrs one = axes({0, 1});
  one.set("ddof", i64(1));
  expect("variance", {mat<f64>({2, 2}, {1, 2, 3, 4})}, {5.0 / 3}, one);
  Attrs none = axes({0});
  none.set("ddof", i64(0));
  expect("variance", {vec<f64>({})}, {nan}, none);
  expect("variance", {vec<f32>({1e4f, 1e4f + 1})}, {.25}, none);
  expect("logsumexp", {vec<f64>({1000, 1000})}, {1000.6931471805599}, axes({0}));
  expect("logsumexp", {vec<f64>({-inf, -inf})}, {-inf}, axes({0}));
  expect("logsumexp", {vec<f64>({inf, 1})}, {inf}, axes({0}));
  expect("logsumexp", {vec<f64>({})}, {-inf}, axes({0}));
  expect("logsumexp", {vec<f64>({nan, 1})}, {nan}, axes({0}));
}

void scans() {
  auto along = [](i64 axis, bool reverse = false, bool exclusive = false) { return Attrs{{"axis", axis}, {"reverse", i64(reverse)}, {"exclusive", i64(exclusive)}}; };
  Ref m = mat<f64>({2, 3}, {1, 2, 3, 4, 5, 6}), x = vec<f64>({1, nan, 3});
  expect("cumsum", {m}, {1, 3, 6, 4, 9, 15}, along(1));
  expect("cumsum", {m}, {1, 2, 3, 5, 7, 9}, along(0));
  expect("cumsum", {m}, {6, 5, 3, 15, 11, 6}, along(1, true));
  expect("cumsum", {m}, {0, 1, 3, 0, 4, 9}, along(1, false, true));
  expect("cumsum", {m}, {4, 5, 6, 0, 0, 0}, along(0, true, true));
  expect("cumsum", {vec<u8>({200, 100})}, {200, 44}, along(0));
  expect("cumsum", {vec<f64>({})}, {}, along(0));
  expect("cumsum", {vec<f64>({1, inf, -inf, 1})}, {1, inf, nan, nan}, along(0));
  expect("cumprod", {m}, {1, 2, 6, 4, 20, 120}, along(1));
  expect("cumprod", {m}, {1, 1, 2, 1, 4, 20}, along(1, false, true));
  expect("cumprod", {vec<i64>({INT64_MAX, 2})}, {double(INT64_MAX), -2}, along(0));
  expect("cummax", {vec<f64>({1, 3, 2, 4})}, {1, 3, 3, 4}, along(0));
  expect("cummax", {x}, {1, nan, nan}, along(0));
  expect("cummax", {vec<i8>({3, -5})}, {-128, 3}, along(0, false, true));
  expect("cummin", {vec<f64>({3, 4, 1, 2})}, {1, 1, 1, 2}, along(0, true));
  expect("cummin", {x}, {nan, nan, 3}, along(0, true));
  expect("cummin", {vec<u8>({3})}, {255}, along(0, false, true));
  expect("logcumsumexp", {vec<f64>({-inf, 0, -inf, inf})}, {-inf, 0, 0, inf}, along(0));
  expect("logcumsumexp", {vec<f64>({1000})}, {1000}, along(0));
  expect("linear_recurrence", {vec<f64>({5, 2, -1}), vec<f64>({1, 3, 4})}, {1, 5, -1}, along(0));
  expect("linear_recurrence", {vec<f64>({5, 2, 0}), vec<f64>({1, 3, 4})}, {56, 11, 4}, along(0, true));
  expect("linear_recurrence", {vec<i32>({5, 2, 0}), vec<i32>({1, 3, 4})}, {0, 1, 5}, along(0, false, true));
  Attrs own = along(0);
  own.set("combine", std::string("where(abs(b) > abs(a), b, a)"));
  own.set("identity", 0.0);
  expect("prefix_scan", {vec<f64>({1, -3, 2, 4})}, {1, -3, -3, 4}, own);
  expect("prefix_scan", {vec<i32>({1, -3, 2, 4})}, {1, -3, -3, 4}, own);
}

void shapes() {
  Ref m = mat<i32>({2, 3}, {1, 2, 3, 4, 5, 6}), v = vec<i32>({0, 1, 2, 3, 4});
  expect("reshape", {m, k(3), k(2)}, {1, 2, 3, 4, 5, 6});
  expect("reshape", {permute(m, {1, 0}), k(6)}, {1, 4, 2, 5, 3, 6});
  expect("broadcast_to", {mat<i32>({2, 1}, {1, 2}), k(2), k(2), k(2)}, {1, 1, 2, 2, 1, 1, 2, 2});
  expect("permute", {m}, {1, 4, 2, 5, 3, 6}, {{"order", std::vector<i64>{1, 0}}});
  expect("expand_dims", {v}, {0, 1, 2, 3, 4}, {{"axes", std::vector<i64>{0, 2}}});
  expect("squeeze", {mat<i32>({1, 2, 1}, {8, 9})}, {8, 9}, {{"axes", std::vector<i64>{0, 2}}});
  expect("slice", {v, k(3), k(3)}, {3, 2, 1}, {{"axis", i64(0)}, {"step", i64(-1)}});
  expect("slice", {v, k(4), k(3)}, {4, 2, 0}, {{"axis", i64(0)}, {"step", i64(-2)}});
  expect("slice", {m, k(1), k(1)}, {2, 5}, {{"axis", i64(1)}, {"step", i64(1)}});
  expect("slice", {v, k(0), k(0)}, {}, {{"axis", i64(0)}, {"step", i64(1)}});
  Ref fill = constant_int(DType::i32, 9);
  expect("place", {vec<i32>({1, 2}), fill, k(1), k(5)}, {9, 1, 9, 2, 9}, {{"axis", i64(0)}, {"step", i64(2)}});
  expect("place", {vec<i32>({1, 2}), fill, k(3), k(5)}, {9, 9, 2, 1, 9}, {{"axis", i64(0)}, {"step", i64(-1)}});
  expect("diagonal", {m}, {1, 5}, {{"offset", i64(0)}});
  expect("diagonal", {m}, {2, 6}, {{"offset", i64(1)}});
  expect("diagonal", {m}, {4}, {{"offset", i64(-1)}});
  expect("diagonal", {m}, {}, {{"offset", i64(7)}});
  expect("concatenate", {m, mat<i32>({2, 1}, {7, 8}), m}, {1, 2, 3, 7, 1, 2, 3, 4, 5, 6, 8, 4, 5, 6}, {{"axis", i64(1)}});
  expect("concatenate", {vec<i32>({}), v}, {0, 1, 2, 3, 4}, {{"axis", i64(0)}});
  expect("iota", {k(2), k(3)}, {0, 1, 2, 0, 1, 2}, {{"axis", i64(1)}, {"dtype", DType::f32}});
}

void indexing() {
  Ref m = mat<f32>({2, 3}, {1, 2, 3, 4, 5, 6});
  expect("pick", {m, vec<i32>({2, 0})}, {3, 4}, {{"axis", i64(1)}});
  expect("pick", {m, vec<i64>({1, 0, 1})}, {4, 2, 6}, {{"axis", i64(0)}});
  expect("take", {m, mat<i64>({2, 2}, {0, 2, 2, 1})}, {1, 3, 3, 2, 4, 6, 6, 5}, {{"axis", i64(1)}});
  expect("take", {m, constant_int(DType::u8, 1)}, {4, 5, 6}, {{"axis", i64(0)}});
  expect("scatter_add", {vec<f32>({1, 1, 1}), vec<i32>({0, 0, 1}), k(3)}, {2, 1, 0});
  expect("scatter_add", {m, vec<i32>({2, 2}), k(3)}, {0, 0, 0, 0, 0, 0, 5, 7, 9});
  expect("scatter_add", {vec<u8>({200, 100}), vec<i32>({0, 0}), k(1)}, {44});
  expect("matmul", {m, permute(m, {1, 0})}, {14, 32, 32, 77});
  expect("matmul", {mat<i8>({2, 1, 2}, {100, 1, 2, 3}), mat<i8>({2, 2, 1}, {2, 1, 1, 1})}, {-55, 5});
  expect("matmul", {mat<f32>({1, 3}, {1e8f, 1, -1e8f}), mat<f32>({3, 1}, {1, 1, 1})}, {1});
  expect("matmul", {mat<f32>({2, 0}, {}), mat<f32>({0, 1}, {})}, {0, 0});
}

} // namespace

TEST_CASE("every op has the values worked out by hand") {
  SECTION("all families, then the list of ops") {
    arithmetic();
    logic();
    conversions();
    functions();
    reductions();
    scans();
    shapes();
    indexing();
    for (const Op* op : all_ops()) {
      bool open = op->group != "internal" && op->group != "test" && !std::holds_alternative<Leaf>(op->body);
      INFO(op->name);
      if (open) CHECK(covered().contains(op->name));
    }
  }
}
