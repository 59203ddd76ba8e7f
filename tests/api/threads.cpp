// Calls, reads and updates from many threads at once.
#include "tests/api/support.h"
#include <atomic>
#include <thread>

using namespace croton;
using F = std::vector<f32>;

namespace {
template <class Work> void in_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (auto& t : threads) t.join();
}
} // namespace

TEST_CASE("a function is called from many threads") {
  auto x = vector<f32>("x");
  auto f = function({x}, {sum(x * x)});
  std::atomic<int> wrong = 0;
  in_threads(4, [&](int t) {
    for (int i = 0; i < 100; ++i) {
      F data(static_cast<std::size_t>(1 + (i + t) % 5), static_cast<float>(t));
      if (f(data).item<f32>() != static_cast<float>(t * t) * static_cast<float>(data.size())) ++wrong;
    }
  });
  CHECK(wrong == 0);
}

TEST_CASE("no update is lost") {
  auto count = shared(i64(0), "count");
  auto step = function({}, {}, {.updates = {{count, count + 1}}});
  in_threads(4, [&](int) {
    for (int i = 0; i < 200; ++i) step();
  });
  CHECK(count.get().item<i64>() == 800);
}

TEST_CASE("readers see all updates of a call or none") {
  auto a = shared(F(64, 0), "a"), b = shared(F(64, 0), "b");
  auto step = function({}, {}, {.updates = {{a, a + 1}, {b, b - 1}}});
  auto read = function({}, {max(abs(a + b)), max(a) - min(a)});
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) step();
    done = true;
  });
  in_threads(2, [&](int) {
    while (!done) {
      auto [mixed, uneven] = read().unpack<2>();
      if (mixed.item<f32>() != 0 || uneven.item<f32>() != 0) ++torn;
      Array now = a.get();
      if (now.at<f32>({0}) != now.at<f32>({63})) ++torn;
    }
  });
  writer.join();
  CHECK(torn == 0);
  CHECK(a.get().at<f32>({0}) == 300);
}

TEST_CASE("functions that update each other's inputs do not wait in a circle") {
  auto a = shared(1.0, "a"), b = shared(1.0, "b");
  auto f = function({}, {b}, {.updates = {{a, a + 0 * b}}}), g = function({}, {a}, {.updates = {{b, b + 0 * a}}});
  auto both = function({}, {}, {.updates = {{b, a}, {a, b}}});
  in_threads(4, [&](int t) {
    for (int i = 0; i < 200; ++i) {
      if (t == 0) f();
      else if (t == 1) g();
      else if (t == 2) both();
      else a.set(1.0);
    }
  });
  CHECK(a.get().item<f64>() == 1);
  CHECK(b.get().item<f64>() == 1);
}
