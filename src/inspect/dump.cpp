#include "src/inspect/dump.h"
#include "ir/build.h"
#include "ir/dot.h"
#include "ir/json.h"
#include "ir/text.h"
#include "src/driver/planner.h"
#include "src/inspect/explain.h"
#include "src/inspect/plan_views.h"
#include "src/inspect/view.h"
#include "src/io/file.h"
#include "src/io/temporary_folder.h"
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace croton::inspect {

using namespace ir;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::array all_stages{
    Stage{"input", "the graph as written", StageKind::graph},
    Stage{"unified", "sizes that must be equal are one symbol", StageKind::graph},
    Stage{"simplified", "no rule matches any more", StageKind::graph},
    Stage{"optimized", "the graph that is fused into kernels", StageKind::graph},
    Stage{"scheduled", "kernels: loops mapped to the machine", StageKind::kernels},
    Stage{"contracted", "kernels: a·b + c is one fma", StageKind::kernels},
    Stage{"expanded", "kernels: only ops that the target spells", StageKind::kernels},
    Stage{"kernels", "kernels as they are printed", StageKind::kernels},
    Stage{"plan", "steps, buffers and their lifetimes", StageKind::plan},
    Stage{"source", "what the device's compiler is given", StageKind::code, "every device that compiles"},
    Stage{"source.rare", "what it is given when a call needs it: rows cut into chunks", StageKind::code, "cuda or opencl"},
    Stage{"source.wide", "the same for indices of 64 bits", StageKind::code, "cuda or opencl"},
    Stage{"source.wide.rare", "the same for both", StageKind::code, "cuda or opencl"},
    Stage{"llvm", "LLVM IR", StageKind::code, "cpu"},
    Stage{"assembly", "of this machine's processor", StageKind::code, "cpu"},
    Stage{"ptx", "NVIDIA's portable assembly", StageKind::code, "cuda"},
    Stage{"sass", "of an NVIDIA processor", StageKind::code, "cuda"},
    Stage{"cubin", "facts of the compiled kernels: registers, memory, spills", StageKind::code, "cuda"},
};

const Stage& stage_named(std::string_view name) {
  std::string known;
  for (const Stage& s : all_stages) {
    if (s.name == name) return s;
    known += (known.empty() ? "" : ", ") + std::string(s.name);
  }
  throw ValueError("[dump] there is no stage '" + std::string(name) + "'. Use one of " + known + ".");
}

void check_format(std::string_view format) {
  if (std::find(std::begin(formats), std::end(formats), format) == std::end(formats))
    throw ValueError("[dump] there is no format '" + std::string(format) + "'. Use text, json, dot or svg.");
}

const driver::BuiltProgram& built_of(const Executable& e, std::string_view stage) {
  if (auto* built = e.built()) return *built;
  throw UnsupportedError("[dump] this device has no stage '" + std::string(stage) + "': it evaluates the graph as written. Use input, or another device.");
}

std::vector<std::string> names_of(const Program& p) {
  std::vector<std::string> names = p.output_names;
  for (std::size_t i = names.size(); i < p.outputs.size(); ++i) names.push_back("out" + std::to_string(i));
  return names;
}

// ---- kernels --------------------------------------------------------------------------------------------------

std::vector<Kernel> kernels_at(const driver::BuiltProgram& built, std::string_view stage) {
  if (stage == "kernels") return built.kernels;
  std::string_view pass = stage == "scheduled" ? "schedule" : stage == "contracted" ? "contract" : "expand";
  std::vector<Kernel> kernels;
  built.rebuild([&](std::string_view at, const Kernel& k) {
    if (at == pass) kernels.push_back(k);
  });
  return kernels;
}

std::string kernels_text(const std::vector<Kernel>& kernels) {
  std::string text;
  for (const Kernel& k : kernels) text += to_text(k) + "\n";
  return text;
}

std::string in_format(const std::string& dot, const Options& o) { return o.format == "svg" ? svg_of(dot) : dot; }

std::string dump_kernels(const driver::BuiltProgram& built, std::string_view stage, const Options& o) {
  std::vector<Kernel> kernels = kernels_at(built, stage);
  if (o.format == "text") return kernels_text(kernels);
  if (o.format != "json") return in_format(kernels_dot(built), o);
  Json all = Json::array();
  for (const Kernel& k : kernels) all.push_back(kernel_json(k));
  return all.dump(1) + "\n";
}

std::string dump_plan(const driver::BuiltProgram& built, const Options& o) {
  if (o.format == "text") return to_text(built.plan, built.kernels);
  return o.format == "json" ? plan_json(built).dump(1) + "\n" : in_format(plan_dot(built), o);
}

// Registers, memory and spills of compiled kernels.
std::string dump_facts(const std::vector<runtime::KernelFacts>& facts, const Options& o) {
  if (o.format == "json") {
    Json all = Json::array();
    for (auto& k : facts)
      all.push_back({{"kernel", k.name}, {"registers", k.registers}, {"shared_bytes", k.shared_bytes}, {"stack_bytes", k.stack_bytes}, {"spill_store_bytes", k.spill_store_bytes}, {"spill_load_bytes", k.spill_load_bytes}});
    return Json{{"stage", "cubin"}, {"kernels", all}}.dump(1) + "\n";
  }
  std::string text;
  for (auto& k : facts)
    text += k.name + ": " + std::to_string(k.registers) + " registers, " + std::to_string(k.shared_bytes) + " bytes shared by a block, " + std::to_string(k.stack_bytes) + " bytes of stack, " +
            (k.spill_store_bytes + k.spill_load_bytes ? "spills " + std::to_string(k.spill_store_bytes) + " bytes and reads " + std::to_string(k.spill_load_bytes) + " back" : "nothing spilled") + "\n";
  return text;
}

std::string dump_code(const Executable& e, const Stage& stage, const Options& o) {
  if (o.format == "dot" || o.format == "svg")
    throw UnsupportedError("[dump] the stage '" + std::string(stage.name) + "' is no graph: it has no drawing. Use text or json.");
  if (auto facts = stage.name == "cubin" ? e.kernel_facts() : std::vector<runtime::KernelFacts>(); !facts.empty()) return dump_facts(facts, o);
  std::string text = e.code(stage.name);
  if (text.empty() && !(e.built() && e.built()->kernels.empty()))
    throw UnsupportedError("[dump] this device has no stage '" + std::string(stage.name) + "': " + std::string(stage.brings) + " has.");
  if (o.format == "text") return text;
  return Json{{"stage", stage.name}, {"text", text}}.dump(1) + "\n";
}

} // namespace

