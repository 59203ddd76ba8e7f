// The verifier: runs between passes in debug builds and names the guilty pass.
#pragma once
#include "ir/node.h"
#include <span>
#include <string_view>

namespace croton::ir {

/// Throws InternalError naming the pass and the node unless, for every node under the roots:
/// - the op's type rule, applied again, gives the stored type and does not throw;
/// - the rank is at most 8, and every dim is an i64 scalar of index arithmetic: Pointwise ops over constants, dims and
///   integer scalars of the graph; no constant dim is negative;
/// - the attributes are those of the op's schema, in its order, each of its kind;
/// - it belongs to graphs: no register, buffer or load.
void verify(std::span<const Ref> roots, std::string_view after_pass);
void verify(const Ref& root, std::string_view after_pass);

inline constexpr int max_rank = 8;

} // namespace croton::ir
