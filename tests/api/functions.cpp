// Calls in all their forms.
#include "tests/api/support.h"
#include <sstream>

using namespace croton;
using test::values;
using F = std::vector<f32>;

TEST_CASE("outputs are read by index, by name and as one") {
  auto x = scalar<f32>("x");
  auto f = function({x}, {x + 1, x * 2}, {.output_names = {"next", "twice"}});
  auto both = f(3.f);
  CHECK(both.size() == 2);
  CHECK(both[0].item<f32>() == 4);
  CHECK(both["twice"].item<f32>() == 6);
  auto [next, twice] = f(5.f).unpack<2>();
  CHECK(next.item<f32>() == 6);
  CHECK(twice.item<f32>() == 10);
  CHECK_THROWS_AS(both.item<f32>(), ValueError);
  CHECK_THROWS_AS(both["thrice"], IndexError);
  CHECK_THROWS_AS(both[2], IndexError);
  CHECK_THROWS_AS(both.unpack<3>(), ValueError);
  Array single = function({x}, {x})(1.f);
  CHECK(single.item<f32>() == 1);
}

TEST_CASE("C++ scalars take the input's dtype") {
  auto x = scalar<f32>("x");
  auto i = scalar<u8>("i");
  auto f = function({x}, {x * 2});
  auto g = function({i}, {i});
  CHECK(f(2).item<f32>() == 4);
  CHECK(f(0.5).item<f32>() == 1);
  CHECK(g(200).item<i32>() == 200);
  CHECK_THROWS_AS(g(300), ValueError);
  CHECK_THROWS_AS(g(-1), ValueError);
  CHECK_THROWS_AS(g(1.5), DTypeError);
}

TEST_CASE("a function without inputs, and one without outputs") {
  CHECK(function({}, {arange(3)})().single().size() == 3);
  auto s = shared(1);
  auto step = function({}, {}, {.updates = {{s, s + 1}}});
  CHECK(step().size() == 0);
  CHECK(s.get().item<i32>() == 2);
}

TEST_CASE("one function serves all shapes") {
  auto x = matrix<f32>("x");
  auto f = function({x}, {sum(x, 1)});
  CHECK(values<f32>(f(Array{{1.f, 2.f}, {3.f, 4.f}})) == F{3, 7});
  CHECK(values<f32>(f(Array{{1.f, 2.f, 3.f}})) == F{6});
  CHECK(f(Array(DType::f32, {0, 5})).single().shape() == std::vector<i64>{0});
}

TEST_CASE("results never alias inputs") {
  auto x = vector<f32>("x");
  auto f = function({x}, {x, x});
  F data{1, 2};
  auto [a, b] = f(data).unpack<2>();
  a.span<f32>()[0] = 9;
  CHECK(data == F{1, 2});
  CHECK(values<f32>(b) == F{1, 2});
}

TEST_CASE("calls by name, with defaults") {
  auto x = scalar<f32>("x"), y = scalar<f32>("y");
  auto f = function({x, y}, {x - y}, {.defaults = {{y, 3.0}}});
  CHECK(f(5).item<f32>() == 2);
  CHECK(f(5, 1).item<f32>() == 4);
  CHECK(f.call({{"y", 1}, {"x", 10}}).item<f32>() == 9);
  CHECK(f.call({{"x", 10}}).item<f32>() == 7);
  auto g = function({x, y}, {x - y}, {.input_names = {"left", "right"}});
  CHECK(g.call({{"right", 1}, {"left", 2}}).item<f32>() == 1);
  CHECK_FAILS(ValueError, "'z' does not exist", f.call({{"z", 1}}));
  CHECK_FAILS(ValueError, "'x' is given twice", f.call({{"x", 1}, {"x", 2}}));
  CHECK_FAILS(ValueError, "'x' is missing", f.call({{"y", 1}}));
}

