// Reductions over axes: `sum(x)`, `sum(x, 1)`, `sum(x, {0, -1}, keepdims)`. Every axis by default; the result has the
// other axes, and with keepdims the reduced ones with size 1. No axis (`{}`) gives x itself. An axis out of range or
// named twice is a ShapeError.
#pragma once
#include "croton/expr.h"

namespace croton {

/// Σx; 0 when empty. bool and integers give i64, unsigned integers u64; floats keep their dtype.
Expr sum(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// Πx; 1 when empty. dtypes as sum.
Expr prod(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// Σx / count; NaN when empty. Integers and bool give the default float.
Expr mean(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// Mean squared deviation from the mean, Σ(x − mean)² / (count − ddof). Integers give the default float. At least one axis.
Expr var(In x, Axes axes = Axes::every(), int ddof = 0, KeepDims keep = KeepDims::no);
/// √var.
Expr stddev(In x, Axes axes = Axes::every(), int ddof = 0, KeepDims keep = KeepDims::no);
/// The largest element; a NaN wins; empty is an error at the call. Ties share the gradient.
Expr max(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// The smallest element; a NaN wins; empty is an error at the call. Ties share the gradient.
Expr min(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// i64 position of the largest element in the flattened reduced axes: the first; a NaN wins. At least one axis.
Expr argmax(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// i64 position of the smallest element in the flattened reduced axes: the first; a NaN wins. At least one axis.
Expr argmin(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// True where one element is (numbers: is not 0); false when empty.
Expr any(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// True where every element is (numbers: is not 0); true when empty.
Expr all(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// log Σ eˣ without overflow; −inf when empty. Integers give the default float.
Expr logsumexp(In x, Axes axes = Axes::every(), KeepDims keep = KeepDims::no);
/// (Σ|x|ᵖ)^(1/p) over the axes as one vector; p = 2 by default, INFINITY gives the largest |x|. p must be positive.
Expr norm(In x, Axes axes = Axes::every(), double p = 2, KeepDims keep = KeepDims::no);

} // namespace croton
