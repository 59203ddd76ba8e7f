// Memory of arrays.
#pragma once
#include "croton/array.h"

namespace croton::api {

/// An array of undefined contents.
Array uninitialized(DType dtype, std::vector<i64> shape);
/// How many arrays share the elements.
long users(const Array& array);
/// Row-major strides in elements.
std::vector<i64> dense_strides(std::span<const i64> shape);
/// "{2, 3}"
std::string shape_text(std::span<const i64> shape);
/// Copies elements of a strided view into dense memory.
void copy_dense(std::size_t element, const std::byte* from, std::span<const i64> shape, std::span<const i64> strides, std::byte* to);

} // namespace croton::api
