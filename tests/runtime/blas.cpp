#include "runtime/cpu/blas.h"
#include "runtime/cpu/blas_library.h"
#include "runtime/thread_pool.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <croton/error.h>
#include <functional>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace croton;
using namespace croton::runtime;
using Catch::Matchers::Contains;

namespace {

template <class T> struct Matrix {
  i64 leading;
  std::vector<T> data; // `batch` matrices of `rows` rows, `gap` elements apart
  i64 stride;
  Matrix(i64 rows, i64 columns, i64 slack, i64 batch, std::mt19937& random) : leading(columns + slack) {
    stride = rows * leading + slack;
    data.resize(static_cast<std::size_t>(std::max<i64>(1, stride * batch)));
    std::uniform_real_distribution<T> value(-1, 1);
    for (T& x : data) x = value(random);
  }
};

struct Problem {
  bool trans_a, trans_b;
  i64 m, n, k, slack, batch;
  double alpha, beta;
};

/// Compares with sums in long double. The bound is that of a sum of k products in any order, times alpha, plus beta's.
template <class T> void check_product(const Problem& p, unsigned seed) {
  std::mt19937 random(seed);
  Matrix<T> a(p.trans_a ? p.k : p.m, p.trans_a ? p.m : p.k, p.slack, p.batch, random);
  Matrix<T> b(p.trans_b ? p.n : p.k, p.trans_b ? p.k : p.n, p.slack, p.batch, random);
  Matrix<T> c(p.m, p.n, p.slack, p.batch, random);
  if (p.beta == 0) std::fill(c.data.begin(), c.data.end(), std::numeric_limits<T>::quiet_NaN());
  const std::vector<T> before = c.data;
  blas::gemm_batched(dtype_of<T>, p.trans_a, p.trans_b, p.m, p.n, p.k, p.alpha, a.data.data(), a.leading, a.stride,
                     b.data.data(), b.leading, b.stride, p.beta, c.data.data(), c.leading, c.stride, p.batch);
  std::vector<bool> written(c.data.size());
  double worst = 0;
  for (i64 matrix = 0; matrix < p.batch; ++matrix)
    for (i64 i = 0; i < p.m; ++i)
      for (i64 j = 0; j < p.n; ++j) {
        long double sum = 0, size = 0;
        for (i64 l = 0; l < p.k; ++l) {
          const T x = a.data[matrix * a.stride + (p.trans_a ? l * a.leading + i : i * a.leading + l)];
          const T y = b.data[matrix * b.stride + (p.trans_b ? j * b.leading + l : l * b.leading + j)];
          sum += static_cast<long double>(x) * y;
          size += std::abs(static_cast<long double>(x) * y);
        }
        const i64 at = matrix * c.stride + i * c.leading + j;
        written[at] = true;
        const long double old = p.beta == 0 ? 0.0L : static_cast<long double>(p.beta) * before[at];
        const long double expected = p.alpha * sum + old;
        const long double bound = std::numeric_limits<T>::epsilon() * ((p.k + 2) * std::abs(p.alpha) * size + 2 * std::abs(old));
        const long double error = std::abs(expected - c.data[at]);
        if (!(error <= bound)) worst = std::max(worst, std::isnan(error) ? 1e30 : static_cast<double>(error / (bound + 1e-300L)));
      }
  INFO("m " << p.m << " n " << p.n << " k " << p.k << " transposes " << p.trans_a << p.trans_b << " batch " << p.batch
            << " alpha " << p.alpha << " beta " << p.beta);
  CHECK(worst == 0);
  for (std::size_t i = 0; i < written.size(); ++i) // nothing outside the matrices
    if (!written[i] && !(c.data[i] == before[i] || (std::isnan(c.data[i]) && std::isnan(before[i])))) FAIL_CHECK("wrote at " << i);
}

struct Threads {
  int before = ThreadPool::shared().thread_count();
  explicit Threads(int count) { ThreadPool::shared().set_thread_count(count); }
  ~Threads() { ThreadPool::shared().set_thread_count(before); }
};

} // namespace

