// narrow: a kernel → the same with its index arithmetic in 32 bits.
//
// Needs: a kernel after all other passes. Establishes: every i64 that is made of sizes, loop variables and thread numbers alone
// is an i32; elements of tensors, carried values and whatever is computed from them stay as they are. At sizes where the
// interval of one of these numbers leaves 32 bits the phase as it was must run: `fits` tells. Stands last, because other
// passes know indices by their dtype.
#pragma once
#include "ir/kernel.h"
#include <span>

namespace croton::passes {

class NarrowIndices {
public:
  explicit NarrowIndices(const ir::Kernel& kernel);

  const ir::Kernel& kernel() const { return narrow_; }
  /// `scalars`: the values of the kernel's scalars, in their order; `extent`: the phase's.
  bool fits(std::size_t phase, std::span<const i64> scalars, i64 extent) const;

private:
  enum class Kind : std::uint8_t { add, multiply, quotient, remainder, minimum, maximum, bitwise_and, bitwise_xor, shr, hull, negative, loop, part, constant, scalar };
  /// One number and how its interval follows from those of others.
  struct Rule {
    Kind kind;
    int a = -1, b = -1;
    i64 value = 0;       ///< of a constant, a loop's step, a scalar's number
    bool checked = true; ///< it is computed in 32 bits
  };
  std::vector<std::vector<Rule>> rules_; ///< of each phase
  ir::Kernel narrow_;
  friend class NarrowAnalysis;
};

} // namespace croton::passes
