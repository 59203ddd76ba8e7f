#include "tests/differential/bounds.h"
#include <cmath>

namespace croton::test {

using namespace ir;

Expected expected_of(const Case& c, std::uint64_t seed) { return comparison::expected_of(program_of(c), c.values, {.strict = c.strict}, seed); }

Expected with_last_rounding(Expected expected) {
  for (std::size_t k = 0; k < expected.values.size(); ++k) {
    const Array& a = expected.values[k];
    for (i64 i = 0; is_float(a.dtype) && i < a.count(); ++i) {
      double value = std::fabs(a.load(i).real), next = a.dtype == DType::f32 ? std::nextafter(static_cast<float>(value), INFINITY) : std::nextafter(value, INFINITY);
      if (std::isfinite(value)) expected.tolerance[k][static_cast<std::size_t>(i)] += next - value;
    }
  }
  return expected;
}

std::string difference(const Arrays& got, const Expected& expected) {
  for (std::size_t k = 0; k < got.size(); ++k) {
    const Array &a = got[k], &b = expected.values[k];
    if (a.dtype != b.dtype || a.shape != b.shape)
      return "result " + std::to_string(k) + " is " + shape_text(a.shape) + ", expected " + shape_text(b.shape);
    for (i64 i = 0; i < a.count(); ++i) {
      double tolerance = expected.tolerance[k][static_cast<std::size_t>(i)];
      Scalar x = a.load(i), y = b.load(i);
      bool fits = std::isinf(tolerance);
      if (!is_float(a.dtype)) fits |= x.integer == y.integer;
      else fits |= (std::isnan(x.real) && std::isnan(y.real)) || x.real == y.real || std::fabs(x.real - y.real) <= tolerance;
      if (!fits)
        return "result " + std::to_string(k) + " " + shape_text(a.shape) + " element " + std::to_string(i) + ": " + text_of(a, i) + ", expected " +
               text_of(b, i) + " ± " + std::to_string(tolerance);
    }
  }
  return "";
}

} // namespace croton::test