TEMPLATE_TEST_CASE("products agree with sums in long double", "", float, double) {
  NEEDS(blas::available(dtype_of<TestType>), "a library of matrix products");
  for (const int threads : {1, 2, 5}) {
    const Threads set(threads);
    std::mt19937 random(static_cast<unsigned>(threads));
    const i64 sizes[] = {1, 1, 2, 3, 7, 16, 31, 64, 100};
    const double factors[] = {0, 1, 1, -0.5, 2};
    for (unsigned repeat = 0; repeat < 150; ++repeat) {
      const auto size = [&] { return sizes[random() % std::size(sizes)]; };
      const Problem p{random() % 2 == 0,     random() % 2 == 0,     size(), size(), size(), static_cast<i64>(random() % 3),
                      repeat % 5 ? 1 : 1 + static_cast<i64>(random() % 7), factors[random() % 5], factors[random() % 5]};
      check_product<TestType>(p, repeat);
    }
    check_product<TestType>({false, false, 200, 300, 150, 1, 1, 1, 0}, 1);
    check_product<TestType>({true, false, 64, 10, 1797, 0, 1, 1, 1}, 2);
    check_product<TestType>({false, true, 1797, 10, 64, 0, 1, 1, 0}, 3);
    check_product<TestType>({true, true, 500, 1, 400, 3, 1, 1, 1}, 4);
    check_product<TestType>({false, true, 1, 500, 400, 3, 1, 1, 0}, 5);
  }
}

TEMPLATE_TEST_CASE("empty products", "", float, double) {
  NEEDS(blas::available(dtype_of<TestType>), "a library of matrix products");
  for (const double beta : {0.0, 1.0, 0.5})
    for (const bool trans : {false, true}) {
      check_product<TestType>({trans, trans, 3, 4, 0, 0, 1, 1, beta}, 1);
      check_product<TestType>({trans, !trans, 0, 4, 3, 0, 1, 1, beta}, 2);
      check_product<TestType>({trans, trans, 3, 0, 3, 0, 2, 1, beta}, 3);
      check_product<TestType>({trans, trans, 3, 3, 3, 0, 0, 1, beta}, 4);
    }
  // Leading dimensions of empty and one-row matrices are whatever the strides happened to be.
  TestType a[4] = {1, 2, 3, 4}, b[4] = {1, 1, 1, 1}, c[1] = {7};
  blas::gemm(dtype_of<TestType>, false, false, 1, 1, 4, 1, a, 0, b, 1, 0, c, 0);
  CHECK(c[0] == 10);
  blas::gemm(dtype_of<TestType>, false, true, 1, 1, 4, 1, a, -3, b, 1, 1, c, 0);
  CHECK(c[0] == 20);
  blas::gemm(dtype_of<TestType>, false, false, 1, 1, 0, 1, nullptr, 0, nullptr, 0, 0, c, 0);
  CHECK(c[0] == 0);
}

TEST_CASE("a matrix may be shared by a batch, and splits do not change the bits of a run") {
  NEEDS(blas::available(DType::f32), "a library of matrix products");
  const Threads set(3);
  std::vector<float> a(3 * 8), b(8 * 5), c(4 * 15, 0.0f);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<float>(i);
  std::fill(b.begin(), b.end(), 1.0f);
  blas::gemm_batched(DType::f32, false, false, 3, 5, 8, 1, a.data(), 8, 0, b.data(), 5, 0, 0, c.data(), 5, 15, 4);
  for (std::size_t i = 15; i < c.size(); ++i) CHECK(c[i] == c[i - 15]);
  CHECK(c[0] == 28);
  std::mt19937 random(9);
  Matrix<float> x(300, 257, 0, 1, random), y(257, 310, 0, 1, random), first(300, 310, 0, 1, random);
  Matrix<float> again = first;
  const auto product = [&](Matrix<float>& to) {
    blas::gemm(DType::f32, false, false, 300, 310, 257, 1, x.data.data(), 257, y.data.data(), 310, 0, to.data.data(), 310);
  };
  product(first);
  for (int i = 0; i < 20; ++i) {
    product(again);
    REQUIRE(again.data == first.data);
  }
}

TEST_CASE("bad products are typed errors") {
  float x[4] = {};
  CHECK_THROWS_AS(blas::gemm(DType::i32, false, false, 1, 1, 1, 1, x, 1, x, 1, 0, x, 1), UnsupportedError);
  CHECK_THROWS_WITH(blas::gemm(DType::bf16, false, false, 1, 1, 1, 1, x, 1, x, 1, 0, x, 1), Contains("bf16"));
  CHECK_FALSE(blas::available(DType::f16));
  CHECK_THROWS_AS(blas::gemm(DType::f32, false, false, -1, 1, 1, 1, x, 1, x, 1, 0, x, 1), InternalError);
  CHECK_THROWS_AS(blas::gemm(DType::f32, false, false, 2, 2, 2, 1, x, 1, x, 2, 0, x, 2), InternalError);
  NEEDS(blas::available(DType::f64), "a library of matrix products");
  const i64 large = std::numeric_limits<int>::max() + i64{1};
  CHECK_THROWS_AS(blas::gemm(DType::f64, false, false, large, 1, 1, 1, x, 1, x, 1, 0, x, 1), UnsupportedError);
  CHECK_THROWS_AS(blas::gemm(DType::f64, false, false, 2, 1, 1, 1, x, large, x, 1, 0, x, 1), UnsupportedError);
}

