// croton devices: where graphs can run.
#include "croton/error.h"
#include "runtime/cpu/jit.h"
#include "runtime/cuda/cuda.h"
#include "runtime/opencl/opencl.h"
#include "runtime/thread_pool.h"
#include "src/cli/commands.h"
#include "src/cli/devices.h"
#include "src/executable.h"
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace croton::cli {

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

std::vector<Json> all_devices() {
  std::vector<Json> all;
  for (const Device& d : devices()) {
    if (d.name == "cpu") all.push_back(cpu());
    else if (d.name == "opencl") for (Json& one : several("opencl", runtime::opencl::list(), runtime::opencl::missing())) all.push_back(std::move(one));
    else if (d.name == "cuda") for (Json& one : several("cuda", runtime::cuda::list(), runtime::cuda::missing())) all.push_back(std::move(one));
    else all.push_back(Json{{"name", std::string(d.name)}, {"available", true}, {"about", std::string(d.doc)}});
  }
  return all;
}

namespace {

// "key: value" lines, broken between words.
void print_fact(const std::string& name, const std::string& value) {
  const std::string indent(11, ' ');
  std::string row = indent + name + ":";
  std::istringstream words(value);
  for (std::string word; words >> word; row += " " + word)
    if (row.size() + word.size() > 110) std::cout << std::exchange(row, indent + " ") << "\n";
  std::cout << row << "\n";
}

void print(const Json& d, bool verbose) {
  std::string name = d["name"], line = name + std::string(name.size() < 11 ? 11 - name.size() : 1, ' ');
  if (d.contains("threads")) line += d["processor"].get<std::string>() + ", " + std::to_string(d["threads"].get<int>()) + " threads; ";
  std::cout << line << d["about"].get<std::string>() << "\n";
  if (!verbose) return;
  if (d.contains("llvm")) {
    print_fact("LLVM", d["llvm"].get<std::string>() + ", " + d["triple"].get<std::string>() + ", " + d["target"].get<std::string>());
    std::string features;
    for (auto& feature : d["features"]) features += feature.get<std::string>() + " ";
    print_fact("features", features);
  }
  if (!d.contains("kind")) return;
  for (auto& [key, value] : d.items())
    if (key != "name" && key != "available" && key != "about" && key != "more") print_fact(key, value.is_string() ? value.get<std::string>() : value.dump());
  for (auto& [key, value] : d["more"].items()) print_fact(key, value.get<std::string>());
}

} // namespace

void add_devices(CLI::App& program) {
  auto* command = program.add_subcommand("devices", "List the devices graphs can run on");
  auto json = std::make_shared<bool>(false), verbose = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For scripts");
  command->add_flag("-v,--verbose", *verbose, "Also what scheduling goes by: compiler, processor, driver, memory, units and features");
  command->footer("Examples:\n  croton devices -v\n  croton devices --json");
  command->callback([json, verbose] {
    auto all = all_devices();
    if (*json) std::cout << Json(all).dump(1) << "\n";
    else
      for (auto& d : all) print(d, *verbose);
  });
}

} // namespace croton::cli
