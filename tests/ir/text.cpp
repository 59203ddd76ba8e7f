#include "ir/text.h"
#include "ir/build.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"

using namespace croton;
using namespace croton::ir;
using Catch::Contains;

namespace {
Ref back(const Ref& root) { return parse_text(to_text(root)).at(0); }
} // namespace

TEST_CASE("the text is what the header shows") {
  Ref x = variable("x", DType::f32, {symbol_dim("batch"), constant_dim(64)});
  Ref y = call("maximum", {reduce("sum", x, {1}, true), constant(DType::f32, 0.5)});
  CHECK(to_text(y) == "x = input(batch, 64, dtype=f32) : f32[batch, 64]\n"
                      "%1 = sum(x, axes=[1], keepdims=true) : f32[batch, 1]\n"
                      "%2 = maximum(%1, 0.5) : f32[batch, 1]\n"
                      "return %2\n");
  CHECK(back(y) == y);
}

TEST_CASE("sharing is shown once and several roots return") {
  Ref x = variable("x", DType::f64, {}), e = call("exp", {x});
  std::vector<Ref> roots{e * e, e, x, constant(DType::f64, 1)};
  CHECK(to_text(roots) == "x = input(dtype=f64) : f64[]\n%1 = exp(x) : f64[]\n%2 = multiply(%1, %1) : f64[]\nreturn %2, %1, x, 1.0:f64\n");
  CHECK(parse_text(to_text(roots)) == roots);
}

TEST_CASE("names and sizes that are no identifiers") {
  Ref odd = symbol_dim("x.shape[0]"), n = symbol_dim("n");
  CHECK(back(variable("my \"x\"\n", DType::f32, {odd, index_add(index_mul(odd, n), constant_dim(2))})) != nullptr);
  for (const Ref& r : {variable("my \"x\"\n", DType::f32, {odd, index_add(index_mul(odd, n), constant_dim(2))}),
                       variable("", DType::f32, {}), variable("inf", DType::f32, {}), variable("%1", DType::f32, {n}),
                       variable("n", DType::f32, {n}), // an input and a size of one name
                       variable("n", DType::i64, {}) + n,
                       variable("x", DType::f32, {index_sub(n, constant_dim(1)), index_div(n, constant_dim(2)), index_max(n, constant_dim(3))}),
                       call("add", {constant_dim(1), n}), // not canonical
                       call("slice", {variable("x", DType::f32, {n}), constant_dim(0), variable("k", DType::i64, {})}, {{"axis", i64(0)}, {"step", i64(2)}}),
                       state_variable("W", -3, DType::f32, {n})}) {
    INFO(to_text(r));
    CHECK(back(r) == r);
  }
  // Two inputs of one name.
  Ref both = call("where", {variable("x", DType::bool_, {}), variable("x", DType::f32, {}), variable("x", DType::f32, {n})});
  CHECK(back(both) == both);
}

TEST_CASE("literals keep their bits") {
  double payload = std::bit_cast<double>(0xfff8000000000123ull);
  Ref strange = make(*find_op("constant"), {}, {{"dtype", DType::f64}, {"value", payload}});
  for (const Ref& c : {constant(DType::f32, 0.1), constant(DType::f64, 0.1), constant(DType::f64, -0.0), constant(DType::f32, INFINITY),
                       constant(DType::f64, -INFINITY), constant(DType::f64, NAN), constant(DType::f64, -NAN), strange,
                       constant(DType::f32, 1e-45), constant(DType::f64, 5e-324), constant(DType::f32, 3.4028234e38),
                       constant_int(DType::u64, -1), constant_int(DType::i64, INT64_MIN), constant_int(DType::bool_, 1),
                       constant_int(DType::u8, 255), constant(DType::f16, 0.5), constant_array(DType::i16, {2, 1}, std::vector<std::byte>(4, std::byte{7}))}) {
    INFO(to_text(c));
    CHECK(back(c) == c);
    Ref x = variable("x", c->dtype(), {symbol_dim("n")});
    Ref chosen = where(constant_int(DType::bool_, 0), c, x);
    CHECK(back(chosen) == chosen);
  }
}

