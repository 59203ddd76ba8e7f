#include "src/driver/explain.h"
#include "ir/build.h"
#include <algorithm>

namespace croton::driver {

using namespace ir;

namespace {

// A large graph fires the same rules again and again: the first of each are shown, the rest counted.
constexpr std::size_t shown_rewrites = 40;

std::string rewrites(const BuiltProgram& built) {
  const auto& steps = built.rewrites.steps;
  std::string text = "rewrites: " + std::to_string(steps.size()) + "\n";
  for (std::size_t i = 0; i < std::min(steps.size(), shown_rewrites); ++i)
    text += "  " + std::string(steps[i].rule) + ": " + describe(steps[i].before) + " → " + describe(steps[i].after) + "\n";
  if (steps.size() > shown_rewrites) text += "  … and " + std::to_string(steps.size() - shown_rewrites) + " more\n";
  return text;
}

std::string kernels(const BuiltProgram& built) {
  std::string text = "kernels: " + std::to_string(built.kernels.size()) + "\n";
  for (std::size_t k = 0; k < built.kernels.size(); ++k) {
    text += "  " + built.kernels[k].name + ":";
    for (const Ref& n : built.kernel_members[k]) text += " " + std::string(n->op->name) + (n->where ? "(" + to_string(n->where) + ")" : "");
    text += "\n";
  }
  return text;
}

std::string stops(const BuiltProgram& built) {
  std::vector<std::string> lines;
  for (const auto& [node, reason] : built.fusion_stops) {
    std::string line = "  " + describe(node) + ": " + reason + "\n";
    if (std::find(lines.begin(), lines.end(), line) == lines.end() && lines.size() < shown_rewrites) lines.push_back(std::move(line));
  }
  std::string text = "fusion stopped at:\n";
  for (const std::string& line : lines) text += line;
  return lines.empty() ? "fusion never stopped\n" : text;
}

std::string timings(const BuiltProgram& built) {
  std::string text = "passes:";
  char number[32];
  for (const auto& [pass, ms] : built.pass_ms) {
    std::snprintf(number, sizeof number, " %.2f ms", ms);
    text += " " + pass + number + ",";
  }
  if (text.back() == ',') text.back() = '\n';
  return text;
}

} // namespace

std::string explain(const BuiltProgram& built) { return rewrites(built) + kernels(built) + stops(built) + timings(built); }

} // namespace croton::driver
