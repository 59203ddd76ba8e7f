// A graph as a drawing for Graphviz: `croton dump graph.json --format dot | dot -Tsvg`.
//
// A node is a box with its label in the text form, its op with attributes, its type and the user's line. Scalar constants
// and sizes are written where they are used; edges of ops with several operands carry the operand's name.
#pragma once
#include "ir/node.h"
#include <span>
#include <string>

namespace croton::ir {

/// `names` are those of the roots; a root beyond them is out0, out1, … Above `max_nodes` boxes, blocks that repeat are shown
/// once with a note of how often they stand there; of what is left, those farthest from the roots are left out, and a box says
/// how many. 0: all are drawn.
std::string to_dot(std::span<const Ref> roots, std::span<const std::string> names = {}, std::size_t max_nodes = 0);

} // namespace croton::ir
