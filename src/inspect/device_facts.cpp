#include "src/inspect/device_facts.h"
#include "croton/error.h"
#include "runtime/cpu/jit.h"
#include "runtime/cuda/cuda.h"
#include "runtime/opencl/opencl.h"
#include "runtime/thread_pool.h"
#include "src/executable.h"
#include <fstream>
#include <sstream>

namespace croton::inspect {

namespace {

using Json = nlohmann::ordered_json;

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

// The description is "LLVM 19.1.7 x86_64-pc-linux-gnu znver4 +avx2,-xop,…".
void describe_compiler(Json& device) {
  std::istringstream words(runtime::Jit::shared().host_description());
  std::string llvm, version, triple, processor, list;
  words >> llvm >> version >> triple >> processor >> list;
  device["llvm"] = version;
  device["triple"] = triple;
  device["target"] = processor;
  device["features"] = Json::array();
  std::istringstream features(list);
  for (std::string f; std::getline(features, f, ',');)
    if (f.starts_with('+')) device["features"].push_back(f.substr(1));
}

Json cpu() {
  Json device{{"name", "cpu"}, {"available", true}, {"about", "compiled by LLVM, with threads; matrix products by a BLAS"}};
  device["processor"] = processor_name();
  device["threads"] = runtime::ThreadPool::shared().thread_count();
  try {
    describe_compiler(device);
  } catch (const Error& e) {
    device["available"] = false;
    device["about"] = e.what();
  }
  return device;
}

std::string size_text(std::size_t bytes) {
  char text[32];
  if (bytes >= std::size_t(1) << 30) std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
  else std::snprintf(text, sizeof text, "%zu KiB", bytes >> 10);
  return text;
}

// The facts that scheduling goes by, then what the driver says besides.
Json described(const runtime::DeviceFacts& f) {
  static constexpr const char* kinds[] = {"cpu", "gpu", "other"};
  Json device{{"name", f.name}, {"available", true}, {"about", f.title + ", " + f.platform + "; " + std::to_string(f.units) + " units, " + size_text(f.memory_bytes)}};
  device["kind"] = kinds[static_cast<int>(f.kind)];
  device["version"] = f.version;
  device["units"] = f.units;
  device["f64"] = f.f64;
  device["f16"] = f.f16;
  device["exact_division"] = f.exact_division;
  device["unified_memory"] = f.unified_memory;
  device["subgroup"] = f.subgroup;
  device["group_limit"] = f.group_limit;
  device["memory_bytes"] = f.memory_bytes;
  device["allocation_bytes"] = f.allocation_bytes;
  device["local_bytes"] = f.local_bytes;
  for (auto& [name, value] : f.more) device["more"][name] = value;
  return device;
}

std::vector<Json> several(const std::string& kind, const std::vector<runtime::DeviceFacts>& facts, const std::string& missing) {
  std::vector<Json> all;
  for (auto& f : facts) all.push_back(described(f));
  if (all.empty()) all.push_back({{"name", kind}, {"available", false}, {"about", missing}});
  return all;
}

} // namespace

static std::vector<Json> devices_of_kind(const Device& kind) {
  if (kind.name == "cpu") return {cpu()};
  if (kind.name == "opencl") return several("opencl", runtime::opencl::list(), runtime::opencl::missing());
  if (kind.name == "cuda") return several("cuda", runtime::cuda::list(), runtime::cuda::missing());
  return {Json{{"name", std::string(kind.name)}, {"available", true}, {"about", std::string(kind.doc)}}};
}

std::vector<Json> all_devices() {
  std::vector<Json> all;
  for (const Device& kind : devices())
    for (Json& one : devices_of_kind(kind)) all.push_back(std::move(one));
  return all;
}

Json device_facts(std::string_view device) {
  std::string_view name = device.substr(0, device.find(':'));
  for (const Device& kind : devices()) {
    if (kind.name != name) continue;
    std::vector<Json> of_kind = devices_of_kind(kind);
    for (Json& one : of_kind)
      if (one.at("name") == device) return one;
    return of_kind.front();
  }
  return {};
}

} // namespace croton::inspect
