// Tensors of values in host memory.
#pragma once
#include "croton/dtype.h"
#include "croton/error.h"
#include <array>
#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <source_location>
#include <span>
#include <string>
#include <vector>

namespace croton {

namespace detail {
struct ArrayMaker;
}

/// Elements in row-major order. Copies share the elements; copy() duplicates them.
class Array {
public:
  Array() : Array(DType::f32, {0}) {}
  Array(DType dtype, std::vector<i64> shape); ///< zeros; ShapeError for a negative or overflowing size
  template <Element T> Array(std::initializer_list<T> row) : Array(from(std::span<const T>(row.begin(), row.size()))) {}
  template <Element T> Array(std::initializer_list<std::initializer_list<T>> rows); ///< ShapeError for rows that differ

  /// A copy of the values; the shape {} given stands for one axis. ShapeError when the count differs.
  template <Element T> static Array from(std::span<const T> values) { return from(values, {static_cast<i64>(values.size())}); }
  template <Element T> static Array from(std::span<const T> values, std::vector<i64> shape) {
    return from_bytes(dtype_of<T>, std::move(shape), values.data(), values.size());
  }
  template <Element T> static Array from(const std::vector<T>& values) { return from(std::span<const T>(values)); }
  template <Element T> static Array from(const std::vector<T>& values, std::vector<i64> shape) {
    return from(std::span<const T>(values), std::move(shape));
  }
  template <Element T> static Array scalar(T value) { return from(std::span<const T>(&value, 1), {}); }
  /// A .npy file. IoError for one that is absent, damaged or of another format.
  static Array load(const std::string& path);
  void save(const std::string& path) const;

  DType dtype() const { return dtype_; }
  const std::vector<i64>& shape() const { return shape_; }
  int rank() const { return static_cast<int>(shape_.size()); }
  i64 size() const; ///< number of elements
  std::size_t bytes() const { return static_cast<std::size_t>(size()) * size_of(dtype_); }
  void* data() { return data_.get(); }
  const void* data() const { return data_.get(); }
  Array copy() const;
  /// The same elements under another shape of the same count.
  Array reshape(std::vector<i64> shape) const;

  /// All elements in row-major order; DTypeError when T is not the dtype.
  template <Element T> std::span<T> span() {
    expect(dtype_of<T>);
    return {static_cast<T*>(data()), static_cast<std::size_t>(size())};
  }
  template <Element T> std::span<const T> span() const {
    expect(dtype_of<T>);
    return {static_cast<const T*>(data()), static_cast<std::size_t>(size())};
  }
  /// The only element, converted to T; ShapeError when there are more or none.
  template <Element T> T item() const { return static_cast<T>(element<T>(only())); }
  /// The element at an index, one number an axis; IndexError when it is out of range.
  template <Element T> T at(std::initializer_list<i64> index) const { return static_cast<T>(element<T>(offset(index))); }

  std::string to_string() const; ///< as NumPy prints: nested brackets, the middle of long axes left out
  /// The same dtype, shape and elements; NaN equals nothing.
  friend bool operator==(const Array& a, const Array& b);

private:
  friend struct detail::ArrayMaker;
  Array(DType dtype, std::vector<i64> shape, std::shared_ptr<std::byte> data)
      : dtype_(dtype), shape_(std::move(shape)), data_(std::move(data)) {}
  static Array from_bytes(DType dtype, std::vector<i64> shape, const void* values, std::size_t count);
  void expect(DType dtype) const;
  i64 only() const;
  i64 offset(std::initializer_list<i64> index) const;
  template <class T> auto element(i64 at) const {
    if constexpr (std::is_floating_point_v<T>) return number(at);
    else return integer(at);
  }
  double number(i64 at) const;
  i64 integer(i64 at) const;

  DType dtype_;
  std::vector<i64> shape_;
  std::shared_ptr<std::byte> data_;
};

template <Element T> Array::Array(std::initializer_list<std::initializer_list<T>> rows) {
  std::vector<i64> shape{static_cast<i64>(rows.size()), rows.size() ? static_cast<i64>(rows.begin()->size()) : 0};
  *this = Array(dtype_of<T>, shape);
  T* next = static_cast<T*>(data());
  for (const auto& row : rows) {
    if (static_cast<i64>(row.size()) != shape[1]) throw ShapeError("[array] the rows differ in length.");
    for (T value : row) *next++ = value;
  }
}

std::ostream& operator<<(std::ostream& out, const Array& array);

} // namespace croton