TEST_CASE("givens are put in simultaneously") {
  auto x = vector<f32>("x"), y = vector<f32>("y"), z = vector<f32>("z");
  auto f = function({z}, {x - y}, {.givens = {{x, z * 3}, {y, z}}});
  CHECK(values<f32>(f(F{1, 2})) == F{2, 4});
  // The y inside x's replacement is the variable itself: it is not replaced in turn.
  CHECK_FAILS(ValueError, "y: f32{y.0}", function({z}, {x - y}, {.givens = {{x, y + z}, {y, 2 * z}}}));
}

TEST_CASE("givens replace variables and shared variables") {
  auto x = vector<f32>("x"), z = vector<f32>("z");
  auto w = shared(F{1, 2}, "w");
  auto f = function({z}, {x + w}, {.givens = {{x, 2 * z}, {w, z}}});
  CHECK(values<f32>(f(F{1, 10})) == F{3, 30});
  auto n = function({z}, {sum(x) * cast<f32>(x.dim(0))}, {.givens = {{x, z}}});
  CHECK(n(F{1, 2}).item<f32>() == 6);
  CHECK_FAILS(ValueError, "replace the input", function({x}, {x}, {.givens = {{x, z}}}));
  CHECK_FAILS(DTypeError, "givens", function({}, {x}, {.givens = {{x, vector<f64>("d")}}}));
  CHECK_FAILS(ShapeError, "givens", function({}, {x}, {.givens = {{x, matrix<f32>("m")}}}));
}

TEST_CASE("results go to the caller's buffers") {
  auto x = vector<f32>("x");
  auto f = function({x}, {x * 2, sum(x)});
  F twice(3);
  float total = 0;
  f(F{1, 2, 3}, into(twice, total));
  CHECK(twice == F{2, 4, 6});
  CHECK(total == 6);
  Array out(DType::f32, {2});
  f(F{1, 2}, into(out, total));
  CHECK(values<f32>(out) == F{2, 4});
  auto m = matrix<f32>("m");
  auto g = function({m}, {m + 1});
  F flat(4);
  g(Array{{1.f, 2.f}, {3.f, 4.f}}, into(flat));
  CHECK(flat == F{2, 3, 4, 5});
}

TEST_CASE("a bound call repeats over the same memory") {
  auto a = vector<f32>("a"), b = vector<f32>("b"), c = vector<f32>("c");
  auto f = function({a, b, c}, {a + b * c});
  F x(8, 1), y(8, 2), z(8, 3), out(8);
  auto call = f.bind({out}, {x, y, z});
  call();
  CHECK(out == F(8, 7));
  x[0] = 10;
  call();
  CHECK(out[0] == 16);
  auto s = shared(0, "count");
  auto counter = function({}, {s}, {.updates = {{s, s + 1}}});
  i32 seen = -1;
  auto tick = counter.bind({seen}, {});
  tick();
  tick();
  CHECK(seen == 1);
  CHECK(s.get().item<i32>() == 2);
}

TEST_CASE("a function tells about itself") {
  auto x = vector<f32>("x");
  auto f = function({x}, {sum(exp(x))}, {.name = "total"});
  CHECK(f.name() == "total");
  CHECK(f.device() == "cpu");
  CHECK(f.input_names() == std::vector<std::string>{"x"});
  CHECK(f.input_count() == 1);
  CHECK(f.output_count() == 1);
  CHECK(f.stats().compile_ms > 0);
  CHECK(!f.kernels().empty());
  (void)f.peak_bytes(F{1, 2});
  std::ostringstream text;
  f.explain(text);
}

TEST_CASE("values of expressions, without a function") {
  auto x = vector<f32>("x");
  CHECK((x * 2).eval({{x, F{1, 2}}}) == Array{2.f, 4.f});
  CHECK(eval(arange(3)) == Array{i64(0), i64(1), i64(2)});
  CHECK_FAILS(ValueError, "is needed", (x * 2).eval());
}
