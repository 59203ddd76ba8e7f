#include "bench/protocol.h"
#include <cmath>

namespace bench {

using namespace croton;

double uniform01(std::uint32_t i, std::uint32_t seed) {
  std::uint32_t x = i + seed * 0x9E3779B9u;
  x ^= x >> 16;
  x *= 0x7FEB352Du;
  x ^= x >> 15;
  x *= 0x846CA68Bu;
  x ^= x >> 16;
  return (x >> 8) * (1.0 / 16777216.0);
}

namespace {
i64 count_of(const std::vector<i64>& shape) {
  i64 n = 1;
  for (i64 d : shape) n *= d;
  return n;
}
} // namespace

Array uniform(const std::vector<i64>& shape, std::uint32_t seed, double lo, double hi) {
  std::vector<float> values(static_cast<std::size_t>(count_of(shape)));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(lo + (hi - lo) * uniform01(static_cast<std::uint32_t>(i), seed));
  return Array::from(values, shape);
}

Array integers(i64 n, std::uint32_t seed, int m) {
  std::vector<i32> values(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<i32>(std::floor(uniform01(static_cast<std::uint32_t>(i), seed) * m));
  return Array::from(values);
}

Array output(const std::vector<i64>& shape) { return Array::from(std::vector<float>(static_cast<std::size_t>(count_of(shape))), shape); }

void Checksum::add(const Array& values) {
  auto v = values.span<float>();
  for (std::size_t i = 0; i < v.size(); ++i) {
    sum += static_cast<double>(v[i]) * static_cast<double>(i % 7 + 1);
    absolute += std::fabs(static_cast<double>(v[i]));
  }
}

} // namespace bench
