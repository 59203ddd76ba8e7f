// The worst error of every expansion stays within its bound (ir/math/bounds.h).
//
// f32: every 2053rd bit pattern and every value next to a list of thresholds, against the C library in double; with
// CROTON_EXHAUSTIVE=1 in the environment, all 2^32, or with CROTON_MATH_STRIDE=n every n-th. f64: random and threshold
// values, against long double.
#include "ir/math/bounds.h"
#include "support/catch.h"
#include "tests/math/catalogue.h"
#include "tests/math/ulp.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace croton::ir::math;
using namespace croton::tests;

namespace {

constexpr int kBlock = 1024;

bool env_flag(const char* name) {
  const char* v = std::getenv(name);
  return v && *v && std::strcmp(v, "0") != 0;
}

// Where the methods switch or a result crosses a power of two, overflows or underflows.
const double kThresholds[] = {0x1p-149,
                              0x1p-126,
                              0x1p-1022,
                              0x1p-54,
                              0x1p-28,
                              0x1p-25,
                              0x1p-13,
                              1e-3,
                              0.25,
                              1.0 / 3,
                              0.34657359,
                              0.5,
                              2.0 / 3,
                              0.6931471806,
                              0.785398163,
                              0.84375,
                              0.9,
                              1,
                              1.3333333333,
                              1.41421356,
                              1.57079632679,
                              2,
                              2.718281828,
                              3,
                              3.14159265359,
                              3.9307,
                              4,
                              4.71238898,
                              5.9,
                              6.2831853,
                              8,
                              9.01,
                              9.1945,
                              10,
                              10.0545,
                              12,
                              16.6,
                              17.3,
                              19.06,
                              20,
                              22,
                              26.5,
                              27.226,
                              36.7,
                              40,
                              44,
                              64,
                              87.3365,
                              88.02,
                              88.7228,
                              89.4159,
                              89.5,
                              100,
                              103.28,
                              103.97,
                              105,
                              126,
                              127,
                              128,
                              149,
                              150,
                              152,
                              200,
                              255,
                              512,
                              708.39,
                              709.78,
                              710.4758,
                              710.6,
                              744.44,
                              745.13,
                              746,
                              1000,
                              1022,
                              1024,
                              1074,
                              1075,
                              1080,
                              0x1p20,
                              0x1p22,
                              0x1p23,
                              0x1p24,
                              0x1p25,
                              0x1p26,
                              0x1p40,
                              0x1p52,
                              0x1p53,
                              0x1p54,
                              0x1p60,
                              0x1p63,
                              0x1p64,
                              0x1p100,
                              0x1p126,
                              0x1p127,
                              0x1.fffffep127,
                              0x1p1000,
                              0x1.fffffffffffffp1023};

// Worst over a stream of inputs in blocks, so that the compiler vectorises the expansion.
template <class T> struct Worst {
  double error = 0;
  T at = 0, at2 = 0, got = 0;
  void take(double e, T x, T y, T g) {
    if (e > error) error = e, at = x, at2 = y, got = g;
  }
};

template <class T, class Fn, class Ref> void run_block(const T* in, int n, Fn fn, Ref ref, T limit, Worst<T>& w) {
  T out[kBlock];
  for (int i = 0; i < n; ++i) out[i] = fn(Plain<T>{in[i]}).v;
  for (int i = 0; i < n; ++i) {
    if (std::fabs(in[i]) > limit && !std::isinf(in[i])) {
      // sin and cos beyond their range: no accuracy, but a sine all the same. tan is unbounded.
      if (std::isnan(out[i])) w.take(std::numeric_limits<double>::infinity(), in[i], 0, out[i]);
      continue;
    }
    w.take(ulp_error<T>(out[i], ref(Wide<T>(in[i]))), in[i], 0, out[i]);
  }
}

template <class T> std::vector<T> threshold_values(int around) {
  std::vector<T> v = {T(0), std::numeric_limits<T>::infinity(), std::numeric_limits<T>::quiet_NaN()};
  for (double t : kThresholds) {
    T x = T(t);
    for (int i = 0; i < around; ++i) x = std::nextafter(x, T(0));
    for (int i = 0; i < 2 * around; ++i) {
      v.push_back(x);
      x = std::nextafter(x, std::numeric_limits<T>::infinity());
    }
  }
  size_t n = v.size();
  for (size_t i = 0; i < n; ++i) v.push_back(-v[i]);
  return v;
}

template <class T, class Fn, class Ref> void run_all(const std::vector<T>& v, Fn fn, Ref ref, T limit, Worst<T>& w) {
  for (size_t i = 0; i < v.size(); i += kBlock)
    run_block(v.data() + i, int(std::min<size_t>(kBlock, v.size() - i)), fn, ref, limit, w);
}

template <class Fn, class Ref> Worst<float> sweep_f32(Fn fn, Ref ref, float limit) {
  static const std::vector<float> thresholds = threshold_values<float>(100);
  Worst<float> w;
  run_all(thresholds, fn, ref, limit, w);
  const char* stride = std::getenv("CROTON_MATH_STRIDE");
  const uint64_t step = env_flag("CROTON_EXHAUSTIVE") ? 1 : stride ? std::strtoull(stride, nullptr, 10) : 2053;
  float in[kBlock];
  for (uint64_t b = 0; b < (uint64_t(1) << 32);) {
    int n = 0;
    for (; n < kBlock && b < (uint64_t(1) << 32); ++n, b += step) in[n] = std::bit_cast<float>(uint32_t(b));
    run_block(in, n, fn, ref, limit, w);
  }
  return w;
}

// A value of a random sign and a magnitude that is, by turns, of any bit pattern, of a moderate exponent, and uniform
// in [0, 2), [0, 32), [0, 800).
template <class T, class Rng> T random_value(Rng& rng) {
  uint64_t r = rng();
  double u = double(r >> 11) * 0x1p-53;
  T x;
  switch (rng() % 6) {
  case 0:
    if constexpr (sizeof(T) == 8)
      x = std::bit_cast<double>(r);
    else
      x = std::bit_cast<float>(uint32_t(r));
    return x;
  case 1:
  case 2: x = T(std::ldexp(1 + u, int(rng() % 40) - 30)); break;
  case 3: x = T(2 * u); break;
  case 4: x = T(32 * u); break;
  default: x = T(800 * u); break;
  }
  return rng() & 1 ? -x : x;
}

template <class Fn, class Ref> Worst<double> sweep_f64(Fn fn, Ref ref, double limit) {
  static const std::vector<double> thresholds = threshold_values<double>(50);
  Worst<double> w;
  run_all(thresholds, fn, ref, limit, w);
  std::mt19937_64 rng(12345);
  const int blocks = env_flag("CROTON_EXHAUSTIVE") ? 8000 : 120;
  double in[kBlock];
  for (int b = 0; b < blocks; ++b) {
    for (double& x : in) x = random_value<double>(rng);
    run_block(in, kBlock, fn, ref, limit, w);
  }
  return w;
}

template <class T, class Fn, class Ref> Worst<T> sweep_pairs(Fn fn, Ref ref) {
  std::mt19937_64 rng(6789);
  Worst<T> w;
  const int blocks = env_flag("CROTON_EXHAUSTIVE") ? 8000 : sizeof(T) == 4 ? 1500 : 400;
  T a[kBlock], b[kBlock], out[kBlock];
  for (int k = 0; k < blocks; ++k) {
    for (int i = 0; i < kBlock; ++i) {
      a[i] = random_value<T>(rng);
      b[i] = random_value<T>(rng);
      // Bases near 1 and integers among the exponents.
      if (k % 4 == 1) a[i] = std::fabs(a[i]);
      if (k % 4 == 2) a[i] = T(1 + double(int64_t(rng())) * 0x1p-64), b[i] = std::ldexp(b[i], int(rng() % 20));
      if (k % 4 == 3) b[i] = T(int(rng() % 64) - 32);
    }
    for (int i = 0; i < kBlock; ++i) out[i] = fn(Plain<T>{a[i]}, Plain<T>{b[i]}).v;
    for (int i = 0; i < kBlock; ++i)
      w.take(ulp_error<T>(out[i], ref(Wide<T>(a[i]), Wide<T>(b[i]))), a[i], b[i], out[i]);
  }
  return w;
}

template <class T> void check(const char* name, const Worst<T>& w, double bound) {
  char text[200];
  std::snprintf(text, sizeof text, "%s_%s: %.3f ulp (bound %.2f) at %a, %a: %a", name, sizeof(T) == 8 ? "f64" : "f32",
                w.error, bound, double(w.at), double(w.at2), double(w.got));
  if (env_flag("CROTON_MATH_REPORT")) std::printf("%s\n", text), std::fflush(stdout);
  INFO(text);
  CHECK(w.error <= bound);
}

bool is_circular(const char* name) {
  return !std::strcmp(name, "sin") || !std::strcmp(name, "cos") || !std::strcmp(name, "tan");
}

} // namespace

