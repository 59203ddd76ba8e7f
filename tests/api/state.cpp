// Shared variables and updates.
#include "tests/api/support.h"

using namespace croton;
using test::values;
using F = std::vector<f32>;

TEST_CASE("shared variables are made of values") {
  CHECK(shared(zeros<f32>({2, 3}), "W").get() == Array(DType::f32, {2, 3}));
  CHECK(shared(2.5).dtype() == DType::f64);
  CHECK(shared(1).dtype() == DType::i32);
  CHECK(shared(F{1, 2}, "v").shape().to_string() == "{2}");
  CHECK(shared(arange(3) * 2).get() == Array{i64(0), i64(2), i64(4)});
  CHECK(shared(Array{1.f}, "a").name() == "a");
  CHECK(shared(1).name() != shared(1).name());
  CHECK_FAILS(ValueError, "depends on the variable x", shared(vector<f32>("x")));
}

TEST_CASE("two shared variables with one name are two variables") {
  auto a = shared(1.f, "s"), b = shared(2.f, "s");
  CHECK(eval(a - b).item<f32>() == -1);
  CHECK(!same(a, b));
}

TEST_CASE("values are copied in and out") {
  Array first{1.f, 2.f};
  auto s = shared(first, "s");
  first.span<f32>()[0] = 9;
  CHECK(s.get() == Array{1.f, 2.f});
  s.get().span<f32>()[0] = 9;
  CHECK(s.get() == Array{1.f, 2.f});
  s.set(F{5, 6});
  CHECK(s.get() == Array{5.f, 6.f});
}

TEST_CASE("set() keeps to the declared type") {
  auto s = shared(F{1, 2}, "s");
  CHECK_FAILS(DTypeError, "s: f32{2} cannot hold f64", s.set(std::vector<f64>{1, 2}));
  CHECK_FAILS(ShapeError, "cannot hold the shape {3}", s.set(F{1, 2, 3}));
  CHECK(s.get() == Array{1.f, 2.f});
  auto grows = shared(F{1, 2}, "g");
  auto free = shared(Array{1.f, 2.f}, "free", {dim("n")});
  free.set(F{1, 2, 3});
  CHECK(free.get().size() == 3);
  auto doubles = function({}, {sum(free)}, {.updates = {{free, concatenate({free, free})}}});
  CHECK(doubles().item<f32>() == 6);
  CHECK(doubles().item<f32>() == 12);
  CHECK(free.get().size() == 12);
  CHECK_FAILS(ShapeError, "cannot hold", shared(Array{1.f}, "bad", {dim("n"), 1}));
  auto scalar_state = shared(1.f);
  scalar_state.set(2);
  CHECK(scalar_state.get().item<f32>() == 2);
}

TEST_CASE("updates and outputs see the values from before the call") {
  auto s = shared(1, "s");
  auto f = function({}, {s}, {.updates = {{s, s + 1}}});
  CHECK(f().item<i32>() == 1);
  CHECK(f().item<i32>() == 2);
  CHECK(s.get().item<i32>() == 3);

  auto a = shared(F{1, 2}, "a"), b = shared(F{3, 4}, "b");
  auto swap = function({}, {}, {.updates = {{a, b}, {b, a}}});
  swap();
  CHECK(a.get() == Array{3.f, 4.f});
  CHECK(b.get() == Array{1.f, 2.f});
  swap();
  CHECK(a.get() == Array{1.f, 2.f});
}

TEST_CASE("updates read by several users stay right when written in place") {
  auto w = shared(F{1, 2, 3}, "w"), total = shared(0.f, "total");
  auto f = function({}, {w * 10}, {.updates = {{w, flip(w) + 1}, {total, total + sum(w)}}});
  CHECK(values<f32>(f()) == F{10, 20, 30});
  CHECK(w.get() == Array{4.f, 3.f, 2.f});
  CHECK(total.get().item<f32>() == 6);
  CHECK(values<f32>(f()) == F{40, 30, 20});
  CHECK(total.get().item<f32>() == 15);
}

TEST_CASE("functions share the state") {
  auto s = shared(0.f, "s");
  auto x = scalar<f32>("x");
  auto add = function({x}, {}, {.updates = {{s, s + x}}});
  auto read = function({}, {s});
  add(2);
  add(3);
  CHECK(read().item<f32>() == 5);
  auto copy = add;
  copy(1);
  CHECK(read().item<f32>() == 6);
}

TEST_CASE("literals update to their value everywhere") {
  auto s = shared(F{1, 2}, "s");
  function({}, {}, {.updates = {{s, 0}}})();
  CHECK(s.get() == Array{0.f, 0.f});
}

TEST_CASE("updates that do not fit") {
  auto s = shared(F{1, 2}, "s");
  auto x = vector<f32>("x");
  CHECK_FAILS(DTypeError, "the update of 's'", function({}, {}, {.updates = {{s, cast(s, DType::f64)}}}));
  CHECK_FAILS(ShapeError, "the update of 's'", function({}, {}, {.updates = {{s, sum(s)}}}));
  CHECK_FAILS(ValueError, "updated twice", function({}, {}, {.updates = {{s, s + 1}, {s, s + 2}}}));
  CHECK_FAILS(ValueError, "empty shared", function({}, {}, {.updates = {{Shared(), x}}}));
  auto f = function({x}, {}, {.updates = {{s, x * 1}}});
  CHECK_FAILS(ShapeError, "s: f32{2} cannot hold the shape {3}", f(F{1, 2, 3}));
  CHECK(s.get() == Array{1.f, 2.f});
}

TEST_CASE("state is unchanged after a failed call") {
  auto s = shared(F{1, 2}, "s"), count = shared(0, "count");
  auto i = vector<i32>("i");
  auto y = vector<f32>("y");
  auto f = function({i, y}, {take(s, i)}, {.updates = {{s, s * 2}, {count, count + 1}}, .unused_inputs = Unused::ignore});
  auto unchanged = [&] {
    CHECK(s.get() == Array{1.f, 2.f});
    CHECK(count.get().item<i32>() == 0);
  };
  CHECK_THROWS_AS(f(std::vector<i32>{2}, F{1}), IndexError);
  unchanged();
  CHECK_THROWS_AS(f(std::vector<i32>{0}), ValueError);
  unchanged();
  CHECK_THROWS_AS(f(F{0}, F{1}), DTypeError);
  unchanged();
  std::vector<f32> out(3);
  CHECK_THROWS_AS(f(std::vector<i32>{0}, F{1}, into(out)), ShapeError);
  unchanged();
  f(std::vector<i32>{0}, F{1});
  CHECK(s.get() == Array{2.f, 4.f});
}

TEST_CASE("state outlives its handle where a function uses it") {
  auto f = [] {
    auto s = shared(0, "inner");
    return function({}, {s}, {.updates = {{s, s + 1}}});
  }();
  auto y = [] { return shared(7.f, "constant") * 2; }();
  for (int i = 0; i < 300; ++i) shared(i); // enough to look for states nobody refers to
  f();
  CHECK(f().item<i32>() == 1);
  CHECK(eval(y).item<f32>() == 14);
}
