#include "src/cli/device_parts.h"
#include "runtime/cuda/cuda.h"
#include "runtime/opencl/opencl.h"
#include "src/inspect/roofline.h"
#include <algorithm>
#include <chrono>
#include <functional>

namespace croton::cli {

using Json = nlohmann::ordered_json;

void add_parts(Json& device) {
  std::string name = device["name"];
  if (!device.contains("kind")) return;
  bool cuda = name.starts_with("cuda");
  device["more"]["matrix products"] = cuda ? runtime::cuda::products_text() : runtime::opencl::products_text();
  if (!cuda) return;
  std::string compiler = runtime::cuda::missing_compiler();
  device["more"]["compiler"] = compiler.empty() ? "NVRTC" : compiler;
}

namespace {

/// The best of some copies of `bytes`, in bytes moved a second.
double rate(double bytes, const std::function<void()>& copy) {
  using clock = std::chrono::steady_clock;
  copy(); // memory is there, and what is loaded at first use
  double best = 1e30;
  for (int i = 0; i < 5; ++i) {
    auto start = clock::now();
    copy();
    best = std::min(best, std::chrono::duration<double>(clock::now() - start).count());
  }
  return bytes / best;
}

} // namespace

void measure(Json& device) {
  if (device["available"] != true) return;
  std::string name = device["name"];
  if (name == "cpu") {
    inspect::Roofline r = inspect::measure_roofline();
    device["measured"] = {{"memory", r.levels.back().bytes_per_second * 1e-9}, {"f32 operations", r.operations_per_second * 1e-9}};
    return;
  }
  if (!device.contains("kind")) return;
  std::size_t colon = name.find(':');
  int index = colon == std::string::npos ? 0 : std::stoi(name.substr(colon + 1));
  runtime::DevicePtr d = name.starts_with("cuda") ? runtime::cuda::open(index) : runtime::opencl::open(index);
  std::size_t bytes = std::min<std::size_t>(std::size_t(256) << 20, d->facts().memory_bytes / 8);
  if (d->facts().allocation_bytes) bytes = std::min(bytes, d->facts().allocation_bytes);
  auto from = d->allocate(bytes), to = d->allocate(bytes);
  std::vector<char> host(bytes, 1);
  auto amount = static_cast<double>(bytes);
  double in = rate(amount, [&] { d->copy_in({from.get(), 0}, host.data(), bytes), d->wait(); });
  double out = rate(amount, [&] { d->copy_out(host.data(), {from.get(), 0}, bytes); });
  double within = rate(2 * amount, [&] { d->copy({to.get(), 0}, {from.get(), 0}, bytes), d->wait(); });
  device["measured"] = {{"memory", within * 1e-9}, {"to the device", in * 1e-9}, {"from the device", out * 1e-9}};
}

} // namespace croton::cli
