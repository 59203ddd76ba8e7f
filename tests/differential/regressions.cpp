// The smallest graphs that once went wrong.
#include "tests/differential/bounds.h"
#include "tests/support/catch.h"
#include <cmath>
#include <limits>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity(), not_a_number = std::numeric_limits<double>::quiet_NaN();

Ref input(const char* name, DType dtype, std::vector<i64> sizes) {
  Shape shape;
  for (i64 s : sizes) shape.push_back(constant_dim(s));
  return variable(name, dtype, shape);
}

Array numbers(DType dtype, std::vector<i64> shape, const std::vector<double>& values) {
  Array a(dtype, std::move(shape));
  for (i64 i = 0; i < a.count(); ++i) a.store(i, {values[static_cast<std::size_t>(i)], static_cast<wide>(is_float(dtype) ? 0 : values[static_cast<std::size_t>(i)])});
  return a;
}

void agree(std::vector<Ref> outputs, const Bindings& values) {
  Case c = case_of(std::move(outputs), values);
  Expected expected = expected_of(c);
  Arrays cpu = run_on("cpu", c);
  CHECK(difference(cpu, expected) == "");
  CHECK(bit_difference(run_on("host", c), cpu) == "");
}

Attrs over(std::vector<i64> axes, bool keepdims = false) { return {{"axes", std::move(axes)}, {"keepdims", i64(keepdims)}}; }

} // namespace

TEST_CASE("reductions of one element that is not finite", "[regressions]") {
  std::vector<double> values{not_a_number, inf, -inf, 0, -2, 3e38};
  for (DType d : {DType::f32, DType::f64}) {
    Ref x = input("x", d, {6, 1});
    Attrs variance = over({1});
    variance.set("ddof", i64(0));
    Array data = numbers(d, {6, 1}, values);
    agree({call("logsumexp", {x}, over({1})), call("logsumexp", {x}, over({})), call("variance", {x}, variance)}, {{x, data}});
  }
}

TEST_CASE("casts to the same dtype, bit casts of bytes", "[regressions]") {
  Ref x = input("x", DType::f32, {3}), u = input("u", DType::u8, {3});
  agree({call("cast", {x}, {{"dtype", DType::f32}}), call("bitcast", {x}, {{"dtype", DType::i32}}), call("bitcast", {u}, {{"dtype", DType::i8}})},
        {{x, numbers(DType::f32, {3}, {1, 2, -0.0})}, {u, numbers(DType::u8, {3}, {0, 1, 200})}});
}

TEST_CASE("a scalar constant given by its data", "[regressions]") {
  Ref x = input("x", DType::f32, {3});
  Array five = numbers(DType::f32, {}, {5}), one = numbers(DType::i32, {}, {1});
  Ref value = constant_array(DType::f32, {}, five.bytes), position = constant_array(DType::i32, {}, one.bytes);
  agree({x + value, call("take", {x, position}, {{"axis", i64(0)}}), value}, {{x, numbers(DType::f32, {3}, {1, 2, 3})}});
}

TEST_CASE("a reduction joined to another along an axis of one", "[regressions]") {
  Ref x = input("x", DType::f32, {2, 3});
  Ref sums = reduce("sum", x, {1}, true);
  Array data = numbers(DType::f32, {2, 3}, {1, 2, 3, 4, 5, 6});
  agree({call("concatenate", {sums, sums}, {{"axis", i64(1)}})}, {{x, data}});
  agree({call("concatenate", {sums, x}, {{"axis", i64(1)}})}, {{x, data}});
  agree({call("concatenate", {sums, input("y", DType::f32, {4, 1})}, {{"axis", i64(0)}})}, {{x, data}, {input("y", DType::f32, {4, 1}), numbers(DType::f32, {4, 1}, {7, 8, 9, 10})}});
  agree({call("place", {sums, constant(DType::f32, 9), constant_dim(1), constant_dim(4)}, {{"axis", i64(1)}, {"step", i64(1)}})}, {{x, data}});
}

TEST_CASE("i64 data divided by itself", "[regressions]") {
  Ref x = variable("x", DType::i64, {symbol_dim("n"), constant_dim(7)});
  Ref ones = call("floor_divide", {x, x});
  agree({ones + 1.0, call("remainder", {x, x})}, {{x, numbers(DType::i64, {1, 7}, {-3, -2, -1, 0, 1, 2, 3})}});
  Ref k = variable("k", DType::i64, {});
  agree({call("floor_divide", {k, k})}, {{k, numbers(DType::i64, {}, {0})}});
}

TEST_CASE("variance of numbers whose squares overflow", "[regressions]") {
  Ref x = input("x", DType::f32, {1, 1}), y = input("y", DType::f32, {3, 2});
  Attrs columns = over({0}), all = over({0, 1});
  columns.set("ddof", i64(0));
  all.set("ddof", i64(0));
  agree({call("variance", {x}, columns), call("variance", {x}, all), call("variance", {y}, columns)},
        {{x, numbers(DType::f32, {1, 1}, {1e30})}, {y, numbers(DType::f32, {3, 2}, {1e30, 1e15, 1e30, 1e15, 1e30, 1e15})}});
}

TEST_CASE("a guard that reads memory, in axes that walk as one", "[regressions]") {
  Ref s = symbol_dim("s");
  Ref x = variable("x", DType::f32, {constant_dim(3), s, constant_dim(4)}), p = input("p", DType::i32, {3, 4});
  Ref joined = call("concatenate", {x, x}, {{"axis", i64(1)}});
  std::vector<double> elements(24);
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<double>(i);
  agree({call("pick", {joined, p}, {{"axis", i64(1)}})},
        {{x, numbers(DType::f32, {3, 2, 4}, elements)}, {p, numbers(DType::i32, {3, 4}, {0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 3, 3})}});
  Ref empty = variable("x", DType::f32, {constant_dim(3), s, constant_dim(0)}), none = input("p", DType::i32, {3, 0});
  Ref nothing = call("concatenate", {empty, empty}, {{"axis", i64(1)}});
  agree({call("pick", {nothing, none}, {{"axis", i64(1)}})}, {{empty, Array(DType::f32, {3, 2, 0})}, {none, Array(DType::i32, {3, 0})}});
}

TEST_CASE("positions along an axis of size 1 of what another reduction gives", "[regressions]") {
  Ref x = input("x", DType::f64, {9, 3});
  std::vector<double> elements(27);
  for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = i % 5 ? static_cast<double>(i % 7) : -INFINITY;
  for (const char* op : {"argmax", "argmin"}) agree({reduce(op, reduce("max", x, {0}, true), {0})}, {{x, numbers(DType::f64, {9, 3}, elements)}});
}

TEST_CASE("bool has no scatter_add", "[regressions]") {
  Ref x = input("x", DType::bool_, {3}), p = input("p", DType::i32, {3});
  CHECK_THROWS_AS(call("scatter_add", {x, p, constant_dim(2)}), DTypeError);
}
