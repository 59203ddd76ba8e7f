// The body of a View, Generator or Indexed op as a straight-line program over scalars, run once per output index.
#pragma once
#include "ir/array.h"
#include <functional>
#include <optional>
#include <unordered_map>
#include <vector>

namespace croton::ir {

class ScalarProgram {
public:
  /// Reads an element of operand `arg`; throws when the index is out of range.
  using Read = std::function<Scalar(int arg, const std::vector<i64>& index)>;
  /// The value of a scalar that is known already (a constant, a dim, a computed i64 scalar), or nothing.
  using Known = std::function<std::optional<Scalar>(const Node& node)>;

  /// Records the node's element function for a symbolic output index.
  ScalarProgram(const Node& node, const Known& known);
  Scalar run(const std::vector<i64>& index, const Read& read);

private:
  struct Step {
    const Node* node;
    std::vector<int> operands; ///< slots
    int arg = -1;              ///< ≥ 0: a read of this operand; the operands are its index
    int guard = -1;            ///< slot, or −1: always read
  };
  /// A read met while recording; it yields the register.
  struct PendingRead {
    Ref reg;
    int arg;
    std::vector<Ref> index;
    Ref guard;
  };

  Ref record(const Node& node, const std::vector<Ref>& index);
  int slot_of(const Ref& value, const Known& known);
  void add_read(const PendingRead& read, const Known& known);

  std::vector<Ref> alive_;                      ///< keeps the recorded nodes
  std::vector<PendingRead> reads_;
  std::unordered_map<const Node*, int> slots_;  ///< where the value of each scalar node is
  std::vector<Scalar> values_;                  ///< index registers and constants are set; steps fill in the rest
  std::vector<Step> steps_;
  std::vector<int> step_slots_;
  int rank_ = 0, result_ = -1;
};

} // namespace croton::ir
