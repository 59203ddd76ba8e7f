#include "src/inspect/plan_views.h"
#include "ir/build.h"

namespace croton::inspect {

using namespace ir;
using Json = nlohmann::ordered_json;

namespace {

std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') result += "\\n";
    else result += c;
  }
  return result;
}

std::string ops_of(const std::vector<Ref>& members) {
  constexpr std::size_t shown = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(shown, members.size()); ++i) text += (i ? (i % 4 ? " " : "\n") : "") + std::string(members[i]->op->name);
  return members.size() > shown ? text + "\n… " + std::to_string(members.size() - shown) + " more" : text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

} // namespace

std::string step_name(const driver::BuiltProgram& built, const Step& step) {
  if (auto* s = std::get_if<LaunchStep>(&step)) return built.kernels[static_cast<std::size_t>(s->kernel)].name;
  if (std::holds_alternative<GemmStep>(step)) return "gemm";
  if (std::holds_alternative<ScatterStep>(step)) return "scatter_add";
  if (auto* r = std::get_if<RawStep>(&step)) return "raw " + std::string(user_name(*r->node));
  return std::holds_alternative<CopyStep>(step) ? "copy" : "check";
}

std::string buffer_name(const driver::BuiltProgram& built, int buffer) {
  const PlanBuffer& b = built.plan.buffers[static_cast<std::size_t>(buffer)];
  if (b.place == Place::input) return std::string(user_name(*built.inputs[static_cast<std::size_t>(b.index)]));
  return b.place == Place::output ? "output " + std::to_string(b.index) : "b" + std::to_string(buffer);
}

Json kernel_json(const Kernel& k) {
  Json buffers = Json::array(), scalars = Json::array(), phases = Json::array();
  for (auto& b : k.buffers) buffers.push_back({{"name", user_name(*b.buffer)}, {"dtype", name(b.buffer->dtype())}, {"written", b.is_written}});
  for (auto& s : k.scalars) scalars.push_back(user_name(*s));
  for (auto& p : k.phases) phases.push_back({{"extent", expression_text(p.extent)}, {"work", expression_text(p.work)}, {"threads", p.threads.count}, {"scratch", p.scratch.size()}});
  return {{"name", k.name}, {"buffers", buffers}, {"scalars", scalars}, {"phases", phases}, {"text", lines_of(to_text(k))}};
}

Json compilations_json(const Program& program) {
  Json all = Json::array();
  if (program.compilations)
    for (const Compilation& c : program.compilations->entries()) all.push_back({{"cause", c.cause}, {"line", to_string(c.where)}, {"ms", c.ms}, {"from_cache", c.from_cache}});
  return all;
}

Json plan_json(const driver::BuiltProgram& built) {
  const Plan& plan = built.plan;
  Json dims = Json::array(), buffers = Json::array(), steps = Json::array();
  for (const Ref& d : plan.dims) dims.push_back(to_string(d));
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    const PlanBuffer& b = plan.buffers[i];
    buffers.push_back({{"name", buffer_name(built, static_cast<int>(i))}, {"place", name(b.place)}, {"dtype", name(b.dtype)}, {"elements", to_string(b.count)}, {"first", b.first}, {"last", b.last}});
  }
  for (const Step& s : plan.steps) {
    StepBuffers b = buffers_of(s, built.kernels);
    steps.push_back({{"step", step_name(built, s)}, {"reads", b.reads}, {"writes", b.writes}});
  }
  return {{"dims", dims}, {"buffers", buffers}, {"steps", steps}};
}

namespace {

// Buffers are ellipses, steps boxes; temporaries are grey.
std::string draw(const driver::BuiltProgram& built, bool with_ops) {
  std::string text = "digraph croton {\n  rankdir=TB;\n  node [fontname=\"Helvetica\", fontsize=11];\n  edge [arrowsize=0.7];\n";
  const Plan& plan = built.plan;
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) {
    const PlanBuffer& b = plan.buffers[i];
    if (b.last < b.first) continue;
    std::string_view fill = b.place == Place::temporary ? "#eeeeee" : b.place == Place::output ? "#d5e8d4" : b.place == Place::constant ? "#f8cecc" : "#dae8fc";
    text += "  b" + std::to_string(i) + " [label=\"" + escaped(buffer_name(built, static_cast<int>(i)) + "\n" + std::string(name(b.dtype)) + "[" + to_string(b.count) + "]") +
            "\", shape=ellipse, style=filled, fillcolor=\"" + std::string(fill) + "\"];\n";
  }
  for (std::size_t k = 0; k < plan.steps.size(); ++k) {
    const Step& s = plan.steps[k];
    std::string label = std::to_string(k) + ": " + step_name(built, s);
    if (auto* launch = std::get_if<LaunchStep>(&s); launch && with_ops) label += "\n" + ops_of(built.kernel_members[static_cast<std::size_t>(launch->kernel)]);
    text += "  s" + std::to_string(k) + " [label=\"" + escaped(label) + "\", shape=box, style=\"rounded,filled\", fillcolor=white];\n";
    StepBuffers b = buffers_of(s, built.kernels);
    for (int r : b.reads) text += "  b" + std::to_string(r) + " -> s" + std::to_string(k) + ";\n";
    for (int w : b.writes) text += "  s" + std::to_string(k) + " -> b" + std::to_string(w) + ";\n";
  }
  return text + "}\n";
}

} // namespace

std::string kernels_dot(const driver::BuiltProgram& built) { return draw(built, true); }
std::string plan_dot(const driver::BuiltProgram& built) { return draw(built, false); }

} // namespace croton::inspect
