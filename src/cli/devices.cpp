// croton devices: where graphs can run.
#include "croton/error.h"
#include "runtime/cpu/jit.h"
#include "runtime/thread_pool.h"
#include "src/cli/commands.h"
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

std::vector<Json> all_devices() {
  std::vector<Json> all;
  for (const Device& d : devices())
    all.push_back(d.name == "cpu" ? cpu() : Json{{"name", std::string(d.name)}, {"available", true}, {"about", std::string(d.doc)}});
  for (const char* name : {"cuda", "opencl"}) all.push_back({{"name", name}, {"available", false}, {"about", "not in this build"}});
  return all;
}

void print(const Json& d, bool verbose) {
  std::string name = d["name"], line = name + std::string(name.size() < 11 ? 11 - name.size() : 1, ' ');
  if (d.contains("threads")) line += d["processor"].get<std::string>() + ", " + std::to_string(d["threads"].get<int>()) + " threads; ";
  std::cout << line << d["about"].get<std::string>() << "\n";
  if (!verbose || !d.contains("llvm")) return;
  const std::string indent(10, ' ');
  std::cout << indent << " LLVM " << d["llvm"].get<std::string>() << ", " << d["triple"].get<std::string>() << ", " << d["target"].get<std::string>() << "\n";
  std::string row = indent;
  for (auto& feature : d["features"]) {
    if (row.size() + feature.get<std::string>().size() > 110) std::cout << std::exchange(row, indent) << "\n";
    row += " " + feature.get<std::string>();
  }
  std::cout << row << "\n";
}

} // namespace

void add_devices(CLI::App& program) {
  auto* command = program.add_subcommand("devices", "List the devices graphs can run on");
  auto json = std::make_shared<bool>(false), verbose = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For scripts");
  command->add_flag("-v,--verbose", *verbose, "Also the compiler's version, the processor and its features");
  command->footer("Examples:\n  croton devices -v\n  croton devices --json");
  command->callback([json, verbose] {
    auto all = all_devices();
    if (*json) std::cout << Json(all).dump(1) << "\n";
    else
      for (auto& d : all) print(d, *verbose);
  });
}

} // namespace croton::cli
