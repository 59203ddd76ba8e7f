// A graph document (docs/json.md) made ready to compile: read with limits, gradients worked out.
#pragma once
#include "ir/json.h"
#include "src/executable.h"

namespace croton::document {

struct DocumentOptions {
  std::size_t max_nodes = 500'000; ///< a document with more is refused with their place
  bool allow_raw = false;          ///< run code that the document brings along
};

struct Graph {
  std::string file;              ///< as the user wrote it, for messages
  ir::Document document;         ///< without gradients: outputs and updates hold them worked out
  std::vector<std::string> input_names, shared_names;

  /// Outputs, then the new values of updates.
  std::vector<ir::Ref> roots() const;
  /// The index in `shared_names` of an update's variable.
  std::size_t shared_index(const ir::Document::Update& update) const;
};

/// Of the roots: outputs by name, updates as "new W".
std::vector<std::string> root_names(const Graph& graph);
/// What compile() takes: inputs, then shared variables; outputs, then the new values of updates. Nothing is written in place.
Program program_of(const Graph& graph);

/// Throws IoError for what is no document, GradientError for gradients that do not exist; each message has the place.
Graph load_graph(const std::string& file, const DocumentOptions& options = {});

} // namespace croton::document
