#include "runtime/device.h"
#include "croton/error.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace croton::runtime {

DeviceBlockPtr Device::import_host(void*, std::size_t) { return nullptr; }
void Device::host_wrote(DeviceBlock&) {}
void Device::host_reads(DeviceBlock&) { wait(); }

void Device::record(bool) {}
std::vector<LaunchTime> Device::recorded() { return {}; }

void Device::copy_in(DevicePlace to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  do_copy_in(to, from, bytes);
  copies_in_.fetch_add(1, std::memory_order_relaxed);
  bytes_in_.fetch_add(bytes, std::memory_order_relaxed);
}

void Device::copy_out(void* to, DevicePlace from, std::size_t bytes) {
  if (bytes == 0) return;
  do_copy_out(to, from, bytes);
  copies_out_.fetch_add(1, std::memory_order_relaxed);
  bytes_out_.fetch_add(bytes, std::memory_order_relaxed);
}

namespace {
/// What this thread asks for while it captures.
struct Captured {
  std::uint64_t launches = 0, products = 0;
};
thread_local Captured* captured = nullptr;
} // namespace

void Device::launch(const DeviceModule& module, std::size_t entry, const Grid& grid, std::span<const LaunchArgument> arguments) {
  do_launch(module, entry, grid, arguments);
  if (captured) ++captured->launches;
  else launches_.fetch_add(1, std::memory_order_relaxed);
}

void Device::do_multiply(const Product&, DevicePlace, DevicePlace, DevicePlace, DevicePlace) { throw UnsupportedError("[" + facts_.name + "] has no library of matrix products."); }
void Device::multiply(const Product& product, DevicePlace a, DevicePlace b, DevicePlace c, DevicePlace bias) {
  do_multiply(product, a, b, c, bias);
  if (captured) ++captured->products;
  else products_.fetch_add(1, std::memory_order_relaxed);
}

std::unique_ptr<DeviceGraph> Device::do_capture(const std::function<void()>&) { throw UnsupportedError("[" + facts_.name + "] has no graphs."); }
void Device::do_replay(const DeviceGraph&) { throw UnsupportedError("[" + facts_.name + "] has no graphs."); }

std::unique_ptr<DeviceGraph> Device::capture(const std::function<void()>& work) {
  Captured counts;
  auto graph = do_capture([&] {
    struct Scope {
      explicit Scope(Captured& own) { captured = &own; }
      ~Scope() { captured = nullptr; }
    } scope(counts);
    work();
  });
  graph->launches = counts.launches;
  graph->products = counts.products;
  return graph;
}

void Device::replay(const DeviceGraph& graph) {
  do_replay(graph);
  launches_.fetch_add(graph.launches, std::memory_order_relaxed);
  products_.fetch_add(graph.products, std::memory_order_relaxed);
  replays_.fetch_add(1, std::memory_order_relaxed);
}

DeviceCounts Device::counts() const {
  return {copies_in_.load(std::memory_order_relaxed), bytes_in_.load(std::memory_order_relaxed), copies_out_.load(std::memory_order_relaxed),
          bytes_out_.load(std::memory_order_relaxed), launches_.load(std::memory_order_relaxed), products_.load(std::memory_order_relaxed), replays_.load(std::memory_order_relaxed)};
}

std::string keep_failed_source(const std::string& source, const std::string& name, const std::string& extension) {
  std::string stem;
  for (char c : name.substr(0, 60)) stem += std::isalnum(static_cast<unsigned char>(c)) || c == '_' ? c : '_';
  std::error_code error;
  auto folder = std::filesystem::temp_directory_path(error);
  if (error) return "";
  // A new file: others may write into the folder, too, and must not choose where this goes.
  std::string path = (folder / ("croton-" + stem + "-XXXXXX" + extension)).string();
  int descriptor = ::mkstemps(path.data(), static_cast<int>(extension.size()));
  if (descriptor < 0) return "";
  ::close(descriptor);
  std::ofstream file(path, std::ios::trunc);
  file << source;
  return file.good() ? path : "";
}

} // namespace croton::runtime
