// Scans over lines that are cut: the bits do not depend on the number of threads, nor on which of them has which chunk.
#include "runtime/thread_pool.h"
#include "tests/differential/bounds.h"
#include "tests/differential/samples.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

struct Threads {
  explicit Threads(int count) : before(runtime::ThreadPool::shared().thread_count()) { runtime::ThreadPool::shared().set_thread_count(count); }
  ~Threads() { runtime::ThreadPool::shared().set_thread_count(before); }
  int before;
};

Array random(DType d, std::vector<i64> shape, Rng& rng, Domain domain = {}) {
  Array a(d, std::move(shape));
  for (i64 i = 0; i < a.count(); ++i) a.store(i, ordinary_value(d, domain, rng));
  return a;
}

const std::vector<std::pair<i64, i64>> sizes = {{1, 16384}, {1, 16385}, {1, 70'001}, {3, 33'000}, {5, 16'400}, {3, 100}, {0, 40'000}, {4, 0}, {1, 0}};

} // namespace

TEST_CASE("long rows on any number of threads", "[scans]") {
  Rng rng(21);
  Dim m = symbol_dim("m"), n = symbol_dim("n");
  for (DType d : {DType::f32, DType::i32, DType::f64})
    for (i64 flags : {0, 1, 2, 3}) {
      if (d != DType::f32 && flags != 3) continue;
      Ref x = variable("x", d, {m, n}), y = variable("y", d, {m, n});
      Case c{{x, y}, {}, {scan("cumsum", {x * y}, 1, flags & 1, flags & 2), scan("linear_recurrence", {y, x}, 1, flags & 1, flags & 2)}, false};
      auto cpu = compile(program_of(c), "cpu"), host = compile(program_of(c), "host");
      for (auto [rows, length] : sizes) {
        c.values = {random(d, {rows, length}, rng), random(d, {rows, length}, rng, {-1, 1})};
        INFO(name(d) << " {" << rows << ", " << length << "} flags " << flags);
        std::optional<Arrays> first;
        for (int threads : {1, 2, 3, 8}) {
          Threads use(threads);
          Arrays got = run(*cpu, c);
          if (!first) {
            std::string wrong = difference(got, expected_of(c));
            CHECK_NOTHING_WRONG(wrong, wrong);
            first = std::move(got);
          } else {
            CHECK(bit_difference(got, *first) == "");
          }
        }
        if (rows * length < 20'000) CHECK(bit_difference(run(*host, c), *first) == "");
      }
    }
}

TEST_CASE("columns of all widths", "[scans]") {
  Rng rng(22);
  Dim m = symbol_dim("m"), n = symbol_dim("n"), k = symbol_dim("k");
  Ref x = variable("x", DType::f32, {m, n, k});
  for (i64 flags : {0, 1, 2, 3}) {
    Case c{{x}, {}, {scan("cumsum", {x}, 1, flags & 1, flags & 2), scan("logcumsumexp", {x}, 0, flags & 1, flags & 2)}, true};
    auto cpu = compile(program_of(c), "cpu"), host = compile(program_of(c), "host");
    for (auto shape : {std::vector<i64>{2, 30, 1}, {3, 7, 1024}, {2, 5, 1025}, {1, 3, 3000}, {2, 1, 17}, {2, 0, 5}, {2, 3, 0}, {0, 3, 4}}) {
      c.values = {random(DType::f32, shape, rng)};
      INFO(shape_text(shape) << " flags " << flags);
      Arrays got = run(*cpu, c);
      CHECK(difference(got, expected_of(c)) == "");
      CHECK(bit_difference(run(*host, c), got) == "");
    }
  }
}

TEST_CASE("an element without a number stays where it is and behind", "[scans]") {
  Ref x = variable("x", DType::f32, {symbol_dim("n")});
  Case c{{x}, {}, {scan("cumsum", {x}, 0), scan("cummax", {x}, 0), scan("cummin", {x}, 0, true)}, false};
  for (i64 n : {40, 40'000})
    for (i64 at : {i64(0), i64(17), n - 1}) {
      Array a(DType::f32, {n});
      for (i64 i = 0; i < n; ++i) a.store(i, {i == at ? NAN : 1, 0});
      c.values = {a};
      Arrays got = run_on("cpu", c);
      bool right = true;
      for (i64 i = 0; i < n; ++i) {
        right &= std::isnan(got[0].load(i).real) == (i >= at) && (i >= at || got[0].load(i).real == static_cast<double>(i + 1));
        right &= std::isnan(got[1].load(i).real) == (i >= at) && std::isnan(got[2].load(i).real) == (i <= at);
      }
      CHECK(right);
    }
}