#define UNARY(name, ref)                                                                                               \
  TEST_CASE(#name " f32", "[accuracy][f32]") {                                                                         \
    auto w = sweep_f32([](auto x) { return name##_f32(x); }, [](double x) { return double(ref(x)); },                  \
                       is_circular(#name) ? float(kCircularRange32) : std::numeric_limits<float>::infinity());         \
    check(#name, w, bound_of(#name).f32);                                                                              \
  }                                                                                                                    \
  TEST_CASE(#name " f64", "[accuracy][f64]") {                                                                         \
    auto w = sweep_f64([](auto x) { return name##_f64(x); }, [](long double x) { return ref(x); },                     \
                       is_circular(#name) ? kCircularRange64 : std::numeric_limits<double>::infinity());               \
    check(#name, w, bound_of(#name).f64);                                                                              \
  }
CROTON_MATH_UNARY(UNARY)

#define BINARY(name, ref)                                                                                              \
  TEST_CASE(#name " f32", "[accuracy][f32]") {                                                                         \
    auto w = sweep_pairs<float>([](auto x, auto y) { return name##_f32(x, y); },                                       \
                                [](double x, double y) { return double(ref(x, y)); });                                 \
    check(#name, w, bound_of(#name).f32);                                                                              \
  }                                                                                                                    \
  TEST_CASE(#name " f64", "[accuracy][f64]") {                                                                         \
    auto w = sweep_pairs<double>([](auto x, auto y) { return name##_f64(x, y); },                                      \
                                 [](long double x, long double y) { return ref(x, y); });                              \
    check(#name, w, bound_of(#name).f64);                                                                              \
  }
CROTON_MATH_BINARY(BINARY)
