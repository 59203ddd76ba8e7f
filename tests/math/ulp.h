#pragma once
// The error of a result in units in the last place of the reference, which is in a wider type.
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace croton::tests {

template <class T> struct Wider;
template <> struct Wider<float> {
  using type = double;
};
template <> struct Wider<double> {
  using type = long double;
};
template <class T> using Wide = typename Wider<T>::type;

// 2^e with the spacing of T at |x|.
inline double spacing(double x, float) {
  int e = int(std::bit_cast<uint64_t>(x) >> 52 & 0x7ff) - 1023;
  e = (e < -126 ? -126 : e) - 23;
  return std::bit_cast<double>(uint64_t(e + 1023) << 52);
}
inline long double spacing(long double x, double) {
  int e;
  std::frexp(x, &e);
  e -= 1;
  return std::ldexp(1.0L, (x == 0 || e < -1022 ? -1022 : e) - 52);
}

// Infinity where one is NaN and the other not, where an exact zero has the wrong sign, or at a wrong infinity.
template <class T> double ulp_error(T got, Wide<T> ref) {
  using W = Wide<T>;
  constexpr double wrong = std::numeric_limits<double>::infinity();
  if (ref != ref || got != got) return (ref != ref) == (got != got) ? 0 : wrong;
  if (ref == 0 && got == 0) return std::signbit(ref) == std::signbit(got) ? 0 : wrong;
  if (std::isinf(ref)) return W(got) == ref ? 0 : wrong;
  if (std::isinf(got) && std::isinf(T(ref))) return std::signbit(ref) == std::signbit(got) ? 0 : wrong;
  // Past the largest finite value the scale goes on: infinity stands for the next power of two.
  W top = W(std::numeric_limits<T>::max()) + spacing(W(std::numeric_limits<T>::max()), T());
  W g = std::isinf(got) ? std::copysign(top, W(got)) : W(got);
  if (std::fabs(ref) > top) ref = std::copysign(top, ref);
  W s = spacing(std::fabs(ref) == top ? top / 2 : ref, T());
  return double(std::fabs(g - ref) / s);
}

} // namespace croton::tests
