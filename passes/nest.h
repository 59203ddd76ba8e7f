// A group as loops that are not yet mapped to a machine: outer variables, then stages. Scheduling gives it a shape.
#pragma once
#include "ir/kernel.h"
#include "ir/op.h"
#include <optional>

namespace croton::passes {

struct Axis {
  ir::Ref var, extent;
};

/// One reduction: for every iteration of its loops the element's state is merged into the accumulators.
struct Reduce {
  const ir::Node* node;      ///< whose record has identity, lift and merge
  std::vector<Axis> loops;   ///< over the reduced axes, slowest first
  ir::Ref element;           ///< in terms of outer and loop variables
  ir::Ref position;          ///< flat i64 position in the reduced axes
  ir::Ref count;             ///< elements reduced
  ir::Ref result;            ///< register that the value is bound to
  int level = 0;
};

/// One element of an output, stored for every iteration of its loops.
struct Write {
  ir::Ref buffer, index, value;
  std::vector<Axis> loops;
  int level = 0; ///< after the reductions of lower levels
};

/// A running merge along an axis: the states of the elements up to a place (or before it) are merged and written there.
struct Scan {
  const ir::Node* node;               ///< whose record has identity, merge and finish
  Axis axis;
  std::vector<ir::Ref> elements;      ///< of each operand, in terms of outer variables and the axis's
  ir::Ref buffer, index;              ///< where the result is written
};

struct Nest {
  std::string name;
  std::vector<Axis> outer;
  std::vector<Reduce> reduces;
  std::vector<Write> writes;
  std::optional<Scan> scan; ///< then there are no reductions and no writes
  std::vector<ir::BufferParam> buffers;
  std::vector<ir::Ref> results; ///< written buffers that are the caller's, and no operand's memory
};

} // namespace croton::passes