std::span<const Stage> stages() { return all_stages; }

std::vector<Ref> graph_at(const Program& program, const Executable& executable, std::string_view stage) {
  if (stage == "input") return program.outputs;
  auto& built = built_of(executable, stage);
  return stage == "unified" ? built.unified : stage == "simplified" ? built.simplified : built.outputs;
}

std::vector<Ref> without_marks(std::span<const Ref> roots) {
  return substitute(roots, [](const Node& n) { return is_position_check(n) ? n.args[0] : Ref(); });
}

std::string dump_graph(std::span<const Ref> roots, std::span<const std::string> names, const Options& o) {
  check_format(o.format);
  if (o.format == "text") return to_outline(roots, o.max_nodes);
  if (o.format != "json") return in_format(to_dot(roots, names, o.max_nodes), o);
  std::vector<Ref> plain = without_marks(roots);
  Document d = document_of(plain);
  for (std::size_t i = 0; i < d.outputs.size() && i < names.size(); ++i) d.outputs[i].name = names[i];
  return to_json(d);
}

std::string dump(const Program& program, const Executable& executable, std::string_view name, const Options& options) {
  const Stage& stage = stage_named(name);
  check_format(options.format);
  switch (stage.kind) {
  case StageKind::graph: return dump_graph(graph_at(program, executable, name), names_of(program), options);
  case StageKind::kernels: return dump_kernels(built_of(executable, name), name, options);
  case StageKind::plan: return dump_plan(built_of(executable, name), options);
  case StageKind::code: return dump_code(executable, stage, options);
  }
  return "";
}

// ---- files ----------------------------------------------------------------------------------------------------

void write_file(const std::string& path, const std::string& text) {
  io::OutputFile file(path);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

std::string by_graphviz(const std::string& dot, std::string_view format) {
  io::TemporaryFolder folder;
  write_file(folder / "graph.dot", dot);
  std::string command = "dot -T" + std::string(format) + " '" + folder / "graph.dot" + "' -o '" + folder / "graph" + "' 2> /dev/null";
  return std::system(command.c_str()) == 0 ? io::read_text(folder / "graph") : "";
}

std::string svg_of(const std::string& dot) {
  std::string svg = by_graphviz(dot, "svg");
  if (svg.empty()) throw UnsupportedError("[dump] Graphviz draws no SVG: its program 'dot' is missing or failed. Install the package graphviz, or use the format dot.");
  return svg;
}

namespace {

std::string safe_name(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') c = '_';
  return name.substr(0, 80);
}

} // namespace

void dump_by_environment(const Program& program, const Executable& executable) {
  const char* wanted = std::getenv("CROTON_DUMP");
  if (!wanted || !*wanted) return;
  static std::atomic<int> functions{0};
  const char* folder = std::getenv("CROTON_DUMP_DIR");
  std::filesystem::path target = folder && *folder ? folder : "croton-dump";
  std::error_code error;
  std::filesystem::create_directories(target, error);
  if (error) throw IoError("[dump] CROTON_DUMP_DIR: " + target.string() + " cannot be made: " + error.message() + ".");
  std::string stem = safe_name(program.name) + "-" + std::to_string(functions++), list = wanted;
  for (std::size_t at = 0; at < list.size();) {
    std::size_t end = std::min(list.find(',', at), list.size());
    std::string item = list.substr(at, end - at);
    at = end + 1;
    std::size_t dot = item.find('.');
    Options options;
    if (dot != std::string::npos) options.format = item.substr(dot + 1);
    std::string stage = item.substr(0, dot), extension = options.format == "text" ? "txt" : options.format;
    try {
      if (stage == "view") extension = "html";
      std::string text = stage == "view" ? view_html(program, executable) : stage == "explain" ? explain(program, executable, {.format = options.format}) : dump(program, executable, stage, options);
      write_file((target / (stem + "." + stage + "." + extension)).string(), text);
    } catch (const UnsupportedError&) { // another function's device may have it
    }
  }
}

} // namespace croton::inspect
