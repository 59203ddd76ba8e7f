// Large results go past the cache, wherever the caller's memory begins.
#include "croton/croton.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <thread>

using namespace croton;

namespace {

constexpr i64 large = (i64(33) << 20) / 4 + 5; ///< f32 elements, not a whole number of vectors

/// Memory whose element 0 stands `offset` elements behind an address of 64 bytes, between guards.
class Placed {
public:
  Placed(i64 count, i64 offset) : memory_(static_cast<std::size_t>(count + offset + 64), -7.0f), count_(count) {
    auto address = reinterpret_cast<std::uintptr_t>(memory_.data());
    first_ = memory_.data() + (64 - address % 64) % 64 / sizeof(f32) + 16 + offset;
  }
  std::span<f32> values() { return {first_, static_cast<std::size_t>(count_)}; }
  bool guards_hold() const { return first_[-1] == -7.0f && first_[count_] == -7.0f; }

private:
  std::vector<f32> memory_;
  i64 count_;
  f32* first_;
};

std::vector<f32> ramp(i64 count) {
  std::vector<f32> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<f32>(i % 8191) * 0.25f;
  return values;
}

bool is_affine(std::span<const f32> found, std::span<const f32> x, f32 scale, f32 shift) {
  return std::equal(found.begin(), found.end(), x.begin(), [&](f32 y, f32 v) { return y == v * scale + shift; });
}

} // namespace

TEST_CASE("large results in memory of every alignment") {
  auto x = vector<f32>("x");
  Function f = function({x}, x * 2 + 1);
  CHECK(f.dump("kernels").find("streaming") != std::string::npos);
  const std::vector<f32> in = ramp(large);
  for (i64 offset : {0, 1, 7, 15}) {
    Placed out(large, offset);
    f(in, into(out.values()));
    INFO("offset " << offset);
    CHECK(is_affine(out.values(), in, 2, 1));
    CHECK(out.guards_hold());
  }
}

TEST_CASE("two large results, aligned alike or not") {
  auto x = vector<f32>("x");
  Function f = function({x}, {x * 2 + 1, x * 4});
  const std::vector<f32> in = ramp(large);
  for (auto [first, second] : {std::pair<i64, i64>{3, 3}, {0, 5}}) {
    Placed a(large, first), b(large, second);
    f(in, into(a.values(), b.values()));
    CHECK((is_affine(a.values(), in, 2, 1) && is_affine(b.values(), in, 4, 0)));
    CHECK((a.guards_hold() && b.guards_hold()));
  }
}

TEST_CASE("rows of a large result that begin anywhere") {
  const i64 rows = 2999, columns = 3001;
  auto x = tensor<f32>("x", {dim("n"), dim("m")});
  Function f = function({x}, x - max(x, 1, keepdims));
  CHECK(f.dump("kernels").find("streaming") != std::string::npos);
  const std::vector<f32> in = ramp(rows * columns);
  Placed out(rows * columns, 2);
  f(view(in.data(), {rows, columns}), into(view(out.values().data(), {rows, columns})));
  bool right = true;
  for (i64 r = 0; r < rows; ++r) {
    const f32* row = in.data() + r * columns;
    f32 largest = *std::max_element(row, row + columns);
    for (i64 c = 0; c < columns; ++c) right &= out.values()[static_cast<std::size_t>(r * columns + c)] == row[c] - largest;
  }
  CHECK(right);
  CHECK(out.guards_hold());
}

TEST_CASE("large scans from both ends") {
  auto x = vector<i64>("x");
  for (bool reverse : {false, true}) {
    Function f = function({x}, cumsum(x, 0, {.reverse = reverse}));
    CHECK(f.dump("kernels").find("streaming") != std::string::npos);
    std::vector<i64> in(static_cast<std::size_t>(large / 2 + 3)), want(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<i64>(i % 5);
    if (reverse) std::partial_sum(in.rbegin(), in.rend(), want.rbegin());
    else std::partial_sum(in.begin(), in.end(), want.begin());
    Array whole = f(in); // begins where vectors do
    CHECK(std::ranges::equal(whole.span<i64>(), want));
    std::vector<i64> placed(in.size() + 1);
    f(in, into(std::span(placed).subspan(1)));
    CHECK(std::equal(want.begin(), want.end(), placed.begin() + 1));
  }
}

TEST_CASE("code of large results is compiled by the call that needs it, and logged") {
  auto x = vector<f32>("x");
  Function f = function({x}, x * 3 - 1);
  auto compilations = [&] {
    std::string text = f.explanation();
    int count = 0;
    for (std::size_t at = 0; (at = text.find("compiled for ", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  f(ramp(100));
  CHECK(compilations() == 1);
  const std::vector<f32> in = ramp(large);
  std::vector<std::thread> callers; // from two threads at once: once
  for (int k = 0; k < 2; ++k) callers.emplace_back([&] { f(in); });
  for (std::thread& t : callers) t.join();
  CHECK(compilations() == 2);
  CHECK(f.explanation().find("compiled for a call whose sizes need code that few calls need") != std::string::npos);
}

TEST_CASE("what the kernel itself reads is not written past the cache") {
  auto x = vector<f32>("x");
  auto w = shared(zeros<f32>({large}), "w");
  Function f = function({x}, {}, {.updates = {{w, w + x}}});
  CHECK(f.dump("kernels").find("streaming") == std::string::npos);
}
