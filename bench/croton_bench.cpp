// croton-bench: Croton's side of the comparison with other systems, written as a user would write it.
//
//   croton-bench --workload w1,w2,w5 --size large|small --threads N --repeat K [--device cpu] [--json]
//
// One line for each workload (the exit code is 1 when one failed): the median and best time of a call, what the first call cost, a checksum of the outputs.
#include "bench/protocol.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace bench;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

bool wanted(const std::string& list, const std::string& name) {
  if (list == "all") return true;
  std::string rest = list + ",";
  for (std::size_t at = 0; at < rest.size();) {
    std::size_t comma = rest.find(',', at);
    std::string one = rest.substr(at, comma - at);
    if (name == one || name.starts_with(one + ".")) return true;
    at = comma + 1;
  }
  return false;
}

void measure(const std::string& name, const Make& make, const Options& o) {
  double start = now();
  Case c = make(o);
  double built = now() - start;
  start = now();
  c.run();
  double first = now() - start;
  Checksum sum;
  c.check(sum);
  start = now();
  c.run();
  double one = now() - start;
  long calls = std::max(1L, static_cast<long>(0.02 / std::max(one, 1e-9)));
  int repeats = std::max(1, std::min(o.repeat, static_cast<int>(25.0 / std::max(one * static_cast<double>(calls), 1e-9))));
  std::vector<double> times;
  for (int r = 0; r < repeats; ++r) {
    start = now();
    for (long k = 0; k < calls; ++k) c.run();
    times.push_back((now() - start) / static_cast<double>(calls));
  }
  std::sort(times.begin(), times.end());
  double median = (times[(times.size() - 1) / 2] + times[times.size() / 2]) / 2 / c.steps, best = times[0] / c.steps;
  double compile = std::max(0.0, built + first - one);
  if (o.json)
    std::printf("{\"system\": \"croton\", \"version\": \"0.1.0\", \"workload\": \"%s\", \"size\": \"%s\", \"threads\": %d, \"dtype\": \"f32\", "
                "\"median_s\": %.9g, \"min_s\": %.9g, \"compile_s\": %.6g, \"checksum\": %.15g, \"checksum_abs\": %.15g, \"bytes_min\": %.0f, \"flops\": %.0f}\n",
                name.c_str(), o.size.c_str(), o.threads, median, best, compile, sum.sum, sum.absolute, c.bytes, c.flops);
  else
    std::printf("%-12s %-5s %d thread(s) %12.2f us %8.1f GB/s %8.1f GFLOP/s  first %.1f ms  checksum %.9g\n", name.c_str(), o.size.c_str(),
                o.threads, median * 1e6, c.bytes / median * 1e-9, c.flops / median * 1e-9, compile * 1e3, sum.sum);
  std::fflush(stdout);
}

Options parse(int count, char** words) {
  Options o;
  for (int i = 1; i < count; ++i) {
    std::string word = words[i];
    auto value = [&]() -> std::string {
      if (i + 1 < count) return words[++i];
      std::fprintf(stderr, "croton-bench: %s needs a value\n", word.c_str());
      std::exit(2);
    };
    if (word == "--workload") o.workloads = value();
    else if (word == "--size") o.size = value();
    else if (word == "--threads") o.threads = std::max(1, std::atoi(value().c_str()));
    else if (word == "--repeat") o.repeat = std::max(1, std::atoi(value().c_str()));
    else if (word == "--device") o.device = value();
    else if (word == "--json") o.json = true;
    else {
      std::fprintf(stderr, "croton-bench: unknown option %s. Use --workload --size --threads --repeat --device --json.\n", word.c_str());
      std::exit(2);
    }
  }
  return o;
}

} // namespace

int main(int count, char** words) {
  Options o = parse(count, words);
  int failed = 0;
  setenv("CROTON_NUM_THREADS", std::to_string(o.threads).c_str(), 1);
  for (const auto& family : {elementwise_workloads(), reduction_workloads(), learning_workloads(), product_workloads()})
    for (const auto& [name, make] : family) {
      if (!wanted(o.workloads, name)) continue;
      try {
        measure(name, make, o);
      } catch (const croton::Error& e) {
        failed = 1;
        if (!o.json) std::fprintf(stderr, "%s: %s\n", name.c_str(), e.what());
        else std::printf("{\"system\": \"croton\", \"workload\": \"%s\", \"error\": \"failed\"}\n", name.c_str());
      }
    }
  return failed;
}
