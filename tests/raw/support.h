// Raw kernels that several tests use, and the devices that run them.
#pragma once
#include "tests/api/support.h"
#include "tests/devices/present.h"
#include <cmath>
#include <random>

namespace croton::test {

/// Every device that is there: those of the host, and those with memory of their own.
inline std::vector<std::string> all_devices() {
  std::vector<std::string> names{"cpu", "host", "reference"};
  for (const std::string& device : present_devices()) names.push_back(device);
  return names;
}

inline std::vector<f32> some_values(std::size_t count, unsigned seed = 1) {
  std::mt19937 rng(seed);
  std::vector<f32> values(count);
  for (f32& v : values) v = std::uniform_real_distribution<f32>(-2, 2)(rng);
  return values;
}

/// a·x + y, everywhere and with a derivative.
inline RawFunction saxpy() {
  return raw_kernel("saxpy", "a: f32, x: f32[...], y: f32[...] -> z: f32[...]",
                    {.body = "z[i] = a * x[i] + y[i];",
                     .reference = [](const std::vector<Array>& v) {
                       Array z(DType::f32, v[1].shape());
                       for (std::size_t i = 0; i < z.span<f32>().size(); ++i) {
                         f32 product = v[0].item<f32>() * v[1].span<f32>()[i]; // rounded, as kernels of all devices do
                         z.span<f32>()[i] = product + v[2].span<f32>()[i];
                       }
                       return z;
                     },
                     .gradient = [](const std::vector<Expr>& v, const Expr&, const Expr& g) { return std::vector<Expr>{sum(g * v[1]), g * v[0], g}; }});
}

/// Sums of rows, an item for each row.
inline RawFunction row_sums() {
  return raw_kernel("row_sums", "x: f32[..., n] -> s: f32[...]",
                    {.body = "f32 sum = 0;\nfor (i64 k = 0; k < n; ++k) sum += x[i * n + k];\ns[i] = sum;",
                     .reference = [](const std::vector<Array>& v) {
                       std::vector<i64> shape = v[0].shape();
                       i64 n = shape.back();
                       shape.pop_back();
                       Array s(DType::f32, shape);
                       for (i64 r = 0; r < s.size(); ++r)
                         for (i64 k = 0; k < n; ++k) s.span<f32>()[static_cast<std::size_t>(r)] += v[0].span<f32>()[static_cast<std::size_t>(r * n + k)];
                       return s;
                     },
                     .gradient = [](const std::vector<Expr>& v, const Expr&, const Expr& g) {
                       return std::vector<Expr>{broadcast_to(expand_dims(g, -1), v[0].shape())};
                     }});
}

} // namespace croton::test
