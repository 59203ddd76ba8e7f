// croton devices: where graphs can run.
#include "runtime/cpu/jit.h"
#include "runtime/thread_pool.h"
#include "src/cli/commands.h"
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

Json cpu() {
  Json device{{"name", "cpu"}, {"available", true}, {"about", "compiled by LLVM, threads, matrix products by a BLAS"}};
  if (auto name = processor_name(); !name.empty()) device["processor"] = name;
  device["threads"] = runtime::ThreadPool::shared().thread_count();
  try {
    device["compiler"] = runtime::Jit::shared().host_description();
  } catch (const Error& e) {
    device["available"] = false;
    device["about"] = e.what();
  }
  return device;
}

std::vector<Json> devices() {
  auto not_built = [](const char* name, const char* about) { return Json{{"name", name}, {"available", false}, {"about", about}}; };
  return {cpu(), not_built("host", "interprets kernels; not in this build"), not_built("reference", "interprets graphs as written; not in this build"),
          not_built("cuda", "not in this build"), not_built("opencl", "not in this build")};
}

void print(const Json& d, bool verbose) {
  std::string name = d["name"], line = name + std::string(name.size() < 11 ? 11 - name.size() : 1, ' ');
  if (d.contains("processor")) line += d["processor"].get<std::string>() + ", " + std::to_string(d["threads"].get<int>()) + " threads; ";
  std::cout << line << d["about"].get<std::string>() << "\n";
  if (!verbose || !d.contains("compiler")) return;
  std::istringstream words(d["compiler"].get<std::string>());
  std::string row = "          ";
  for (std::string word; words >> word;) {
    if (row.size() + word.size() > 110) std::cout << std::exchange(row, "          ") << "\n";
    row += " " + word;
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
    auto all = devices();
    if (*json) std::cout << Json(all).dump(1) << "\n";
    else
      for (auto& d : all) print(d, *verbose);
  });
}

} // namespace croton::cli
