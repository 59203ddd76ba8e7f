#include "src/inspect/view.h"
#include "codegen/c.h"
#include "codegen/llvm.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/pretty.h"
#include "src/driver/gpu_target.h"
#include "src/driver/planner.h"
#include "src/inspect/dump.h"
#include "src/inspect/explain.h"
#include "src/inspect/plan_views.h"
#include "src/inspect/traffic.h"
#include "src/inspect/viewer/page.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <unordered_set>

namespace croton::inspect {

using namespace ir;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t drawn_by_graphviz = 400; ///< it takes a second for so many nodes; the page places more by itself

bool is_text(const Node& n) { return is_literal(n) || (n.rank() == 0 && n.dtype() == DType::i64 && (body_of<Leaf>(n) || body_of<Pointwise>(n)) && !is_variable(n)); }

struct AttrText {
  std::string operator()(i64 v) const { return std::to_string(v); }
  std::string operator()(double v) const { return std::to_string(v); }
  std::string operator()(const std::string& v) const { return v; }
  std::string operator()(DType v) const { return std::string(name(v)); }
  std::string operator()(const std::vector<i64>& v) const {
    std::string text = "[";
    for (std::size_t i = 0; i < v.size(); ++i) text += (i ? ", " : "") + std::to_string(v[i]);
    return text + "]";
  }
  std::string operator()(const Bytes& v) const { return std::to_string(v->size()) + " bytes"; }
};

class Page {
public:
  Page(const Program& program, const driver::BuiltProgram& built, const Profile* profile, const Executable& executable)
      : program_(program), built_(built), origins_(origins_of(built)) {
    for (auto& [node, reason] : built.fusion_stops) stops_[node.get()].push_back(reason);
    if (profile) profile_ = Json::parse(profile->report(program, executable, "json"));
  }

  Json data() {
    Json passes = Json::array();
    passes.push_back(pass("input", program_.outputs));
    passes.push_back(pass("unified", built_.unified));
    passes.push_back(pass("simplified", built_.simplified));
    passes.push_back(pass("optimized", built_.outputs));
    Json steps = this->steps();
    return {{"title", program_.name}, {"compilations", compilations_json(program_)}, {"formula", program_.outputs.empty() ? "" : pretty(program_.outputs[0])}, {"passes", passes}, {"nodes", nodes_}, {"steps", steps}};
  }

private:
  const Program& program_;
  const driver::BuiltProgram& built_;
  Origins origins_;
  std::unordered_map<const Node*, std::vector<std::string>> stops_;
  Json profile_;
  Json nodes_ = Json::array();
  std::unordered_map<std::string, std::size_t> ids_;        ///< by what a node does, sizes aside: so a pass that renames sizes changes nothing
  std::unordered_map<const Node*, std::size_t> optimized_;  ///< ids in the last pass

  Json pass(const char* title, const std::vector<Ref>& roots) {
    std::unordered_map<const Node*, std::size_t> here;
    std::unordered_set<std::size_t> taken;
    Json list = Json::array(), results = Json::array();
    for (const Node* n : post_order(roots)) {
      if (is_text(*n)) continue;
      std::string key = key_of(*n, here);
      std::size_t id = 0;
      for (int copy = 0;; ++copy) {
        auto [found, fresh] = ids_.try_emplace(key + "#" + std::to_string(copy), nodes_.size());
        if (fresh) nodes_.push_back(node(*n, here));
        id = found->second;
        if (taken.insert(id).second) break;
      }
      add_rules(*n, id);
      here.emplace(n, id);
      list.push_back(id);
    }
    for (std::size_t i = 0; i < roots.size(); ++i)
      if (auto found = here.find(roots[i].get()); found != here.end())
        results.push_back({{"name", i < program_.output_names.size() ? program_.output_names[i] : "output " + std::to_string(i)}, {"id", found->second}});
    optimized_ = here;
    Json entry{{"name", title}, {"nodes", list}, {"roots", results}};
    if (list.size() <= drawn_by_graphviz) place(entry);
    return entry;
  }

  static std::string key_of(const Node& n, const std::unordered_map<const Node*, std::size_t>& here) {
    std::string key = std::string(n.op->name) + "/" + std::string(name(n.dtype())) + "/" + std::to_string(n.rank());
    for (auto& [attr, value] : n.attrs.entries()) key += "/" + std::visit(AttrText{}, value);
    for (const Ref& a : n.args) {
      auto found = here.find(a.get());
      key += found != here.end() ? "," + std::to_string(found->second) : is_literal(*a) ? "," + literal_text(*a) : ",·";
    }
    return key;
  }

