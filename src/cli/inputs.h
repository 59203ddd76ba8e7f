// The options that give values to a graph document.
#pragma once
#include "src/document/graph_values.h"

namespace CLI {
class App;
}

namespace croton::cli {

/// The options --input, --inputs and --state-in.
void add_inputs(CLI::App& command, document::GivenValues& given);
/// What a document may be: --max-nodes, --allow-raw.
void add_document(CLI::App& command, document::DocumentOptions& options);

} // namespace croton::cli
