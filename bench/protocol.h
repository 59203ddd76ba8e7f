// The benchmark protocol shared with other systems: inputs by a counter hash, medians of repeats, checksums.
#pragma once
#include <croton/croton.h>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bench {

struct Options {
  std::string workloads = "all", size = "large", device = "cpu";
  int threads = 1, repeat = 7;
  bool json = false;
  bool large() const { return size == "large"; }
};

/// Flat element i of input `seed`, in [0, 1).
double uniform01(std::uint32_t i, std::uint32_t seed);
/// f32 array of elements lo + (hi − lo)·u(i, seed).
croton::Array uniform(const std::vector<croton::i64>& shape, std::uint32_t seed, double lo, double hi);
/// i32 array of floor(u(i, seed)·m).
croton::Array integers(croton::i64 n, std::uint32_t seed, int m);

/// Memory for an output, made once.
croton::Array output(const std::vector<croton::i64>& shape);

struct Checksum {
  double sum = 0, absolute = 0;
  void add(const croton::Array& values);
};

/// One workload: `run` is a call (of `steps` steps), `check` sums its outputs.
struct Case {
  std::function<void()> run;
  std::function<void(Checksum&)> check;
  double steps = 1, bytes = 0, flops = 0;
};
using Make = std::function<Case(const Options&)>;

/// Names to makers, in the order they run.
using Workloads = std::vector<std::pair<std::string, Make>>;
Workloads elementwise_workloads();
Workloads reduction_workloads();
Workloads learning_workloads();
Workloads product_workloads();

} // namespace bench
