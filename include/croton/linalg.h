// Products over axes, and reading at positions.
#pragma once
#include "croton/expr.h"

namespace croton {

/// NumPy's dot: product of scalars; inner product of vectors; matrix product; else the last axis of x with the last but
/// one of y (the only one of a vector), the axes of x before those of y. dtypes are promoted and kept.
Expr dot(In x, In y);
/// Matrix products of the last two axes; leading axes broadcast (sizes known to be 1, and missing axes). A vector is a row
/// on the left and a column on the right, and its axis is dropped from the result.
Expr matmul(In x, In y);
/// All products of elements of two vectors.
Expr outer(In x, In y);
/// Sums of products by labels: `einsum("bij,bjk->bik", a, b)`, one or two operands; a label repeated in one operand is its
/// diagonal; without "->", labels that occur once are kept in alphabetical order.
Expr einsum(std::string_view labels, In x);
Expr einsum(std::string_view labels, In x, In y);

/// Slices of x at the positions along an axis; the positions' axes replace it. Positions are integers; negative ones
/// count from the end; out of range is an IndexError at the call.
Expr take(In x, In positions, int axis = 0);
/// One element along the axis for every index of the other axes: positions has x's shape without the axis.
Expr pick(In x, In positions, int axis = -1);
/// NumPy's take_along_axis for one position each: positions has x's rank and size 1 along the axis, which stays.
Expr take_along_axis(In x, In positions, int axis);
/// 1 at the position and 0 elsewhere, along a new last axis of the given size; out of range is an IndexError at the call.
Expr one_hot(In positions, Dim size, DType dtype);
Expr one_hot(In positions, Dim size);

} // namespace croton
