// A graph as text: one line per node, operands before their users, sharing shown once.
//
//   x = input(batch, 64, dtype=f32) : f32[batch, 64]
//   %1 = sum(x, axes=[1], keepdims=true) : f32[batch, 1]
//   %2 = maximum(%1, 0.5) : f32[batch, 1]
//   return %2
//
// Inputs and shared variables are labelled by their names where these are identifiers and unique; other nodes are
// %1, %2, … Scalar constants and dims stand inline: dims as expressions (a symbol that is no identifier is quoted), a literal bare where the other operands tell its
// dtype and as 1.5:f32 elsewhere; 0x7ff8000000000001:f64 gives the bits of a NaN. The type after ':' may be left out; where
// it stands, it is checked. '#' starts a comment line.
#pragma once
#include "ir/node.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace croton::ir {

std::string to_text(std::span<const Ref> roots);
std::string to_text(const Ref& root);
/// Also the node of each line but the last.
std::string to_text(std::span<const Ref> roots, std::vector<const Node*>& nodes);

/// For people: the text with a comment line in front of the nodes of each of the user's lines, `# train.cpp:12`. Above
/// `max_nodes` lines, structure that repeats is shown once, and what is still too long is cut in the middle; a comment says
/// what was left out, and such a text does not parse back. 0: nothing is left out.
std::string to_outline(std::span<const Ref> roots, std::size_t max_nodes = 2000);

/// The roots of `return`: the same nodes that were printed. Throws IoError for what is no such text and the op's own
/// error for what its rule refuses: "`name`:line:column: …".
std::vector<Ref> parse_text(std::string_view text, std::string_view name = "graph");

} // namespace croton::ir
