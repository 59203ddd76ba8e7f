#include "runtime/thread_pool.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <chrono>
#include <croton/error.h>
#include <iostream>
#include <mutex>
#include <numeric>
#include <thread>
#include <tuple>
#include <vector>

using namespace croton;
using namespace croton::runtime;

namespace {

using Chunk = std::tuple<int, std::int64_t, std::int64_t>;

std::vector<Chunk> chunks_of(ThreadPool& pool, std::int64_t begin, std::int64_t end, std::int64_t grain,
                             std::int64_t multiple = 1) {
  std::mutex mutex;
  std::vector<Chunk> seen;
  pool.for_chunks(
      begin, end, grain,
      [&](std::int64_t from, std::int64_t to, int worker) {
        const std::lock_guard lock(mutex);
        seen.emplace_back(worker, from, to);
      },
      multiple);
  std::sort(seen.begin(), seen.end());
  return seen;
}

/// A sum whose rounding depends on how the range is cut.
float chunked_sum(ThreadPool& pool, const std::vector<float>& values) {
  std::vector<float> partial(static_cast<std::size_t>(pool.thread_count()), 0.0f);
  pool.for_chunks(0, static_cast<std::int64_t>(values.size()), 1, [&](std::int64_t from, std::int64_t to, int worker) {
    for (std::int64_t i = from; i < to; ++i) partial[worker] += values[i];
  });
  return std::accumulate(partial.begin(), partial.end(), 0.0f);
}

} // namespace

TEST_CASE("a partition covers its range with even chunks of whole multiples") {
  for (const std::int64_t size : {0, 1, 2, 15, 16, 17, 100, 1000, 4097})
    for (const std::int64_t grain : {1, 7, 64, 5000})
      for (const std::int64_t multiple : {1, 16, 100})
        for (const int threads : {1, 2, 3, 8, 64}) {
          const Partition cut = Partition::make(-5, -5 + size, grain, multiple, threads);
          REQUIRE(cut.count <= threads);
          REQUIRE((cut.count == 0) == (size == 0));
          REQUIRE(cut.boundary(cut.count) == -5 + size);
          std::int64_t at = -5;
          for (int k = 0; k < cut.count; ++k) {
            REQUIRE(cut.boundary(k) == at);
            at = cut.boundary(k + 1);
            REQUIRE(at > cut.boundary(k));
            if (k + 1 < cut.count) REQUIRE((at - cut.boundary(k)) % multiple == 0);
          }
          REQUIRE(at == -5 + size);
        }
  CHECK(Partition::make(3, 3, 1, 1, 4).count == 0);
  CHECK(Partition::make(3, -3, 1, 1, 4).count == 0);
  CHECK(Partition::make(0, 10, 0, 0, 0).count == 1);
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  const Partition whole = Partition::make(0, huge, 1, 64, 7);
  CHECK(whole.count == 7);
  CHECK(whole.boundary(7) == huge);
  CHECK(whole.boundary(6) < huge);
}

TEST_CASE("every element runs once, by the same split each time") {
  ThreadPool pool(4);
  const auto first = chunks_of(pool, 0, 1003, 1, 16);
  CHECK(first.size() == 4);
  for (int repeat = 0; repeat < 200; ++repeat) REQUIRE(chunks_of(pool, 0, 1003, 1, 16) == first);
  std::vector<int> hits(1003);
  pool.for_chunks(0, 1003, 1, [&](std::int64_t from, std::int64_t to, int) {
    for (std::int64_t i = from; i < to; ++i) ++hits[i];
  });
  CHECK(std::count(hits.begin(), hits.end(), 1) == 1003);
  CHECK(chunks_of(pool, 0, 100, 1000).size() == 1); // below the grain: one chunk
  CHECK(chunks_of(pool, 5, 5, 1).empty());
}

TEST_CASE("one thread is a plain call") {
  ThreadPool pool(1);
  const auto caller = std::this_thread::get_id();
  pool.for_chunks(0, 1000, 1, [&](std::int64_t from, std::int64_t to, int worker) {
    CHECK(std::this_thread::get_id() == caller);
    CHECK((from == 0 && to == 1000 && worker == 0));
  });
}

TEST_CASE("nested calls run inline with the same split") {
  ThreadPool pool(3);
  const auto expected = chunks_of(pool, 0, 30, 1);
  std::vector<std::vector<Chunk>> seen(3);
  pool.for_chunks(0, 3, 1, [&](std::int64_t, std::int64_t, int worker) { seen[worker] = chunks_of(pool, 0, 30, 1); });
  for (const auto& one : seen) CHECK(one == expected);
}

TEST_CASE("many threads may use one pool, with the same bits for all") {
  ThreadPool pool(3);
  std::vector<float> values(10007);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 1.0f / static_cast<float>(i + 1);
  const float expected = chunked_sum(pool, values);
  std::vector<int> wrong(4);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i)
        if (chunked_sum(pool, values) != expected) ++wrong[t];
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
}

TEST_CASE("the pool sleeps, wakes, changes size and ends") {
  ThreadPool pool(2);
  for (int i = 0; i < 60; ++i) {
    REQUIRE(chunks_of(pool, 0, 64, 1).size() == static_cast<std::size_t>(pool.thread_count()));
    if (i % 4 == 0) std::this_thread::sleep_for(std::chrono::microseconds(i * 20)); // around the time of parking
    if (i % 10 == 9) pool.set_thread_count(1 + i % 4);
  }
  CHECK_THROWS_AS(pool.set_thread_count(0), ValueError);
  CHECK_THROWS_AS(pool.set_thread_count(1 << 20), ValueError);
  pool.set_thread_count(2);
  std::atomic<int> refused{0};
  pool.for_chunks(0, 2, 1, [&](std::int64_t, std::int64_t, int) {
    try {
      pool.set_thread_count(3);
    } catch (const ValueError&) {
      ++refused;
    }
  });
  CHECK(refused == 2);
  for (int i = 0; i < 50; ++i) { // never used, or ended right after work
    ThreadPool brief(3);
    if (i % 2) chunks_of(brief, 0, 3, 1);
  }
  CHECK(ThreadPool::shared().thread_count() >= 1);
}

TEST_CASE("fork and join", "[.timing]") {
  ThreadPool pool(2);
  const auto body = [](void*, std::int64_t, std::int64_t, int) {};
  for (const int calls : {1000, 100000, 1000000}) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) pool.run(0, 2, 1, body, nullptr);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
    std::cout << "fork-join, 2 threads: " << took.count() / calls << " us (" << calls << " calls)\n";
  }
  std::vector<double> parked;
  for (int i = 0; i < 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const auto start = std::chrono::steady_clock::now();
    pool.run(0, 2, 1, body, nullptr);
    parked.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(parked.begin(), parked.end());
  std::cout << "fork-join after 1 ms asleep: median " << parked[100] << ", 90 % " << parked[180] << " us\n";
  ThreadPool one(1);
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10000000; ++i) one.run(0, 2, 1, body, nullptr);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  std::cout << "one thread: " << took.count() / 10000000 << " ns\n";
}
