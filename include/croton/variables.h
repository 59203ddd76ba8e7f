// Inputs of functions. Variables are interned by name, dtype and sizes: two calls with the same give the same variable.
#pragma once
#include "croton/expr.h"

namespace croton {

/// A variable of the given sizes, at most 8; without a name it gets a unique one. A symbol that appears in several
/// variables must be the same size in all of them at a call. Throws ShapeError for a negative size or too many axes.
Expr tensor(DType dtype, std::string_view name, Shape shape, std::source_location here = std::source_location::current());
/// Sizes that are symbols of the variable's own: "x.0", "x.1", …
Expr tensor_of_rank(DType dtype, std::string_view name, int rank, std::source_location here);

/// `tensor<f32>("x", {dim("batch"), 64})`
template <Element T>
Expr tensor(std::string_view name, Shape shape, std::source_location here = std::source_location::current()) {
  return tensor(dtype_of<T>, name, std::move(shape), here);
}
template <Element T> Expr scalar(std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return tensor_of_rank(dtype_of<T>, name, 0, here);
}
template <Element T> Expr vector(std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return tensor_of_rank(dtype_of<T>, name, 1, here);
}
template <Element T> Expr matrix(std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return tensor_of_rank(dtype_of<T>, name, 2, here);
}
template <Element T> Expr tensor3(std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return tensor_of_rank(dtype_of<T>, name, 3, here);
}
template <Element T> Expr tensor4(std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return tensor_of_rank(dtype_of<T>, name, 4, here);
}
template <Element T> Expr tensor5(std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return tensor_of_rank(dtype_of<T>, name, 5, here);
}

} // namespace croton
