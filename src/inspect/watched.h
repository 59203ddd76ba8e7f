// Functions that are looked at while they run: the value of every node is there, on any device.
#pragma once
#include "ir/array.h"
#include "src/executable.h"
#include <functional>

namespace croton::inspect {

/// A node of the optimised graph and what it was in this call.
struct NodeValue {
  const ir::Node& node;
  const ir::Array& value;
  std::vector<const ir::Array*> operands; ///< null for sizes and literals
};

struct WatchOptions {
  bool debug = false;     ///< every rewrite and every node is checked by the interpreter
  bool nan_guard = false; ///< the first NaN, infinity or huge value stops the call
  std::function<void(const NodeValue&, bool after)> monitor = {};
  bool any() const { return debug || nan_guard || monitor; }
};

/// The program compiled for the device twice: as it is, and with every node as an output. A call runs the second first, looks at
/// the values in the order of the graph, and then runs the first, so what is stopped has changed nothing. Throws ValueError
/// (nan_guard) naming node, line and operands, and InternalError (debug) naming the rule or node, and the values.
std::shared_ptr<const Executable> watched(const Program& program, const std::string& device, const WatchOptions& options);

/// One node's value from those of its operands, by the reference interpreter. `operands` are null for sizes and literals,
/// whose values `size` gives.
ir::Array value_of(const ir::Node& node, const std::vector<const ir::Array*>& operands, const std::function<i64(const ir::Ref&)>& size);

/// "f32{100}: −1 to 4, mean 0.5, 2 NaN, 1 infinite"
std::string statistics(const ir::Array& value);

} // namespace croton::inspect
