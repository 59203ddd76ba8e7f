#include "src/inspect/roofline.h"
#include "ir/build.h"
#include "runtime/cpu/jit.h"
#include "runtime/disk_cache.h"
#include "runtime/thread_pool.h"
#include "src/executable.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace croton::inspect {

using Json = nlohmann::ordered_json;

namespace {

int threads() { return runtime::ThreadPool::shared().thread_count(); }

std::string key() { return "roofline 2\n" + runtime::Jit::shared().host_description() + "\n" + std::to_string(threads()); }

/// A vector of f32 through `f`, bound; the seconds of the fastest of some runs.
double fastest(const ir::Ref& x, const ir::Ref& f, i64 count) {
  Program p;
  p.inputs = {x};
  p.outputs = {f};
  p.donor = {-1};
  p.name = "roofline";
  auto code = compile(p, "cpu");
  std::vector<float> in(static_cast<std::size_t>(count), 0.5f), out(in.size());
  TensorView from{in.data(), {count}, {1}}, to{out.data(), {count}, {1}};
  auto call = code->bind(std::span(&from, 1), std::span(&to, 1));
  using clock = std::chrono::steady_clock;
  double best = 1e30;
  int repeats = static_cast<int>(std::clamp<i64>((i64(4) << 20) / count, 1, 2000));
  for (auto end = clock::now() + std::chrono::milliseconds(60); clock::now() < end;) {
    auto start = clock::now();
    for (int i = 0; i < repeats; ++i) call->run();
    best = std::min(best, std::chrono::duration<double>(clock::now() - start).count() / repeats);
  }
  return best;
}

} // namespace

double Roofline::bandwidth(double bytes) const {
  if (levels.empty()) return 0;
  if (bytes <= static_cast<double>(levels.front().bytes)) return levels.front().bytes_per_second;
  for (std::size_t i = 1; i < levels.size(); ++i) {
    auto low = static_cast<double>(levels[i - 1].bytes), high = static_cast<double>(levels[i].bytes);
    if (bytes > high) continue;
    double part = std::log(bytes / low) / std::log(high / low);
    return levels[i - 1].bytes_per_second * (1 - part) + levels[i].bytes_per_second * part;
  }
  return levels.back().bytes_per_second;
}

double Roofline::seconds(double bytes, double operations) const {
  return std::max(bytes / bandwidth(bytes), operations / operations_per_second);
}

Roofline measure_roofline() {
  ir::Ref x = ir::variable("x", DType::f32, {ir::symbol_dim("n")});
  ir::Ref doubled = x * 2.0, total;
  constexpr int chains = 8, links = 16; // that do not wait for each other
  for (int c = 0; c < chains; ++c) {
    ir::Ref chain = x;
    for (int i = 0; i < links; ++i) chain = ir::call("fma", {chain, x, ir::constant_like(x, 0.25 + 0.125 * c)});
    total = total ? total + chain : chain;
  }
  Roofline r;
  r.threads = threads();
  for (std::size_t bytes : {std::size_t(16) << 10, std::size_t(256) << 10, std::size_t(2) << 20, std::size_t(16) << 20, std::size_t(64) << 20, std::size_t(256) << 20})
    r.levels.push_back({bytes, static_cast<double>(bytes) / fastest(x, doubled, static_cast<i64>(bytes / 8))});
  constexpr i64 count = 1 << 18;
  r.operations_per_second = (2.0 * links * chains + chains) * count / fastest(x, total, count);
  std::string text = roofline_json(r);
  runtime::DiskCache::shared()->store(key(), std::as_bytes(std::span(text)));
  return r;
}

std::optional<Roofline> kept_roofline() {
  auto bytes = runtime::DiskCache::shared()->find(key());
  if (!bytes) return {};
  try {
    Json j = Json::parse(reinterpret_cast<const char*>(bytes->data()), reinterpret_cast<const char*>(bytes->data()) + bytes->size());
    Roofline r;
    r.threads = j.at("threads");
    r.operations_per_second = j.at("operations_per_second");
    for (const Json& level : j.at("levels")) r.levels.push_back({level.at("bytes"), level.at("bytes_per_second")});
    if (r.levels.empty() || !(r.operations_per_second > 0)) return {};
    return r;
  } catch (const nlohmann::json::exception&) { // of another version
    return {};
  }
}

std::string roofline_json(const Roofline& r) {
  Json levels = Json::array();
  for (auto& l : r.levels) levels.push_back({{"bytes", l.bytes}, {"bytes_per_second", l.bytes_per_second}});
  return Json{{"threads", r.threads}, {"operations_per_second", r.operations_per_second}, {"levels", levels}}.dump(1) + "\n";
}

std::string roofline_text(const Roofline& r) {
  char line[120];
  std::snprintf(line, sizeof line, "%d threads, %.1f GFLOP/s in f32\n", r.threads, r.operations_per_second * 1e-9);
  std::string text = line;
  for (auto& l : r.levels) {
    std::snprintf(line, sizeof line, "%8zu KiB  %7.1f GB/s\n", l.bytes >> 10, l.bytes_per_second * 1e-9);
    text += line;
  }
  return text;
}

} // namespace croton::inspect
