// Sizes that disagree, on every device.
#include "tests/differential/run.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

// The error's text, or "" where the call succeeds.
std::string error_of(const std::string& device, const std::vector<std::pair<Ref, std::vector<i64>>>& inputs, std::vector<Ref> outputs) {
  Bindings values;
  for (auto& [node, shape] : inputs) values.emplace(node, Array(node->dtype(), shape));
  Case c = case_of(std::move(outputs), values);
  auto executable = compile(program_of(c), device);
  Arrays memory = c.values;
  std::vector<TensorView> views;
  for (Array& a : memory) views.push_back(view_of(a));
  std::string first;
  try {
    executable->output_shapes(views);
  } catch (const ShapeError& e) {
    first = e.what();
  }
  // run() finds the same, by itself.
  try {
    std::vector<char> room(1 << 16);
    std::vector<TensorView> results(c.outputs.size(), TensorView{room.data(), {}, {}});
    executable->run(views, results);
  } catch (const ShapeError& e) {
    CHECK(first == e.what());
    return first;
  }
  CHECK(first.empty());
  return "";
}

bool mentions(const std::string& text, std::initializer_list<const char*> parts) {
  bool all = !text.empty();
  for (const char* p : parts) all = all && text.find(p) != std::string::npos;
  return all;
}

Ref s(const char* name) { return symbol_dim(name); }
Ref f32_of(const char* name, Shape shape) { return variable(name, DType::f32, std::move(shape)); }

} // namespace

TEST_CASE("sizes that disagree are errors that name the inputs", "[dims]") {
  for (const char* device : {"cpu", "host", "reference"}) {
    INFO(device);
    Ref x = f32_of("x", {s("n"), s("m")}), y = f32_of("y", {s("n")});
    Ref rows = reduce("sum", x, {1}) + y;
    CHECK(error_of(device, {{x, {4, 3}}, {y, {4}}}, {rows}) == "");
    CHECK(mentions(error_of(device, {{x, {4, 3}}, {y, {5}}}, {rows}), {"'x'", "'y'", "4", "5", "n"}));
    CHECK(mentions(error_of(device, {{x, {4}}, {y, {4}}}, {rows}), {"'x'", "rank 1", "2"}));

    // Different symbols that one op makes equal.
    Ref p = f32_of("p", {s("k")}), q = f32_of("q", {s("l")});
    CHECK(error_of(device, {{p, {7}}, {q, {7}}}, {p + q}) == "");
    CHECK(mentions(error_of(device, {{p, {7}}, {q, {8}}}, {p + q}), {"'p'", "'q'", "7", "8"}));

    // A 1 at run time does not stretch; a 1 in the graph does.
    CHECK(mentions(error_of(device, {{p, {7}}, {q, {1}}}, {p * q}), {"'p'", "'q'", "1 when the graph is built"}));
    Ref one = f32_of("one", {constant_dim(1)});
    CHECK(error_of(device, {{p, {7}}, {one, {1}}}, {p * one}) == "");
    CHECK(mentions(error_of(device, {{p, {7}}, {one, {7}}}, {p * one}), {"'one'", "expected 1"}));

    // Numbers, and products.
    Ref fixed = f32_of("fixed", {constant_dim(3), s("n")});
    CHECK(mentions(error_of(device, {{fixed, {2, 2}}}, {fixed + 1.0}), {"'fixed'", "2", "expected 3"}));
    Ref a = f32_of("a", {s("n"), s("m")}), b = f32_of("b", {s("k"), s("l")});
    CHECK(error_of(device, {{a, {2, 3}}, {b, {3, 4}}}, {matmul(a, b)}) == "");
    CHECK(!error_of(device, {{a, {2, 3}}, {b, {4, 5}}}, {matmul(a, b)}).empty());

    // A reshape whose count is not known to agree, and a slice that may be too long.
    Ref flat = f32_of("flat", {s("z")});
    Ref square = f32_of("square", {s("n"), s("n")});
    Ref shaped = reshape(flat, {s("n"), s("n")}) + square;
    CHECK(error_of(device, {{flat, {9}}, {square, {3, 3}}}, {shaped}) == "");
    CHECK(mentions(error_of(device, {{flat, {8}}, {square, {3, 3}}}, {shaped}), {"reshape", "8", "9"}));
    Ref part = slice(flat, 0, constant_dim(2), constant_dim(3), 1);
    CHECK(error_of(device, {{flat, {5}}}, {part}) == "");
    CHECK(!error_of(device, {{flat, {4}}}, {part}).empty());
    Ref joined = call("concatenate", {a, b}, {{"axis", i64(0)}});
    CHECK(error_of(device, {{a, {2, 3}}, {b, {5, 3}}}, {joined}) == "");
    CHECK(!error_of(device, {{a, {2, 3}}, {b, {5, 4}}}, {joined}).empty());
  }
}

TEST_CASE("sizes that no input gives are errors", "[dims]") {
  for (const char* device : {"cpu", "host", "reference"}) {
    Ref x = f32_of("x", {s("n")});
    std::string text = error_of(device, {{x, {2}}}, {broadcast_to(reduce("sum", x, {0}), {s("other")})});
    CHECK(mentions(text, {"other"}));
  }
}

TEST_CASE("devices have names", "[dims]") {
  CHECK(devices().size() >= 3);
  for (const char* name : {"abacus", "", ":", "cpu:1", "opencl:", "opencl:x", "opencl:-1", "opencl:1x", "opencl:99999999999"})
    CHECK_THROWS_AS(compile(Program{}, name), UnsupportedError);
}
