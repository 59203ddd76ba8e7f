// Special values: what the C standard prescribes for each function, exact results, limits of the range.
#include "ir/math/bounds.h"
#include "support/catch.h"
#include "tests/math/catalogue.h"
#include "tests/math/ulp.h"
#include <cstring>
#include <vector>

using namespace croton::ir::math;
using namespace croton::tests;

namespace {

template <class T> using Limits = std::numeric_limits<T>;

template <class T> std::vector<T> special_values() {
  std::vector<T> v;
  const T top = Limits<T>::max(), tiny = Limits<T>::min(), least = Limits<T>::denorm_min(), eps = Limits<T>::epsilon();
  for (T x : {T(0),        least,        2 * least,
              3 * least,   tiny - least, tiny,
              T(1e-30),    T(0.25),      T(0.5),
              1 - eps / 2, T(1),         1 + eps,
              T(1.5),      T(2),         T(2.5),
              T(3),        T(4),         T(5),
              T(27),       T(100),       T(127),
              T(128),      T(149),       T(1023),
              T(1074),     1 / eps - 1,  1 / eps,
              1 / eps + 1, 2 / eps - 1,  2 / eps,
              T(1e30),     top,          Limits<T>::infinity()}) {
    v.push_back(x);
    v.push_back(-x);
  }
  v.push_back(Limits<T>::quiet_NaN());
  v.push_back(-Limits<T>::quiet_NaN());
  return v;
}

// A NaN whose low mantissa bits are set too: they must not leak into an exponent.
template <class T> T full_nan() {
  if constexpr (sizeof(T) == 8)
    return std::bit_cast<double>(~uint64_t(0) >> 1);
  else
    return std::bit_cast<float>(~uint32_t(0) >> 1);
}

template <class T> bool same_sign(T got, Wide<T> ref) { return got != got || std::signbit(got) == std::signbit(ref); }

template <class T, class Fn, class Ref> void check_unary(const char* name, Fn fn, Ref ref, double bound, double range) {
  for (T x : special_values<T>()) {
    if (std::fabs(x) > range && !std::isinf(x)) continue;
    T got = fn(Plain<T>{x}).v;
    Wide<T> want = ref(Wide<T>(x));
    INFO(name << (sizeof(T) == 8 ? "_f64(" : "_f32(") << x << ") = " << got << ", not " << double(want));
    CHECK(ulp_error<T>(got, want) <= bound);
    CHECK(same_sign(got, want));
  }
  CHECK(std::isnan(fn(Plain<T>{full_nan<T>()}).v));
  CHECK(std::isnan(fn(Plain<T>{-full_nan<T>()}).v));
}

template <class T, class Fn, class Ref> void check_binary(const char* name, Fn fn, Ref ref, double bound) {
  for (T x : special_values<T>())
    for (T y : special_values<T>()) {
      T got = fn(Plain<T>{x}, Plain<T>{y}).v;
      Wide<T> want = ref(Wide<T>(x), Wide<T>(y));
      INFO(name << (sizeof(T) == 8 ? "_f64(" : "_f32(") << x << ", " << y << ") = " << got << ", not " << double(want));
      CHECK(ulp_error<T>(got, want) <= bound);
      CHECK(same_sign(got, want));
    }
}

constexpr double range_of(std::string_view op, double circular) {
  return op == "sin" || op == "cos" || op == "tan" ? circular : kInf;
}

// The values of fn over a grid that covers every exponent stay within [lo, hi].
template <class T, class Fn> bool stays_within(Fn fn, T lo, T hi) {
  for (int i = 0; i < 400000; ++i) {
    T x = std::ldexp(T(1 + (i * 0.6180339887) - std::floor(i * 0.6180339887)), i % 2000 - 1000);
    for (T s : {x, -x}) {
      T y = fn(Plain<T>{s}).v;
      if (std::isinf(s)) continue;
      if (!(y >= lo && y <= hi)) return false;
    }
  }
  return true;
}

} // namespace