  Json node(const Node& n, const std::unordered_map<const Node*, std::size_t>& here) const {
    Json args = Json::array(), attributes = Json::array();
    if (!is_variable(n))
      for (const Ref& a : n.args) {
        auto found = here.find(a.get());
        if (found != here.end()) args.push_back({{"id", found->second}});
        else args.push_back({{"text", is_literal(*a) ? literal_text(*a) : to_string(a)}});
      }
    for (auto& [key, value] : n.attrs.entries())
      if (key != "name" && key != "state" && key != "data") attributes.push_back(std::string(key) + " = " + std::visit(AttrText{}, value));
    std::string label = user_name(n).empty() ? std::string(n.op->name) : std::string(user_name(n));
    std::string kind = is_variable(n) ? (n.attrs.find("state") ? "shared" : "input") : "op";
    return {{"label", label}, {"op", n.op->name}, {"kind", kind}, {"type", std::string(name(n.dtype())) + to_string(n.shape())}, {"line", n.where ? to_string(n.where) : ""},
            {"args", args}, {"attributes", attributes}, {"rules", Json::array()}, {"stops", Json::array()}, {"steps", Json::array()}};
  }

  void add_rules(const Node& n, std::size_t id) {
    Json& entry = nodes_[id];
    if (auto found = origins_.find(&n); found != origins_.end() && entry["rules"].empty())
      for (const Origin& o : found->second) entry["rules"].push_back({{"rule", o.rule}, {"before", describe(o.before)}, {"part", o.part}});
    if (auto found = stops_.find(&n); found != stops_.end() && entry["stops"].empty()) entry["stops"] = found->second;
  }

  // Centres of the boxes by Graphviz; nothing where it is not there.
  void place(Json& pass) const {
    std::string dot = "digraph g {\n node [shape=box, fixedsize=true, height=0.55];\n ranksep=0.45; nodesep=0.3;\n";
    for (std::size_t id : pass["nodes"]) {
      const Json& n = nodes_[id];
      double letters = std::max(static_cast<double>(n["label"].get<std::string>().size()), static_cast<double>(n["type"].get<std::string>().size()) * 0.92);
      dot += "n" + std::to_string(id) + " [label=\"\", width=" + std::to_string(std::clamp(24 + 7.4 * letters, 92.0, 260.0) / 72) + "];\n";
      for (const Json& a : n["args"])
        if (a.contains("id")) dot += "n" + std::to_string(a["id"].get<std::size_t>()) + " -> n" + std::to_string(id) + ";\n";
    }
    std::string plain = by_graphviz(dot + "}\n", "plain");
    if (plain.empty()) return;
    std::unordered_map<std::size_t, std::pair<double, double>> at;
    std::istringstream lines(plain);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string word, label;
      double x = 0, y = 0;
      if (words >> word >> label >> x >> y && word == "node" && label.size() > 1) at[std::stoul(label.substr(1))] = {x * 72, -y * 72};
    }
    Json positions = Json::array();
    for (std::size_t id : pass["nodes"]) {
      auto found = at.find(id);
      if (found == at.end()) return;
      positions.push_back(std::round(found->second.first)), positions.push_back(std::round(found->second.second));
    }
    pass["positions"] = positions;
  }

  Json steps() {
    Json list = Json::array();
    auto languages = sources();
    for (std::size_t k = 0; k < built_.plan.steps.size(); ++k) {
      const Step& step = built_.plan.steps[k];
      StepBuffers buffers = buffers_of(step, built_.kernels);
      Traffic traffic = traffic_of(built_, step);
      Json reads = Json::array(), writes = Json::array(), members = Json::array();
      for (int b : buffers.reads) reads.push_back(buffer_name(built_, b));
      for (int b : buffers.writes) writes.push_back(buffer_name(built_, b));
      auto add_member = [&](const Node* n) {
        auto found = optimized_.find(n);
        if (found == optimized_.end()) return;
        members.push_back(found->second);
        nodes_[found->second]["steps"].push_back(k);
      };
      Json code = Json::array();
      if (auto* launch = std::get_if<LaunchStep>(&step)) {
        for (const Ref& n : built_.kernel_members[static_cast<std::size_t>(launch->kernel)]) add_member(n.get());
        add_sources(code, languages, key_of(built_, static_cast<std::size_t>(launch->kernel)));
      } else if (!buffers.writes.empty()) {
        const Ref& made = built_.plan.buffers[static_cast<std::size_t>(buffers.writes[0])].node;
        add_member(made.get());
        if (made && std::holds_alternative<GemmStep>(step)) add_sources(code, languages, {{made.get()}, ""}); // a library's here, a kernel elsewhere
      }
      Json entry{{"name", step_name(built_, step)}, {"kind", std::holds_alternative<LaunchStep>(step) ? "kernel" : "step"}, {"members", members}, {"reads", reads}, {"writes", writes},
                 {"bytes_symbolic", to_string(index_add(traffic.read_bytes, traffic.written_bytes))}, {"operations_symbolic", to_string(traffic.operations)}, {"sources", code}};
      add_measures(entry, k);
      list.push_back(std::move(entry));
    }
    return list;
  }

