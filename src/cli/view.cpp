// croton view: a document as a page for the browser.
#include "src/cli/commands.h"
#include "src/cli/inputs.h"
#include "src/document/document.h"
#include "src/inspect/dump.h"
#include "src/inspect/view.h"
#include <iostream>

namespace croton::cli {

using namespace document;

namespace {

struct ViewOptions {
  std::string graph, file, device = default_device();
  DocumentOptions document = {};
};

} // namespace

void add_view(CLI::App& program) {
  auto* view = program.add_subcommand("view", "Write a page that shows a graph document at every pass, and its kernels");
  auto o = std::make_shared<ViewOptions>();
  view->add_option("GRAPH", o->graph, "The document: JSON, see docs/json.md")->required()->type_name("");
  view->add_option("-o,--output", o->file, "The page to write")->required()->type_name("FILE");
  view->add_option("--device", o->device, "See `croton devices`")->type_name("NAME")->capture_default_str();
  add_document(*view, o->document);
  view->footer("Examples:\n"
               "  croton view graph.json -o graph.html");
  view->callback([o] {
    Graph graph = load_graph(o->graph, o->document);
    Program p = program_of(graph);
    inspect::write_file(o->file, inspect::view_html(p, *compile(p, o->device)));
  });
}

} // namespace croton::cli