TEST_CASE("random graphs parse back to the same nodes") {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    auto g = croton::test::random_graph(seed, {.nodes = 20, .specials = true});
    std::string text = to_text(g.roots);
    INFO(text);
    std::vector<Ref> parsed;
    REQUIRE_NOTHROW(parsed = parse_text(text));
    CHECK(parsed == g.roots);
  }
}

TEST_CASE("a file's errors have a type and a place") {
  auto bad = [](std::string_view text, const std::string& message) {
    INFO(text);
    CHECK_THROWS_AS(parse_text(text), Error);
    CHECK_THROWS_WITH(parse_text(text), Contains(message));
    try {
      parse_text(text);
    } catch (const InternalError&) {
      CHECK(false);
    } catch (const Error& e) {
      CHECK(std::string(e.what()).find('\n') == std::string::npos);
    }
  };
  bad("", "graph:0:1: expected a line 'return");
  bad("x = input(2, dtype=f32)", "expected a line 'return");
  bad("x = input(2, dtype=f32)\nreturn %3", "graph:2:8: \"%3\" is not defined");
  bad("x = input(2, dtype=f32)\n%1 = nosuch(x)\nreturn x", "graph:2:6: there is no op named \"nosuch\"");
  bad("x = input(2, dtype=f99)\nreturn x", "graph:1:20: dtype must be of the kind dtype");
  bad("x = input(2)\nreturn x", "the attribute 'dtype' is missing");
  bad("x = input(2, dtype=f32, color=3)\nreturn x", "there is no attribute \"color\"");
  bad("x = input(2, dtype=f32) : f32[3]\nreturn x", "graph:1:27: found the type \"f32[3]\", expected f32[2]");
  bad("x = input(2, dtype=f32)\nx = exp(x)\nreturn x", "graph:2:1: \"x\" is defined already");
  bad("x = input(2, dtype=f32)\n%1 = add(x, x\nreturn x", "graph:2:14:");
  bad("x = input(-2, dtype=f32)\nreturn x", "negative");
  bad("x = input(4000000000000, 4000000000000, dtype=f32)\nreturn x", "more elements than memory");
  bad("x = input(1,1,1,1,1,1,1,1,1, dtype=f32)\nreturn x", "the rank is 9");
  bad("x = input(2, dtype=u8)\n%1 = add(x, 300)\nreturn %1", "\"300\" is no u8");
  bad("x = input(2, dtype=i32)\n%1 = add(x, 1.5)\nreturn %1", "\"1.5\" is no i32");
  bad("x = input(2, dtype=f32)\n%1 = sum(x, axes=[1], keepdims=false)\nreturn %1", "graph:2:6: [sum] axis 1 is out of range");
  bad("x = input(2, 2, dtype=f32)\n%1 = sum(x, axes=[1, 0], keepdims=false)\nreturn %1", "sorted");
  bad("return 1.5", "the dtype of the literal is not known");
  bad("return 1\nreturn 2", "graph:2:1: expected nothing after return");
  bad("%1 = constant(dtype=f32)\nreturn %1", "are missing");
  bad("x = input(n * " + std::string(300, '(') + ", dtype=f32)\nreturn x", "at most 200 deep");
}

TEST_CASE("sizes that would multiply out beyond bounds are refused in time") {
  std::string product = "x = input((a0+b0)";
  for (int i = 1; i < 60; ++i) product += "*(a" + std::to_string(i) + "+b" + std::to_string(i) + ")";
  CHECK_THROWS_WITH(parse_text(product + ", dtype=f32)\nreturn x"), Contains("too many terms"));
  std::string doubling = "%1 = dim(name=\"n\")\n%2 = add(%1, %1)\n";
  for (int i = 3; i < 60; ++i) doubling += "%" + std::to_string(i) + " = add(%" + std::to_string(i - 1) + ", %" + std::to_string(i - 1) + ")\n";
  CHECK_NOTHROW(parse_text(doubling + "return %59"));
  CHECK(parse_text(to_text(parse_text(doubling + "return %59"))) == parse_text(doubling + "return %59"));
  CHECK_THROWS_WITH(parse_text(doubling + "x = input(%59, dtype=f32)\nreturn x"), Contains("too many terms"));
}
