// A value on the host: what interpreters compute with and what files hold.
#pragma once
#include "ir/op.h"
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace croton::ir {

/// One element: floats in `real`, integers and bool in `integer`.
struct Scalar {
  double real = 0;
  wide integer = 0;
};

/// Row-major elements.
struct Array {
  DType dtype = DType::f32;
  std::vector<i64> shape;
  std::vector<std::byte> bytes;

  Array() = default;
  /// Zeros. Throws ShapeError when a size is negative or the bytes do not fit 63 bits.
  Array(DType dtype, std::vector<i64> shape);

  i64 count() const; ///< elements
  Scalar load(i64 index) const;
  void store(i64 index, Scalar value);
  bool operator==(const Array&) const = default; ///< by bits
};

/// An array of a C++ element type, in row-major order; throws ShapeError when the sizes do not agree.
template <Element T> Array array_of(std::vector<i64> shape, std::span<const T> values);
/// The elements as T; throws DTypeError when the dtype is another one.
template <Element T> std::vector<T> elements_of(const Array& array);

/// Product of sizes; throws ShapeError when one is negative or the product does not fit.
i64 checked_count(std::span<const i64> shape);
/// Row-major strides in elements.
std::vector<i64> strides_of(std::span<const i64> shape);

/// Throws UnsupportedError naming the dtype where host values of it cannot be computed with (f16, bf16, complex).
void expect_host_dtype(DType dtype, std::string_view who);
Scalar load_element(DType dtype, const std::byte* from);
/// Floats are rounded and integers wrapped to the dtype.
void store_element(DType dtype, std::byte* to, Scalar value);

/// The value as the dtype holds it: f32 rounded, integers wrapped, bool 0 or 1.
Scalar rounded_to(DType dtype, Scalar value);
/// The value converted as `cast` does: floats truncate and saturate, NaN gives 0, integers wrap, bool is ≠ 0.
Scalar converted(DType from, DType to, Scalar value);
/// The bits of the value read as another dtype of the same width.
Scalar reinterpreted(DType from, DType to, Scalar value);

std::string shape_text(std::span<const i64> shape); ///< "{2, 3}"

} // namespace croton::ir
