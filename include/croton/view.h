// What calls take and fill: arrays, spans, vectors, scalars and strided views, without copying.
#pragma once
#include "croton/array.h"
#include <array>
#include <concepts>
#include <iterator>
#include <source_location>
#include <span>
#include <type_traits>

namespace croton {

class Outputs;

/// Memory of the caller's with a shape; strides in elements, any sign. The device `cpu` reads strided memory in place: the
/// first call with another axis of stride 1 compiles once more.
struct ArrayView {
  static constexpr int most_axes = 8;
  DType dtype = DType::f32;
  void* data = nullptr;
  bool writable = false;
  int rank = 0;
  std::array<i64, most_axes> shape{}, strides{};

  /// Dense row-major when no strides are given. ShapeError for more than 8 axes or strides of another count.
  static ArrayView make(DType dtype, void* data, bool writable, std::span<const i64> shape, std::span<const i64> strides = {});
};

/// A view of `ptr[i·strides[0] + j·strides[1] + …]`: dense row-major when no strides are given.
template <class T>
  requires Element<std::remove_const_t<T>>
ArrayView view(T* ptr, std::initializer_list<i64> shape, std::initializer_list<i64> strides = {}) {
  using E = std::remove_const_t<T>;
  return ArrayView::make(dtype_of<E>, const_cast<E*>(ptr), !std::is_const_v<T>, {shape.begin(), shape.size()}, {strides.begin(), strides.size()});
}
template <class T>
  requires Element<std::remove_const_t<T>>
ArrayView view(T* ptr, const std::vector<i64>& shape, const std::vector<i64>& strides = {}) {
  using E = std::remove_const_t<T>;
  return ArrayView::make(dtype_of<E>, const_cast<E*>(ptr), !std::is_const_v<T>, shape, strides);
}

namespace detail {
template <class R> using element_of = std::remove_pointer_t<decltype(std::data(std::declval<R&>()))>;

/// std::vector, std::array, std::span, C arrays of element types.
template <class R>
concept Contiguous = requires(R& r) {
  std::data(r);
  std::size(r);
} && Element<std::remove_const_t<element_of<R>>>;

template <class> inline constexpr bool is_span = false;
template <class T, std::size_t N> inline constexpr bool is_span<std::span<T, N>> = true;
template <class T, std::size_t N> inline constexpr bool is_span<const std::span<T, N>> = true;

/// std::mdspan and its like.
template <class M>
concept MdSpan = requires(const M& m) {
  m.data_handle();
  m.extent(0);
  m.stride(0);
  { M::rank() } -> std::convertible_to<std::size_t>;
} && Element<std::remove_const_t<std::remove_pointer_t<decltype(std::declval<const M&>().data_handle())>>>;

template <MdSpan M> ArrayView view_of(const M& m) {
  std::array<i64, M::rank()> shape, strides;
  for (std::size_t i = 0; i < M::rank(); ++i) {
    shape[i] = static_cast<i64>(m.extent(i));
    strides[i] = static_cast<i64>(m.stride(i));
  }
  using T = std::remove_pointer_t<decltype(m.data_handle())>;
  using E = std::remove_const_t<T>;
  return ArrayView::make(dtype_of<E>, const_cast<E*>(m.data_handle()), !std::is_const_v<T>, shape, strides);
}
} // namespace detail

/// An argument of a call, with the caller's line. What it refers to must live until the call returns. C++ scalars are
/// weak: they take the input's dtype when they fit it.
class TensorArg {
public:
  using Here = std::source_location;

  TensorArg(const Array& array, Here here = Here::current());
  TensorArg(const Outputs& outputs, Here here = Here::current()); ///< of a function with one output
  TensorArg(const ArrayView& view, Here here = Here::current()) : view_(view), where_(here) {}
  template <detail::Contiguous R> TensorArg(const R& values, Here here = Here::current()) : where_(here) {
    using E = std::remove_const_t<detail::element_of<R>>;
    i64 count = static_cast<i64>(std::size(values));
    view_ = ArrayView::make(dtype_of<E>, const_cast<E*>(std::data(values)), false, {&count, 1});
  }
  template <detail::MdSpan M> TensorArg(const M& m, Here here = Here::current()) : view_(detail::view_of(m)), where_(here) {}
  template <class T>
    requires std::is_arithmetic_v<T>
  TensorArg(T value, Here here = Here::current()) : is_literal_(true), where_(here) {
    literal_.is_float = std::is_floating_point_v<T>;
    literal_.is_bool = std::is_same_v<T, bool>;
    if constexpr (std::is_floating_point_v<T>) literal_.number = static_cast<double>(value);
    else literal_.integer = static_cast<i64>(value);
    literal_.huge = std::is_same_v<T, u64> && literal_.integer < 0;
  }

  struct Literal {
    bool is_float = false, is_bool = false, huge = false;
    double number = 0;
    i64 integer = 0;
  };
  bool is_literal() const { return is_literal_; }
  const Literal& literal() const { return literal_; }
  const ArrayView& view() const { return view_; }
  Location where() const { return where_; }

private:
  ArrayView view_;
  Literal literal_;
  bool is_literal_ = false;
  Location where_;
};

/// A buffer of the caller's that a call fills: dense row-major, of the output's dtype and shape.
class OutArg {
public:
  using Here = std::source_location;
  OutArg(Array& array, Here here = Here::current());
  OutArg(const ArrayView& view, Here here = Here::current()) : view_(view), where_(here) {}
  template <detail::Contiguous R>
    requires(!std::is_const_v<detail::element_of<R>> && !detail::is_span<R>)
  OutArg(R& values, Here here = Here::current()) : OutArg(std::span(std::data(values), std::size(values)), here, 0) {}
  template <Element T> OutArg(T& scalar, Here here = Here::current()) : where_(here) {
    view_ = ArrayView::make(dtype_of<T>, &scalar, true, {});
  }
  template <Element T> OutArg(std::span<T> values, Here here = Here::current()) : OutArg(values, here, 0) {}
  template <detail::MdSpan M> OutArg(const M& m, Here here = Here::current()) : view_(detail::view_of(m)), where_(here) {}

  const ArrayView& view() const { return view_; }
  Location where() const { return where_; }

private:
  template <class T> OutArg(std::span<T> values, Here here, int) : where_(here) {
    i64 count = static_cast<i64>(values.size());
    view_ = ArrayView::make(dtype_of<T>, values.data(), true, {&count, 1});
  }
  ArrayView view_;
  Location where_;
};

} // namespace croton
