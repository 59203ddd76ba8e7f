#include "src/inspect/explain.h"
#include "ir/build.h"
#include "runtime/device.h"
#include "src/inspect/plan_views.h"
#include "src/inspect/traffic.h"
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace croton::inspect {

using namespace ir;
using Json = nlohmann::ordered_json;

Origins origins_of(const driver::BuiltProgram& built) {
  Origins origins;
  std::unordered_set<const Node*> written;
  for (const Node* n : post_order(built.unified)) written.insert(n);
  for (auto& step : built.rewrites.steps) {
    origins[step.after.get()].push_back({step.rule, step.before});
    for (const Ref& part : step.parts)
      if (part != step.after && !written.contains(part.get())) origins[part.get()].push_back({step.rule, step.before, true});
  }
  return origins;
}

namespace {

std::string line_of(const Node& n) { return n.where ? to_string(n.where) : ""; }

bool is_size(const Node& n) { return n.rank() == 0 && n.dtype() == DType::i64 && !body_of<Reduction>(n); }

class Report {
public:
  Report(const Program& program, const Executable& executable, const driver::BuiltProgram& built, const ExplainOptions& options)
      : program_(program), device_(executable.device()), built_(built), options_(options) {}

  Json json() const {
    Json passes = Json::array();
    for (auto& [pass, ms] : built_.pass_ms) passes.push_back({{"pass", pass}, {"ms", ms}});
    return {{"function", program_.name},
            {"compilations", compilations_json(program_)}, {"passes", passes},
            {"rewrites", rewrites()}, {"nodes", nodes()}, {"steps", steps()}, {"boundaries", boundaries()}, {"copies", copies()}};
  }

private:
  const Program& program_;
  const std::shared_ptr<runtime::Device> device_; ///< null: memory is the host's
  const driver::BuiltProgram& built_;
  const ExplainOptions& options_;

  Json rewrites() const {
    Json all = Json::array();
    for (auto& s : built_.rewrites.steps) all.push_back({{"rule", s.rule}, {"before", describe(s.before)}, {"after", describe(s.after)}, {"line", line_of(*s.before)}});
    return all;
  }

  Json nodes() const {
    Origins origins = origins_of(built_);
    Json all = Json::array();
    for (const Node* n : post_order(built_.outputs)) {
      if (is_size(*n) || is_literal(*n)) continue;
      Json rules = Json::array();
      if (auto found = origins.find(n); found != origins.end())
        for (const Origin& o : found->second) rules.push_back({{"rule", o.rule}, {"replaced", describe(o.before)}, {"line", line_of(*o.before)}, {"part", o.part}});
      all.push_back({{"op", n->op->name}, {"node", describe(Ref(n))}, {"line", line_of(*n)}, {"rules", rules}});
    }
    return all;
  }

  Json amount(const Ref& size) const {
    Json j{{"symbolic", to_string(size)}};
    if (!options_.dims.empty()) j["of_call"] = at_sizes(built_, size, options_.dims);
    return j;
  }

  Json steps() const {
    Json all = Json::array();
    for (const Step& step : built_.plan.steps) {
      StepBuffers buffers = buffers_of(step, built_.kernels);
      Traffic traffic = traffic_of(built_, step);
      Json reads = Json::array(), writes = Json::array(), fused = Json::array();
      for (int b : buffers.reads) reads.push_back(buffer_name(built_, b));
      for (int b : buffers.writes) writes.push_back(buffer_name(built_, b));
      if (auto* launch = std::get_if<LaunchStep>(&step))
        for (const Ref& n : built_.kernel_members[static_cast<std::size_t>(launch->kernel)]) fused.push_back({{"op", n->op->name}, {"line", line_of(*n)}});
      all.push_back({{"step", step_name(built_, step)}, {"fused", fused}, {"reads", reads}, {"writes", writes},
                     {"read_bytes", amount(traffic.read_bytes)}, {"written_bytes", amount(traffic.written_bytes)}, {"operations", amount(traffic.operations)}});
    }
    return all;
  }

  Json boundaries() const {
    Json all = Json::array();
    std::unordered_set<std::string> seen;
    for (auto& [node, reason] : built_.fusion_stops) {
      Json entry{{"node", describe(node)}, {"line", line_of(*node)}, {"reason", reason}};
      if (seen.insert(entry.dump()).second) all.push_back(std::move(entry));
    }
    return all;
  }

  // A copy is asked for by an output that no step computes into its place.
  Json copies() const {
    Json all = Json::array();
    for (const Step& step : built_.plan.steps) {
      auto* copy = std::get_if<CopyStep>(&step);
      if (!copy) continue;
      const PlanBuffer& from = built_.plan.buffers[static_cast<std::size_t>(copy->from)];
      std::string why = from.place == Place::input      ? "the output is an input as it is"
                        : from.place == Place::constant ? "the output is a constant"
                                                        : "the same value is an output twice";
      all.push_back({{"from", buffer_name(built_, copy->from)}, {"to", buffer_name(built_, copy->to)}, {"bytes", amount(copy->bytes)}, {"asked_by", why}});
    }
    if (device_ && !device_->facts().unified_memory) host_copies(all);
    return all;
  }

  // Between the host's memory and the device's, at every call.
  void host_copies(Json& all) const {
    auto add = [&](const std::string& from, const std::string& to, const Ref& count, DType dtype, const char* why) {
      all.push_back({{"from", from}, {"to", to}, {"bytes", amount(index_mul(count, constant_dim(static_cast<i64>(size_of(dtype)))))}, {"asked_by", why}});
    };
    for (std::size_t k = 0; k < built_.inputs.size(); ++k)
      if (const Node& n = *built_.inputs[k]; !program_.inputs[k]->attrs.find("state")) add(program_.input_names[k], "the device", element_count(n.shape()), n.dtype(), "the argument is in the host's memory");
    for (const Step& step : built_.plan.steps)
      if (auto* check = std::get_if<CheckStep>(&step)) {
        const PlanBuffer& flag = built_.plan.buffers[static_cast<std::size_t>(check->flag)];
        add(buffer_name(built_, check->flag), "the host", flag.count, flag.dtype, "positions are checked before anything is written");
      }
    for (std::size_t k = 0; k < built_.outputs.size(); ++k)
      if (const Node& n = *built_.outputs[k]; k < options_.updates.first || k >= options_.updates.second)
        add(k < program_.output_names.size() && !program_.output_names[k].empty() ? program_.output_names[k] : "output " + std::to_string(k), "the host", element_count(n.shape()), n.dtype(), "the result is wanted in the host's memory");
  }
};

// ---- as text --------------------------------------------------------------------------------------------------

std::string at(const Json& line) { return line.get<std::string>().empty() ? "" : "(" + line.get<std::string>() + ")"; }

std::string spaced(const std::string& text) { return text.empty() ? "" : " " + text; }

std::string joined(const Json& list) {
  std::string text;
  for (const Json& e : list) text += (text.empty() ? "" : ", ") + e.get<std::string>();
  return text.empty() ? "nothing" : text;
}

std::string amount_text(const Json& j) {
  std::string text = j.at("symbolic");
  return j.contains("of_call") && std::to_string(j.at("of_call").get<i64>()) != text ? text + " = " + std::to_string(j.at("of_call").get<i64>()) : text;
}

// The first `most` entries, then how many there are besides.
template <class F> std::string listed(const Json& all, std::size_t most, F line) {
  std::string text;
  for (std::size_t i = 0; i < std::min(most, all.size()); ++i) text += line(all[i]);
  return all.size() > most ? text + "  … and " + std::to_string(all.size() - most) + " more\n" : text;
}

std::string nodes_text(const Json& nodes, std::size_t most) {
  Json made = Json::array();
  for (const Json& n : nodes)
    if (!n.at("rules").empty()) made.push_back(n);
  if (made.empty()) return "";
  return "nodes that rules made:\n" + listed(made, most, [](const Json& n) {
    std::string line = "  " + n.at("node").get<std::string>() + "\n";
    for (const Json& r : n.at("rules")) line += "    by " + r.at("rule").get<std::string>() + (r.at("part").get<bool>() ? ", a part of what it made of " : " from ") + r.at("replaced").get<std::string>() + "\n";
    return line;
  });
}

std::string steps_text(const Json& steps) {
  std::size_t kernels = 0;
  for (const Json& s : steps) kernels += !s.at("fused").empty();
  std::string text = "kernels: " + std::to_string(kernels) + "\n";
  for (const Json& s : steps) {
    if (s.at("step") == "check") continue;
    text += "  " + s.at("step").get<std::string>();
    if (!s.at("fused").empty()) text += ":";
    for (const Json& f : s.at("fused")) text += " " + f.at("op").get<std::string>() + at(f.at("line"));
    text += "\n    reads " + joined(s.at("reads")) + " (" + amount_text(s.at("read_bytes")) + " bytes), writes " + joined(s.at("writes")) + " (" +
            amount_text(s.at("written_bytes")) + " bytes), " + amount_text(s.at("operations")) + " operations\n";
  }
  return text;
}

std::string text_of(const Json& j, std::size_t most) {
  std::string text = "function " + j.at("function").get<std::string>() + "\n", number(32, '\0');
  auto ms = [&](const Json& value) {
    int size = std::snprintf(number.data(), number.size(), "%.2f ms", value.get<double>());
    return number.substr(0, static_cast<std::size_t>(size));
  };
  text += "rewrites: " + std::to_string(j.at("rewrites").size()) + "\n";
  text += listed(j.at("rewrites"), most, [](const Json& r) { return "  " + r.at("rule").get<std::string>() + ": " + r.at("before").get<std::string>() + " → " + r.at("after").get<std::string>() + "\n"; });
  text += nodes_text(j.at("nodes"), most);
  text += steps_text(j.at("steps"));
  text += j.at("boundaries").empty() ? "fusion never stopped\n" : "fusion stopped at:\n";
  text += listed(j.at("boundaries"), most, [](const Json& b) { return "  " + b.at("node").get<std::string>() + ": " + b.at("reason").get<std::string>() + "\n"; });
  for (const Json& c : j.at("copies")) text += "copy of " + c.at("from").get<std::string>() + " to " + c.at("to").get<std::string>() + ", " + amount_text(c.at("bytes")) + " bytes: " + c.at("asked_by").get<std::string>() + "\n";
  for (const Json& c : j.at("compilations"))
    text += "compiled for " + c.at("cause").get<std::string>() + spaced(at(c.at("line"))) + " in " + ms(c.at("ms")) + (c.at("from_cache").get<bool>() ? ", code from the cache" : "") + "\n";
  text += "new sizes at a call compile nothing\npasses:";
  for (const Json& p : j.at("passes")) text += " " + p.at("pass").get<std::string>() + " " + ms(p.at("ms")) + ",";
  if (text.back() == ',') text.back() = '\n';
  return text;
}

} // namespace

std::string explain(const Program& program, const Executable& executable, const ExplainOptions& options) {
  if (options.format != "text" && options.format != "json") throw ValueError("[explain] there is no format '" + options.format + "'. Use text or json.");
  auto* built = executable.built();
  if (!built) {
    std::string text = "Nothing was rewritten or fused: every node is evaluated by itself.";
    return options.format == "text" ? text + "\n" : Json{{"function", program.name}, {"note", text}}.dump(1) + "\n";
  }
  Json j = Report(program, executable, *built, options).json();
  return options.format == "json" ? j.dump(1) + "\n" : text_of(j, options.most);
}

} // namespace croton::inspect
