// croton devices: where graphs can run.
#include "src/cli/commands.h"
#include "src/cli/device_parts.h"
#include "src/inspect/device_facts.h"
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace croton::cli {

namespace {

using Json = nlohmann::ordered_json;

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
  if (d.contains("measured"))
    for (auto& [key, value] : d["measured"].items()) {
      char text[40];
      std::snprintf(text, sizeof text, key == "f32 operations" ? "%.1f GFLOP/s" : "%.1f GB/s", value.get<double>());
      print_fact("measured, " + key, text);
    }
  if (!d.contains("kind")) return;
  for (auto& [key, value] : d.items())
    if (key != "name" && key != "available" && key != "about" && key != "more" && key != "measured") print_fact(key, value.is_string() ? value.get<std::string>() : value.dump());
  for (auto& [key, value] : d["more"].items()) print_fact(key, value.get<std::string>());
}

} // namespace

void add_devices(CLI::App& program) {
  auto* command = program.add_subcommand("devices", "List the devices graphs can run on");
  auto json = std::make_shared<bool>(false), verbose = std::make_shared<bool>(false), measured = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "For scripts");
  command->add_flag("-v,--verbose", *verbose, "Also what scheduling goes by: compiler, processor, driver, memory, units and features");
  command->add_flag("--measure", *measured, "Also the bandwidth of memory and of copies, which takes seconds");
  command->footer("Examples:\n  croton devices -v\n  croton devices -v --measure\n  croton devices --json");
  command->callback([json, verbose, measured] {
    auto all = inspect::all_devices();
    for (auto& d : all) {
      if (*json || *verbose) add_parts(d);
      if (*measured) measure(d);
    }
    if (*json) std::cout << Json(all).dump(1) << "\n";
    else
      for (auto& d : all) print(d, *verbose || *measured);
  });
}

} // namespace croton::cli
