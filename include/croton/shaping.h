// Views, joins and generators. Axes may be negative. Views cost no copy.
#pragma once
#include "croton/index.h"
#include <array>

namespace croton {

// ---- views ----
/// The same elements in row-major order; one size may be −1 and follows from the others.
Expr reshape(In x, Shape shape);
Expr flatten(In x); ///< one axis
/// Axis i of the result is axis order[i] of x.
Expr permute(In x, std::vector<int> order);
/// All axes reversed, or in the given order.
Expr transpose(In x, std::vector<int> order = {});
Expr swapaxes(In x, int a, int b);
Expr moveaxis(In x, int from, int to);
/// New axes of size 1 at these places of the result.
Expr expand_dims(In x, Axes axes);
/// Drops axes of size 1: those given (a size not known when built is checked at the call), or every axis known to be 1.
Expr squeeze(In x, Axes axes = Axes::every());
/// Stretches axes of size 1 and adds leading ones.
Expr broadcast_to(In x, Shape shape);
/// x(indices…) for any number of indices.
Expr slice_of(In x, const std::vector<Index>& indices);
/// Reversed along the axes.
Expr flip(In x, Axes axes = Axes::every());
/// Elements (i, i + offset) of the last two axes, as a new last axis.
Expr diagonal(In x, int offset = 0);
/// Sum of the diagonal of the last two axes.
Expr trace(In x, int offset = 0);

// ---- joins ----
/// One after the other along an axis; dtypes are promoted, the other sizes must agree.
Expr concatenate(const std::vector<In>& xs, int axis = 0);
/// Along a new axis.
Expr stack(const std::vector<In>& xs, int axis = 0);
/// Parts of the given sizes along an axis, which must sum to its size.
std::vector<Expr> split(In x, const std::vector<Dim>& sizes, int axis = 0);
/// Equal parts; the size, where known, must divide.
std::vector<Expr> split_equal(In x, int parts, int axis = 0);

/// How much stands before and after an axis.
struct PadWidth {
  Dim before = 0, after = 0;
};
/// x with `value` around it; one width for each axis.
Expr pad(In x, const std::vector<PadWidth>& widths, In value = 0);
/// x repeated `count[i]` times along axis i, for the last axes.
Expr tile(In x, const std::vector<int>& counts);

// ---- generators ----
Expr full(DType dtype, Shape shape, In value);
template <Element T>
Expr full(Shape shape, T value, std::source_location here = std::source_location::current()) {
  return full(dtype_of<T>, std::move(shape), In(value, here));
}
template <Element T> Expr zeros(Shape shape, std::source_location here = std::source_location::current()) {
  return full(dtype_of<T>, std::move(shape), In(false, here));
}
template <Element T> Expr ones(Shape shape, std::source_location here = std::source_location::current()) {
  return full(dtype_of<T>, std::move(shape), In(true, here));
}
Expr zeros_like(In x);
Expr ones_like(In x);
Expr full_like(In x, In value);

/// The index along one axis.
Expr iota(DType dtype, Shape shape, int axis, std::source_location here = std::source_location::current());
template <Element T>
Expr iota(Shape shape, int axis = 0, std::source_location here = std::source_location::current()) {
  return iota(dtype_of<T>, std::move(shape), axis, here);
}
/// 0, 1, …, stop − 1
template <Element T = i64> Expr arange(Dim stop, std::source_location here = std::source_location::current()) {
  return iota(dtype_of<T>, {std::move(stop)}, 0, here);
}
/// start, start + step, … before stop: ⌈(stop − start)/step⌉ elements, none when that is negative. step ≠ 0.
Expr arange(DType dtype, double start, double stop, double step, std::source_location here);
template <Element T = i64>
Expr arange(T start, T stop, T step = T(1), std::source_location here = std::source_location::current()) {
  return arange(dtype_of<T>, static_cast<double>(start), static_cast<double>(stop), static_cast<double>(step), here);
}
/// `count` values from start to stop, both included.
Expr linspace(DType dtype, double start, double stop, i64 count, std::source_location here);
template <Element T = f32>
Expr linspace(double start, double stop, i64 count, std::source_location here = std::source_location::current()) {
  return linspace(dtype_of<T>, start, stop, count, here);
}
/// Ones at (i, i + offset), zeros elsewhere.
Expr eye(DType dtype, Dim rows, Dim columns, int offset, std::source_location here);
template <Element T>
Expr eye(Dim size, std::source_location here = std::source_location::current()) {
  return eye(dtype_of<T>, size, size, 0, here);
}
template <Element T>
Expr eye(Dim rows, Dim columns, int offset = 0, std::source_location here = std::source_location::current()) {
  return eye(dtype_of<T>, std::move(rows), std::move(columns), offset, here);
}

} // namespace croton
