// croton compare: one document on several devices.
#include "src/cli/commands.h"
#include "src/cli/inputs.h"
#include "src/compare/compare.h"
#include "src/inspect/dump.h"
#include <iostream>

namespace croton::cli {

using namespace document;

namespace {

struct CompareArguments {
  GivenValues given;
  std::string graph, html;
  std::vector<std::string> devices{"cpu", "host", "reference"};
  CompareOptions options;
  DocumentOptions document = {};
  bool json = false;
};

ir::Array host_array(const io::NpyArray& a) {
  ir::Array copy(a.dtype, a.shape);
  copy.bytes = a.data;
  return copy;
}

void run(const CompareArguments& o) {
  Graph graph = load_graph(o.graph, o.document);
  ValueFiles files(memory_limit());
  comparison::Request request{program_of(graph), {}, {}, o.devices, o.options};
  for (auto& output : graph.document.outputs) request.output_names.push_back(output.name);
  for (auto& update : graph.document.updates) request.output_names.push_back("new " + graph.shared_names[graph.shared_index(update)]);
  for (auto& a : input_values(graph, o.given, files)) request.inputs.push_back(host_array(a));
  for (auto& a : state_values(graph, o.given, files)) request.inputs.push_back(host_array(a));
  Comparison found = comparison::compare(std::move(request));
  if (!o.html.empty()) inspect::write_file(o.html, found.html());
  std::cout << (o.json ? found.json() : found.text());
  if (!found.agree()) throw CLI::RuntimeError(1);
}

} // namespace

void add_compare(CLI::App& program) {
  auto* compare = program.add_subcommand("compare", "Run a graph document on several devices: differences against their bounds, where they begin, times");
  auto o = std::make_shared<CompareArguments>();
  compare->add_option("GRAPH", o->graph, "The document: JSON, see docs/json.md")->required()->type_name("");
  add_inputs(*compare, o->given);
  compare->add_option("--devices", o->devices, "See `croton devices`")->delimiter(',')->type_name("NAME,…")->capture_default_str();
  compare->add_flag("--strict", o->options.strict, "Compile for the same bits everywhere, and count those that differ");
  compare->add_flag("--nodes", o->options.intermediates, "Compare every node, not only when an output is out of bounds");
  compare->add_option("--repeat", o->options.repeat, "Timed calls")->type_name("N")->check(CLI::Range(0, 1000000))->capture_default_str();
  compare->add_flag("--json", o->json, "Print JSON");
  compare->add_option("--html", o->html, "Write a page as well")->type_name("FILE");
  add_document(*compare, o->document);
  compare->footer("The exit code is 1 when something is out of bounds. Values are compared with those of the interpreter `reference`. Example:\n"
                  "  croton compare graph.json --input x=x.npy --devices cpu,opencl,host --strict");
  compare->callback([o] { run(*o); });
}

} // namespace croton::cli
