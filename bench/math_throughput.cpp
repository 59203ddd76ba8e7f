// Throughput of the expansions as plain code that the compiler vectorises: elements per nanosecond, one core, data in
// L1. Not a test. Build: clang++-19 -std=c++20 -O3 -march=native -mprefer-vector-width=512 -ffp-contract=off
//   -fno-math-errno -fno-trapping-math -I. bench/math_throughput.cpp
#include "tests/math/catalogue.h"
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

using namespace croton::ir::math;

namespace {

constexpr int kCount = 1024;

template <class T, class Apply> double rate(Apply apply, double lo, double hi) {
  alignas(64) static T in[kCount], in2[kCount], out[kCount];
  for (int i = 0; i < kCount; ++i) {
    in[i] = T(lo + (hi - lo) * ((i * 769) % kCount) / kCount);
    in2[i] = T(lo + (hi - lo) * ((i * 517 + 3) % kCount) / kCount);
  }
  double best = 0;
  for (int trial = 0; trial < 12; ++trial) {
    const int passes = 3000;
    auto start = std::chrono::steady_clock::now();
    for (int p = 0; p < passes; ++p) {
      apply(in, in2, out);
      asm volatile("" : : "r"(out), "r"(in) : "memory");
    }
    double ns = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
    best = std::max(best, double(passes) * kCount / ns);
  }
  return best;
}

} // namespace

int main(int argc, char** argv) {
  auto wanted = [&](const char* name) { return argc < 2 || std::strcmp(argv[1], name) == 0; };
  std::printf("%-10s %8s %8s   elements/ns\n", "function", "f32", "f64");
#define ONE(T, call)                                                                                                   \
  rate<T>(                                                                                                             \
      [](const T* __restrict a, [[maybe_unused]] const T* __restrict b, T* __restrict o) {                             \
        for (int i = 0; i < kCount; ++i) o[i] = call.v;                                                                \
      },                                                                                                               \
      0.1, 0.9)
#define UNARY(name, ref)                                                                                               \
  if (wanted(#name))                                                                                                   \
    std::printf("%-10s %8.2f %8.2f\n", #name, ONE(float, name##_f32(Plain<float>{a[i]})),                              \
                ONE(double, name##_f64(Plain<double>{a[i]})));
#define BINARY(name, ref)                                                                                              \
  if (wanted(#name))                                                                                                   \
    std::printf("%-10s %8.2f %8.2f\n", #name, ONE(float, name##_f32(Plain<float>{a[i]}, Plain<float>{b[i]})),          \
                ONE(double, name##_f64(Plain<double>{a[i]}, Plain<double>{b[i]})));
  CROTON_MATH_UNARY(UNARY)
  CROTON_MATH_BINARY(BINARY)
}
