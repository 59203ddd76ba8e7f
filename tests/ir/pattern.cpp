#include "ir/pattern.h"
#include "croton/error.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::ir;
using Kind = Pattern::Kind;

TEST_CASE("expressions become trees of calls") {
  Pattern p = parse_pattern("log(1 + x)");
  REQUIRE(p.kind == Kind::call);
  CHECK(p.name == "log");
  REQUIRE(p.args.size() == 1);
  CHECK(p.args[0].name == "add");
  CHECK(p.args[0].args[0].kind == Kind::literal);
  CHECK(p.args[0].args[0].value == 1);
  CHECK(p.args[0].args[1].kind == Kind::variable);
  CHECK(p.args[0].args[1].name == "x");
  CHECK(p.args[0].args[1].column == 9);
}

TEST_CASE("precedence, signs and attributes") {
  auto canonical = [](std::string_view text) { return to_string(parse_pattern(text)); };
  CHECK(canonical("a-b-c") == "a - b - c");
  CHECK(canonical("a-(b-c)") == "a - (b - c)");
  CHECK(canonical("(a+b)*c/d") == "(a + b) * c / d");
  CHECK(canonical("a<b+1") == "a < b + 1");
  CHECK(canonical("-x*y") == "negative(x) * y");
  CHECK(canonical("-2*y") == "-2 * y");
  CHECK(canonical("--2") == "negative(-2)");
  CHECK(canonical("-inf") == "-inf");
  CHECK(canonical("n // 2 + 1") == "n // 2 + 1");
  CHECK(canonical("sum(x,axes=[0,1],keepdims=true)") == "sum(x, axes=[0, 1], keepdims=true)");
  CHECK(canonical("f(1.5:f32, \"a\\\"b\\n\\x01\")") == "f(1.5:f32, \"a\\\"b\\n\\x01\")");
  CHECK(parse_pattern("a == b").name == "equal");
  CHECK(parse_pattern("a != b").name == "not_equal");
  CHECK(parse_pattern("a >= b").name == "greater_equal");
  CHECK(parse_pattern("sum(x, axes=a)").attribute("axes")->name == "a");
  CHECK(parse_pattern("1e-3").value == 1e-3);
}

TEST_CASE("bad expressions name the column") {
  auto column = [](std::string_view text, const std::string& place) {
    CHECK_THROWS_AS(parse_pattern(text), ValueError);
    CHECK_THROWS_WITH(parse_pattern(text), Catch::Contains("column " + place + ":"));
  };
  column("", "1");
  column("1 +", "4");
  column("f(", "3");
  column("f(x", "4");
  column("a < b < c", "7");
  column("a $ b", "3");
  column("f(a=1, a=2)", "9");
  column("\"abc", "5");
  column("1x", "2");
  column("a b", "3");
  column("%1", "1");
  column("1e999", "1");
  column(std::string(100000, '('), "201");
  column(std::string(100000, '-') + "x", "201");
  std::string chain = "x";
  for (int i = 0; i < 100000; ++i) chain += "+x";
  CHECK_THROWS_AS(parse_pattern(chain), ValueError);
}