#define UNARY(name, ref)                                                                                               \
  TEST_CASE(#name " at special values", "[special]") {                                                                 \
    check_unary<float>(                                                                                                \
        #name, [](auto x) { return name##_f32(x); }, [](double x) { return double(ref(x)); }, bound_of(#name).f32,     \
        range_of(#name, kCircularRange32));                                                                            \
    check_unary<double>(                                                                                               \
        #name, [](auto x) { return name##_f64(x); }, [](long double x) { return ref(x); }, bound_of(#name).f64,        \
        range_of(#name, kCircularRange64));                                                                            \
  }
CROTON_MATH_UNARY(UNARY)

#define BINARY(name, ref)                                                                                              \
  TEST_CASE(#name " at pairs of special values", "[special]") {                                                        \
    check_binary<float>(                                                                                               \
        #name, [](auto x, auto y) { return name##_f32(x, y); }, [](double x, double y) { return double(ref(x, y)); },  \
        bound_of(#name).f32);                                                                                          \
    check_binary<double>(                                                                                              \
        #name, [](auto x, auto y) { return name##_f64(x, y); },                                                        \
        [](long double x, long double y) { return ref(x, y); }, bound_of(#name).f64);                                  \
  }
CROTON_MATH_BINARY(BINARY)

TEST_CASE("exact results are exact", "[special]") {
  for (int n = -160; n <= 130; ++n) {
    CHECK(exp2_f32(Plain<float>{float(n)}).v == std::ldexp(1.0f, n));
    CHECK(pow_f32(Plain<float>{2.0f}, Plain<float>{float(n)}).v == std::ldexp(1.0f, n));
  }
  for (int n = -1090; n <= 1030; ++n) {
    CHECK(exp2_f64(Plain<double>{double(n)}).v == std::ldexp(1.0, n));
    CHECK(pow_f64(Plain<double>{2.0}, Plain<double>{double(n)}).v == std::ldexp(1.0, n));
  }
  for (int n = -149; n <= 127; ++n) CHECK(log2_f32(Plain<float>{std::ldexp(1.0f, n)}).v == float(n));
  for (int n = -1074; n <= 1023; ++n) CHECK(log2_f64(Plain<double>{std::ldexp(1.0, n)}).v == double(n));
  for (int n = -200; n <= 200; ++n) {
    CHECK(cbrt_f32(Plain<float>{float(n * n * n)}).v == float(n));
    CHECK(cbrt_f64(Plain<double>{double(n * n * n)}).v == double(n));
  }
  CHECK(exp_f32(Plain<float>{0}).v == 1.0f);
  CHECK(cos_f64(Plain<double>{0}).v == 1.0);
  CHECK(pow_f64(Plain<double>{3}, Plain<double>{5}).v == 243.0);
}

TEST_CASE("results stay within their range", "[special]") {
  CHECK(stays_within<float>([](auto x) { return sin_f32(x); }, -1, 1));
  CHECK(stays_within<float>([](auto x) { return cos_f32(x); }, -1, 1));
  CHECK(stays_within<double>([](auto x) { return sin_f64(x); }, -1, 1));
  CHECK(stays_within<double>([](auto x) { return cos_f64(x); }, -1, 1));
  CHECK(stays_within<float>([](auto x) { return tanh_f32(x); }, -1, 1));
  CHECK(stays_within<double>([](auto x) { return tanh_f64(x); }, -1, 1));
  CHECK(stays_within<float>([](auto x) { return erf_f32(x); }, -1, 1));
  CHECK(stays_within<double>([](auto x) { return erf_f64(x); }, -1, 1));
  CHECK(stays_within<float>([](auto x) { return erfc_f32(x); }, 0, 2));
  CHECK(stays_within<double>([](auto x) { return erfc_f64(x); }, 0, 2));
  CHECK(stays_within<float>([](auto x) { return sigmoid_f32(x); }, 0, 1));
  CHECK(stays_within<double>([](auto x) { return sigmoid_f64(x); }, 0, 1));
}
