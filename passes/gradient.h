// Derivatives of graphs, as graphs.
//
// Needs: any graph of ops with `vjp` records. Establishes: new nodes that hold the derivative, each attributed to the
// user's line of the node it differentiates. Stands before every rewrite, on the graph as the user wrote it, so that
// messages name what the user wrote; the rules clean up what is left of the ones and zeros.
#pragma once
#include "ir/node.h"
#include <span>
#include <vector>

namespace croton::passes {

/// Σ cotangentᵢ · ∂outputᵢ/∂wrt for each wrt, in time linear in the graph. An entry is null when no output is computed
/// from that wrt, and zeros when it is but no derivative flows (through floor, comparisons, stop_gradient, integers).
/// A wrt may be any node of a float dtype: it gets the cotangent that reaches it, and the flow goes on to what it is
/// computed from. A cotangent is broadcast to its output's shape.
///
/// Where a cotangent is selected by a condition (the gradient of `where`), the elements not selected stay exactly 0
/// through the pointwise ops below: d where(x > 0, log x, 0) at x = 0 is 0, not 0·∞.
///
/// Throws GradientError for a wrt or output that is not a float, and for an op on the way that has no derivative.
std::vector<ir::Ref> vjp(std::span<const ir::Ref> outputs, std::span<const ir::Ref> cotangents,
                         std::span<const ir::Ref> wrt);

/// Σ ∂output/∂wrtⱼ · tangentⱼ for each output (forward mode); null when the output is computed from no wrt.
/// Made by differentiating twice: vjp(outputs, u) is linear in u, so its own vjp with respect to u is the product wanted
/// and u itself is gone from it.
std::vector<ir::Ref> jvp(std::span<const ir::Ref> outputs, std::span<const ir::Ref> wrt,
                         std::span<const ir::Ref> tangents);

/// ∂output/∂wrt with the shape output.shape + wrt.shape; null when not connected. One batched vjp (passes/batch.h) over
/// the rows of an identity matrix, whatever the sizes are.
ir::Ref jacobian(const ir::Ref& output, const ir::Ref& wrt);

/// ∂²output/∂wrt² with the shape wrt.shape + wrt.shape of a scalar output; null when not connected.
ir::Ref hessian(const ir::Ref& output, const ir::Ref& wrt);

/// The Hessian of a scalar output times a vector of wrt's shape, without the Hessian.
ir::Ref hessian_vector_product(const ir::Ref& output, const ir::Ref& wrt, const ir::Ref& vector);

} // namespace croton::passes