  void add_measures(Json& entry, std::size_t k) const {
    if (profile_.is_null() || k >= profile_.at("steps").size()) return;
    const Json& row = profile_.at("steps")[k];
    auto count = row.at("count").get<double>();
    if (count == 0) return;
    for (const char* field : {"kind", "count", "seconds", "share", "bytes_per_second", "operations_per_second", "roofline"}) entry[field] = row.at(field);
    entry["bytes_per_call"] = row.at("bytes").get<double>() / count;
  }

  /// What a kernel computes; by that it is found on other targets, which make the same groups. The name where it is no node.
  using KernelKey = std::pair<std::vector<const Node*>, std::string>;
  using Sources = std::vector<std::pair<std::string, std::map<KernelKey, std::string>>>; ///< by language

  static KernelKey key_of(const driver::BuiltProgram& built, std::size_t kernel) {
    KernelKey key;
    for (const Ref& n : built.kernel_members[kernel]) key.first.push_back(n.get());
    std::sort(key.first.begin(), key.first.end());
    if (key.first.empty()) key.second = built.kernels[kernel].name;
    return key;
  }

  static void add_sources(Json& code, const Sources& languages, const KernelKey& key) {
    for (auto& [language, texts] : languages)
      if (auto text = texts.find(key); text != texts.end()) code.push_back({{"language", language}, {"text", text->second}});
  }

  // Without what stands in front of every module of the language.
  static std::string c_text(const Kernel& kernel, const codegen::CLanguage& language) { return codegen::c_module(std::span(&kernel, 1), language).text.substr(language.prologue.size()); }

  Sources sources() const {
    Sources all;
    auto& loops = all.emplace_back("kernel", std::map<KernelKey, std::string>{}).second;
    for (std::size_t k = 0; k < built_.kernels.size(); ++k) loops[key_of(built_, k)] = to_text(built_.kernels[k]);
    Program plain = program_;
    plain.observer = nullptr;
    driver::Target c = driver::cpu_target();
    c.dialect = Dialect::c;
    c.features = {};
    auto print = [&](const char* language, const driver::Target& target, auto text_of) {
      auto& texts = all.emplace_back(language, std::map<KernelKey, std::string>{}).second;
      driver::Target kernels_only = target; // what raw kernels have no body for does not matter here
      kernels_only.raw = {};
      driver::BuiltProgram built = driver::build(plain, kernels_only);
      for (std::size_t k = 0; k < built.kernels.size(); ++k) {
        std::string& text = texts[key_of(built, k)];
        try {
          text = text_of(built.kernels[k]);
        } catch (const UnsupportedError& e) { // a dtype that the language has not
          text = e.what();
        }
      }
    };
    print("LLVM IR", driver::cpu_target(), [](const Kernel& k) { return codegen::llvm_module(std::span(&k, 1)).text; });
    print("CUDA C", driver::gpu_target({.strict = program_.strict}), [](const Kernel& k) { return c_text(k, codegen::cuda_c()); });
    print("OpenCL C", c, [](const Kernel& k) { return c_text(k, codegen::opencl_c()); });
    return all;
  }
};

// Inside a script element: nothing in it may open or end an element. In JSON a '<' stands in strings only.
std::string for_script(const std::string& json) {
  std::string text;
  for (char c : json) c == '<' ? text += "\\u003c" : text += c;
  return text;
}

std::string with(std::string page, std::string_view mark, const std::string& text) {
  std::size_t at = page.find(mark);
  if (at == std::string::npos) throw InternalError("[view] the page has no place for " + std::string(mark));
  return page.replace(at, mark.size(), text);
}

} // namespace

std::string view_html(const Program& program, const Executable& executable, const Profile* profile) {
  auto* built = executable.built();
  if (!built) throw UnsupportedError("[view] this device runs no plan: there is nothing to show but the graph. Use another device.");
  std::string data = Page(program, *built, profile, executable).data().dump();
  std::string page = with(viewer::html, "/*CROTON_CSS*/", viewer::css);
  page = with(std::move(page), "/*CROTON_JS*/", viewer::js);
  return with(std::move(page), "/*CROTON_DATA*/", for_script(data));
}

} // namespace croton::inspect
