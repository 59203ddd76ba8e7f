#include "runtime/buffer_pool.h"
#include "tests/support/catch.h"
#include <chrono>
#include <croton/error.h>
#include <cstring>
#include <iostream>
#include <limits>
#include <random>
#include <thread>
#include <vector>

using namespace croton;
using namespace croton::runtime;
using Catch::Matchers::Contains;

namespace {
std::uintptr_t address(const Buffer& buffer) { return reinterpret_cast<std::uintptr_t>(buffer.data()); }
constexpr std::size_t MiB = std::size_t{1} << 20;
} // namespace

TEST_CASE("buffers are aligned, writable and counted") {
  BufferPool pool(64 * MiB);
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65},
                                  std::size_t{1000}, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 17 * MiB}) {
    Buffer buffer = pool.allocate(bytes);
    REQUIRE(buffer.data() != nullptr);
    CHECK(buffer.bytes() == bytes);
    CHECK(address(buffer) % (bytes >= 4 * MiB ? 2 * MiB : 64) == 0);
    std::memset(buffer.data(), 0x5a, bytes);
    CHECK(pool.bytes_in_use() >= bytes);
    CHECK(pool.bytes_in_use() <= std::max<std::size_t>(bytes + bytes / 8 + 64, bytes >= 4 * MiB ? bytes + bytes / 8 + 2 * MiB : 0));
  }
  CHECK(pool.bytes_in_use() == 0);
}

TEST_CASE("a freed block is used again") {
  BufferPool pool(64 * MiB);
  for (const std::size_t bytes : {std::size_t{100}, 3 * MiB, 9 * MiB}) {
    Buffer first = pool.allocate(bytes);
    void* const data = first.data();
    Buffer moved = std::move(first);
    CHECK_FALSE(first);
    CHECK(moved.data() == data);
    moved.reset();
    CHECK(pool.bytes_cached() >= bytes);
    Buffer second = pool.allocate(bytes - 1);
    CHECK(second.data() == data);
    second = pool.allocate(2 * bytes); // assignment gives the old block back
    CHECK(second.data() != data);
    CHECK(pool.allocate(bytes).data() == data);
  }
  CHECK(pool.trim() > 0);
  CHECK(pool.bytes_cached() == 0);
}

TEST_CASE("the cache is bounded") {
  BufferPool pool(16 * MiB);
  {
    std::vector<Buffer> held;
    for (int i = 0; i < 10; ++i) held.push_back(pool.allocate(3 * MiB));
  }
  CHECK(pool.bytes_cached() <= 16 * MiB);
  CHECK(pool.bytes_cached() >= 12 * MiB);
  pool.allocate(100 * MiB).reset();
  CHECK(pool.bytes_cached() <= 16 * MiB);
  BufferPool none(0);
  none.allocate(1000).reset();
  CHECK(none.bytes_cached() == 0);
}

TEST_CASE("absurd sizes are errors that name them") {
  BufferPool pool(MiB);
  const std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t bytes : {most, most - 63, most / 2, std::size_t{1} << 48, std::size_t{1} << 46, std::size_t{1} << 44}) {
    CHECK_THROWS_AS(pool.allocate(bytes), DeviceError);
    CHECK_THROWS_WITH(pool.allocate(bytes), Contains(std::to_string(bytes) + " bytes"));
  }
  CHECK_THROWS_AS(pool.allocate(most / 4, 8), DeviceError);
  CHECK(pool.allocate(1000, 8).bytes() == 8000);
  CHECK(pool.bytes_in_use() == 0);
}

TEST_CASE("threads share a pool") {
  BufferPool pool(8 * MiB);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      std::vector<Buffer> held(8);
      for (int i = 0; i < 2000; ++i) {
        Buffer& slot = held[random() % held.size()];
        if (slot && *static_cast<unsigned char*>(slot.data()) != slot.bytes() % 251) ++wrong[t];
        slot = pool.allocate(std::size_t{1} << (random() % 16));
        *static_cast<unsigned char*>(slot.data()) = static_cast<unsigned char>(slot.bytes() % 251);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
  CHECK(pool.bytes_in_use() == 0);
}

TEST_CASE("allocation times", "[.timing]") {
  BufferPool pool(1024 * MiB);
  for (const std::size_t bytes : {std::size_t{64}, std::size_t{4096}, MiB, 64 * MiB}) {
    pool.allocate(bytes).reset();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 100000; ++i) pool.allocate(bytes).reset();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    std::cout << "allocate and free " << bytes << " B: " << took.count() / 100000 << " ns\n";
  }
  for (const char* what : {"once", "again"}) { // on a virtual machine the host's own first touch comes with ours
    pool.trim();
    const auto start = std::chrono::steady_clock::now();
    Buffer fresh = pool.allocate(256 * MiB);
    std::memset(fresh.data(), 1, fresh.bytes());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::cout << "first touch " << what << ": " << static_cast<double>(fresh.bytes()) / took.count() / 1e9 << " GB/s\n";
  }
}
