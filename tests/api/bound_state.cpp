// Bound calls of functions of shared variables.
#include "tests/api/support.h"
#include <thread>

using namespace croton;
using test::values;
using F = std::vector<f32>;

TEST_CASE("a bound step finds its variables wherever they are") {
  for (const char* device : {"cpu", "host", "reference"}) {
    INFO(device);
    auto x = vector<f32>("x");
    auto w = shared(F{1, 1, 1}, "w"), rate = shared(0.5f, "rate");
    auto step = function({x}, {sum(w)}, {.updates = {{w, w - rate * x}}, .device = device});
    F data{2, 4, 6};
    f32 before = 0;
    auto bound = step.bind({before}, {data});
    for (int i = 0; i < 3; ++i) bound();
    CHECK(values<f32>(w.get()) == F{-2, -5, -8});
    CHECK(before == -9); // 3 − 2·6
    w.set(F{0, 0, 0}); // takes the old value's place
    bound();
    CHECK(before == 0);
    CHECK(values<f32>(w.get()) == F{-1, -2, -3});
    rate.set(2.f); // lies elsewhere now
    data[0] = 0;
    bound();
    bound();
    CHECK(values<f32>(w.get()) == F{-1, -18, -27});
    step(data); // an unbound call between bound ones
    bound();
    CHECK(values<f32>(w.get()) == F{-1, -34, -51});
  }
}

TEST_CASE("a bound update may change the shape of its variable") {
  auto n = dim("n");
  auto s = shared(Array{1.f}, "s", {n});
  auto grow = function({}, {sum(s)}, {.updates = {{s, concatenate({s, s})}}});
  f32 total = 0;
  auto bound = grow.bind({total}, {});
  for (int i = 0; i < 5; ++i) bound();
  CHECK(total == 16);
  CHECK(s.get().shape() == std::vector<i64>{32});
  auto x = vector<f32>("x");
  auto replace = function({x}, {}, {.updates = {{s, s * 0 + sum(x)}}}); // keeps it
  F one{1};
  auto again = replace.bind({}, {one});
  again();
  again();
  s.set(F{7});
  again();
  CHECK(values<f32>(s.get()) == F{1});
}

TEST_CASE("what only reads a variable may go on while a bound call runs, and sees whole updates") {
  auto a = shared(Array(DType::f32, {1000}), "a"), b = shared(Array(DType::f32, {1000}), "b");
  auto step = function({}, {}, {.updates = {{a, a + 1}, {b, b + 1}}});
  auto difference = function({}, {max(abs(a - b))});
  auto bound = step.bind({}, {});
  std::thread writer([&] {
    for (int i = 0; i < 2000; ++i) bound();
  });
  f32 seen = -1, worst = 0;
  auto look = difference.bind({seen}, {});
  for (int i = 0; i < 2000; ++i) {
    look();
    worst = std::max(worst, seen);
  }
  writer.join();
  CHECK(worst == 0);
  CHECK(values<f32>(a.get()) == F(1000, 2000));
}

TEST_CASE("no update of bound calls in several threads is lost") {
  auto count = shared(i64(0), "count");
  auto up = function({}, {}, {.updates = {{count, count + 1}}});
  auto down = function({}, {}, {.updates = {{count, count - 1}}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      auto bound = (t % 2 ? up : down).bind({}, {});
      for (int i = 0; i < 1000 + t; ++i) bound();
    });
  for (std::thread& t : threads) t.join();
  CHECK(count.get().item<i64>() == 2);
}

TEST_CASE("a bound call that fails changes no variable") {
  auto rows = vector<i64>("rows");
  auto table = shared(F{1, 2, 3}, "table");
  auto f = function({rows}, {sum(take(table, rows, 0))}, {.updates = {{table, table + 1}}});
  std::vector<i64> wanted{0, 2};
  f32 total = 0;
  auto bound = f.bind({total}, {wanted});
  bound();
  bound();
  bound();
  CHECK(total == 8);
  wanted[1] = 3;
  CHECK_THROWS_AS(bound(), IndexError);
  CHECK(values<f32>(table.get()) == F{4, 5, 6});
  wanted[1] = -1;
  bound();
  CHECK(total == 10);
}

TEST_CASE("bound calls read strided memory on every device") {
  for (const char* device : {"cpu", "host", "reference"}) {
    INFO(device);
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.device = device});
    F data{1, 2, 3, 4}, out(2);
    auto bound = f.bind({out}, {view(data.data(), {2}, {2})});
    bound();
    CHECK(out == F{2, 4});
    data[2] = 30;
    bound();
    CHECK(out == F{2, 31});
  }
}