TEST_CASE("an inherited OpenBLAS core type does not slow AVX-512 machines", "[core-type]") {
  const auto* open = blas::open_blas();
  NEEDS(open && !open->foreign, "OpenBLAS that nothing else loaded");
  INFO("core " << open->core);
#if defined(__x86_64__)
  const char* keep = std::getenv("CROTON_KEEP_OPENBLAS_CORETYPE");
  if (__builtin_cpu_supports("avx512f") && !keep) CHECK(open->core != "Haswell");
#endif
  // The environment is as it was: OpenBLAS read it, and the program's children inherit it.
  const char* now = std::getenv("OPENBLAS_CORETYPE");
  const char* expected = std::getenv("EXPECTED_CORETYPE");
  if (expected) CHECK(std::string(now ? now : "") == expected);
}

TEST_CASE("products against the raw libraries", "[.timing]") {
  const auto median_us = [](const std::function<void()>& action, double flops) {
    const auto now = [] { return std::chrono::steady_clock::now(); };
    const int inner = static_cast<int>(std::clamp(2e6 / flops, 1.0, 100.0));
    std::vector<double> times;
    for (int i = 0; i < 15; ++i) {
      const auto start = now();
      for (int j = 0; j < inner; ++j) action();
      times.push_back(std::chrono::duration<double, std::micro>(now() - start).count() / inner);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  };
  std::mt19937 random(1);
  const i64 shapes[][3] = {{8, 8, 8}, {32, 128, 64}, {64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {1024, 1024, 1024}, {2048, 2048, 2048},
                           {1797, 10, 64}, {64, 10, 1797}, {256, 10, 784}, {128, 512, 784}, {784, 512, 128}, {32, 1024, 256},
                           {1, 1024, 1024}, {1024, 1, 1024}, {1, 4096, 4096}, {4096, 1, 4096}};
  const auto* dnn = blas::one_dnn();
  const auto* open = blas::open_blas();
  for (const auto& [m, n, k] : shapes) {
    Matrix<float> a(m, k, 0, 1, random), b(k, n, 0, 1, random), c(m, n, 0, 1, random);
    Matrix<double> d(m, k, 0, 1, random), e(k, n, 0, 1, random), f(m, n, 0, 1, random);
    const double flops = 2.0 * static_cast<double>(m * n * k);
    std::cout << m << "x" << n << "x" << k << " us:";
    for (const int threads : {1, 2}) {
      const Threads set(threads);
      const auto ours = [&] { blas::gemm(DType::f32, false, false, m, n, k, 1, a.data.data(), k, b.data.data(), n, 0, c.data.data(), n); };
      const auto ours64 = [&] { blas::gemm(DType::f64, false, false, m, n, k, 1, d.data.data(), k, e.data.data(), n, 0, f.data.data(), n); };
      ours();
      std::cout << "  [" << threads << "] f32 " << median_us(ours, flops);
      if (dnn) {
        dnn->omp_set_num_threads(threads);
        const auto raw = [&] { dnn->sgemm('N', 'N', m, n, k, 1, a.data.data(), k, b.data.data(), n, 0, c.data.data(), n); };
        raw();
        std::cout << " dnnl " << median_us(raw, flops);
        dnn->omp_set_num_threads(1);
      }
      if (open && threads == 1) {
        const auto raw = [&] { open->sgemm(101, 111, 111, static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), 1, a.data.data(), static_cast<int>(k), b.data.data(), static_cast<int>(n), 0, c.data.data(), static_cast<int>(n)); };
        std::cout << " openblas " << median_us(raw, flops);
      }
      std::cout << " f64 " << median_us(ours64, flops);
    }
    if (open && (n == 1 || m == 1)) {
      const int rows = static_cast<int>(n == 1 ? m : k), columns = static_cast<int>(n == 1 ? k : n), trans = n == 1 ? 111 : 112;
      const auto sgemv = [&] { open->sgemv(101, trans, rows, columns, 1, n == 1 ? a.data.data() : b.data.data(), columns, n == 1 ? b.data.data() : a.data.data(), 1, 0, c.data.data(), 1); };
      const auto dgemv = [&] { open->dgemv(101, trans, rows, columns, 1, n == 1 ? d.data.data() : e.data.data(), columns, n == 1 ? e.data.data() : d.data.data(), 1, 0, f.data.data(), 1); };
      std::cout << "  sgemv " << median_us(sgemv, flops) << " dgemv " << median_us(dgemv, flops);
    }
    std::cout << std::endl;
  }
}
