// croton dump: a document at each stage of its compilation.
#include "ir/forms.h"
#include "ir/build.h"
#include "src/cli/commands.h"
#include "src/cli/inputs.h"
#include "src/document/document.h"
#include "src/executable.h"
#include "src/inspect/dump.h"
#include "src/io/file.h"
#include <algorithm>
#include <iostream>
#include <unordered_map>

namespace croton::cli {

using namespace document;

namespace {

struct DumpOptions {
  std::string graph, stage = "input", format = "text", file, device = default_device();
  DocumentOptions document = {};
  std::size_t max_lines = inspect::Options{}.max_nodes;
};

// The document with other outputs: its variables are found again by name, as a stage may have given them other sizes.
ir::Document with_roots(const Graph& graph, const std::vector<ir::Ref>& roots) {
  ir::Document d = graph.document;
  std::unordered_map<std::string, ir::Ref> input, shared;
  for (const ir::Node* n : ir::post_order(roots))
    if (ir::is_variable(*n)) (n->attrs.find("state") ? shared : input).emplace(ir::user_name(*n), n);
  for (std::size_t k = 0; k < d.inputs.size(); ++k)
    if (auto found = input.find(graph.input_names[k]); found != input.end()) d.inputs[k] = found->second;
  for (auto& u : d.updates) // while the old nodes still say which variable it is
    if (auto found = shared.find(std::string(ir::user_name(*u.shared))); found != shared.end()) u.shared = found->second;
  for (std::size_t k = 0; k < d.shared.size(); ++k)
    if (auto found = shared.find(graph.shared_names[k]); found != shared.end()) d.shared[k].node = found->second;
  for (std::size_t i = 0; i < d.outputs.size(); ++i) d.outputs[i].node = roots[i];
  for (std::size_t i = 0; i < d.updates.size(); ++i) d.updates[i].value = roots[d.outputs.size() + i];
  return d;
}

std::string graph_text(const Graph& graph, const DumpOptions& o) {
  std::vector<ir::Ref> roots = graph.roots();
  if (o.stage != "input") {
    Program p = program_of(graph);
    roots = inspect::graph_at(p, *compile(p, o.device), o.stage);
  }
  auto names = root_names(graph);
  if (o.format == "json") return ir::to_json(with_roots(graph, inspect::without_marks(roots)));
  std::string comment;
  if (o.format == "text")
    for (std::size_t i = 0; i < names.size(); ++i) comment += (i ? ", " : "# returns ") + ir::quoted_text(names[i]) + (i + 1 == names.size() ? "\n" : "");
  return comment + inspect::dump_graph(roots, names, {o.format, o.max_lines});
}

std::string dumped(const DumpOptions& o) {
  Graph graph = load_graph(o.graph, o.document);
  auto stages = inspect::stages();
  auto stage = std::find_if(stages.begin(), stages.end(), [&](auto& s) { return s.name == o.stage; });
  if (stage->kind == inspect::StageKind::graph) return graph_text(graph, o);
  Program p = program_of(graph);
  return inspect::dump(p, *compile(p, o.device), o.stage, {o.format, o.max_lines});
}

std::vector<std::string> stage_names() {
  std::vector<std::string> names;
  for (auto& s : inspect::stages()) names.emplace_back(s.name);
  return names;
}

std::string stage_docs() {
  std::string text;
  for (auto& s : inspect::stages()) text += (text.empty() ? "" : "; ") + std::string(s.name) + ": " + std::string(s.doc);
  return text;
}

} // namespace

void add_dump(CLI::App& program) {
  auto* dump = program.add_subcommand("dump", "Show a graph document at a stage of its compilation");
  auto o = std::make_shared<DumpOptions>();
  dump->add_option("GRAPH", o->graph, "The document: JSON, see docs/json.md")->required()->type_name("");
  dump->add_option("--stage", o->stage, stage_docs())->check(CLI::IsMember(stage_names()))->capture_default_str()->type_name("STAGE");
  dump->add_option("--format", o->format, "text, json, dot (Graphviz) or svg (drawn by Graphviz)")
      ->check(CLI::IsMember({"text", "json", "dot", "svg"}))->capture_default_str()->type_name("FORMAT");
  dump->add_option("-o,--output", o->file, "Write there rather than to the terminal")->type_name("FILE");
  dump->add_option("--max-lines", o->max_lines, "Fold and cut graphs that have more nodes; 0: never")->type_name("N")->capture_default_str();
  dump->add_option("--device", o->device, "See `croton devices`")->type_name("NAME")->capture_default_str();
  add_document(*dump, o->document);
  dump->footer("Examples:\n"
               "  croton dump graph.json --stage optimized\n"
               "  croton dump graph.json --format dot -o graph.dot\n"
               "  croton dump graph.json --stage source | less");
  dump->callback([o] {
    std::string text = dumped(*o);
    if (o->file.empty()) {
      std::cout << text;
      return;
    }
    io::OutputFile file(o->file);
    file.write(std::as_bytes(std::span(text)));
    file.commit();
  });
}

} // namespace croton::cli
