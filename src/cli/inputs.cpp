// The options that give values to a graph document.
#include "src/cli/inputs.h"
#include <CLI/CLI.hpp>

namespace croton::cli {

void add_inputs(CLI::App& command, document::GivenValues& given) {
  command.add_option("-i,--input", given.inputs, "A value for an input: NAME=FILE.npy, NAME=FILE.npz (its member NAME), or NAME=NUMBER for a scalar")->type_name("NAME=VALUE")->type_size(1)->allow_extra_args(false);
  command.add_option("--inputs", given.inputs_file, "Values for the inputs that --input does not give, by name")->type_name("FILE.npz");
  command.add_option("--state-in", given.state_in, "Values for shared variables instead of the document's")->type_name("FILE.npz");
}

void add_document(CLI::App& command, document::DocumentOptions& options) {
  command.add_option("--max-nodes", options.max_nodes, "Most nodes a document may have")->type_name("N")->capture_default_str();
  command.add_flag("--allow-raw", options.allow_raw, "Run the code of raw kernels in the document: only where you trust it");
}

} // namespace croton::cli
