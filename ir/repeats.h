// Repeated structure in a list of nodes, for people: a loop that was unrolled, the layers of a network.
#pragma once
#include "ir/node.h"
#include <span>

namespace croton::ir {

/// What each node of an order of evaluation does, told without names: the op, its attributes, its type, and how far above
/// its operands stand.
std::vector<std::size_t> signatures(std::span<const Node* const> order);

/// A block of `period` nodes that stands `count` times, one behind the other; count 0: none does.
struct Repeat {
  std::size_t period = 0, count = 0;
};
/// The block at `at` that, shown once, saves most.
Repeat repeat_at(const std::vector<std::size_t>& signatures, std::size_t at);

} // namespace croton::ir
