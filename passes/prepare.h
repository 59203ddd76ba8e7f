// prepare: what the CPU's kernels and libraries do not have as such becomes what they have.
//
// Needs: the simplified graph. Establishes: reductions over a contiguous row are plain stages (the row stays in cache, so
// two passes are cheaper than a running state); matrix products that no library takes are reductions of products.
// Stands before `fuse`.
#pragma once
#include "passes/simplify.h"

namespace croton::passes {

/// What it does is added to the log as rules "rows_by_stages" and "product_as_sum".
std::vector<ir::Ref> prepare(std::span<const ir::Ref> roots, const std::function<bool(const ir::Node& matmul)>& has_library, RewriteLog* log = nullptr);

/// For every node that reads or writes at given positions: a bool scalar that is true when one of them is out of range.
std::vector<std::pair<ir::Ref, ir::Ref>> position_checks(std::span<const ir::Ref> roots);

} // namespace croton::passes
