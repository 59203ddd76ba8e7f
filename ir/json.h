// A compiled function's graph as JSON, the door for other tools: docs/json.md describes the schema.
#pragma once
#include "ir/array.h"
#include "ir/node.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace croton::ir {

/// What `function()` is given: inputs, outputs, updates of shared variables, and the gradients they need.
struct Document {
  struct Shared {
    Ref node;
    std::optional<Array> value; ///< the initial one
    std::string npy;            ///< or a file that holds it, relative to the document
  };
  struct Output {
    std::string name;
    Ref node;
  };
  struct Update {
    Ref shared, value;
  };
  /// d of / d wrt. Nodes use `placeholder`, an input of wrt's type; whoever executes the document differentiates and
  /// substitutes. This layer does not differentiate.
  struct Gradient {
    std::string name;
    Ref of, wrt, placeholder;
  };
  std::vector<Ref> inputs;
  std::vector<Shared> shared;
  std::vector<Output> outputs;
  std::vector<Update> updates;
  std::vector<Gradient> gradients;
};

inline constexpr int json_version = 1;

/// The document of some roots: their inputs and shared variables in order of appearance, outputs "out0", "out1", …
Document document_of(std::span<const Ref> roots);

/// Throws ValueError when a node uses an input that the document does not list, and UnsupportedError for internal ops.
std::string to_json(const Document& document);

struct JsonOptions {
  std::string file = "graph.json"; ///< for messages
  /// True: shared variables keep the storage ids of the file, for documents of this process. False: ids in a file are not
  /// believed, each shared variable gets a new one.
  bool keep_states = false;
  /// True: raw kernels, whose code is compiled and run as it stands in the document. False: they are refused.
  bool allow_raw = false;
  std::size_t max_nodes = SIZE_MAX;    ///< a document that lists more is refused before any is made
  std::function<i64()> new_state = {}; ///< default: negative numbers, never used twice
};

/// Throws IoError for what is no such document, and the op's own error for what its rule refuses: "graph.json: nodes[3].args[1]: …".
Document from_json(std::string_view text, const JsonOptions& options = {});

/// The placeholder of a gradient, by name and type.
Ref gradient_placeholder(std::string_view name, const Ref& wrt);

} // namespace croton::ir
