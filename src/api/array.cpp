#include "croton/array.h"
#include "croton/view.h"
#include "croton/function.h"
#include "runtime/buffer_pool.h"
#include "src/api/storage.h"
#include "src/io/npy.h"
#include <cstring>

namespace croton {

namespace api {

namespace {

i64 checked_count(std::span<const i64> shape, DType dtype) {
  i64 count = 1, bytes = 0;
  for (i64 d : shape)
    if (d < 0 || __builtin_mul_overflow(count, d, &count))
      throw ShapeError("[array] " + shape_text(shape) + ": a size is negative or the element count overflows.");
  if (__builtin_mul_overflow(count, static_cast<i64>(size_of(dtype)), &bytes))
    throw ShapeError("[array] " + shape_text(shape) + " of " + std::string(name(dtype)) + " does not fit the address space.");
  return count;
}

} // namespace

std::string shape_text(std::span<const i64> shape) {
  std::string text = "{";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "}";
}

std::vector<i64> dense_strides(std::span<const i64> shape) {
  std::vector<i64> strides(shape.size());
  i64 stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

void copy_dense(std::size_t element, const std::byte* from, std::span<const i64> shape, std::span<const i64> strides, std::byte* to) {
  i64 count = 1;
  for (i64 d : shape) count *= d;
  std::vector<i64> index(shape.size(), 0);
  i64 offset = 0;
  for (i64 k = 0; k < count; ++k, to += element) {
    std::memcpy(to, from + offset * static_cast<i64>(element), element);
    for (std::size_t axis = shape.size(); axis-- > 0;) { // an odometer
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
}

} // namespace api

namespace detail {
/// Makes arrays over pool memory.
struct ArrayMaker {
  static Array make(DType dtype, std::vector<i64> shape) {
    i64 count = api::checked_count(shape, dtype);
    auto buffer = std::make_shared<runtime::Buffer>(
        runtime::BufferPool::shared().allocate(static_cast<std::size_t>(count), size_of(dtype)));
    Array array(dtype, std::move(shape), std::shared_ptr<std::byte>(buffer, static_cast<std::byte*>(buffer->data())));
    return array;
  }
  static long users(const Array& array) { return array.data_.use_count(); }
};
} // namespace detail

namespace api {
Array uninitialized(DType dtype, std::vector<i64> shape) { return detail::ArrayMaker::make(dtype, std::move(shape)); }
long users(const Array& array) { return detail::ArrayMaker::users(array); }
} // namespace api

Array::Array(DType dtype, std::vector<i64> shape) : Array(detail::ArrayMaker::make(dtype, std::move(shape))) {
  if (bytes()) std::memset(data(), 0, bytes());
}

Array Array::from_bytes(DType dtype, std::vector<i64> shape, const void* values, std::size_t count) {
  Array array = api::uninitialized(dtype, std::move(shape));
  if (static_cast<std::size_t>(array.size()) != count)
    throw ShapeError("[array] found " + std::to_string(count) + " values for the shape " + api::shape_text(array.shape()) + ".");
  if (count) std::memcpy(array.data(), values, array.bytes());
  return array;
}

Array Array::load(const std::string& path) {
  io::NpyArray file = io::read_npy(path);
  Array array = api::uninitialized(file.dtype, file.shape);
  if (!file.data.empty()) std::memcpy(array.data(), file.data.data(), file.data.size());
  return array;
}

void Array::save(const std::string& path) const {
  io::write_npy(path, dtype_, shape_, {data_.get(), bytes()});
}

i64 Array::size() const {
  i64 count = 1;
  for (i64 d : shape_) count *= d;
  return count;
}

Array Array::copy() const {
  Array twin = api::uninitialized(dtype_, shape_);
  if (bytes()) std::memcpy(twin.data(), data(), bytes());
  return twin;
}

Array Array::reshape(std::vector<i64> shape) const {
  Array result = *this;
  if (api::checked_count(shape, dtype_) != size())
    throw ShapeError("[array] " + std::to_string(size()) + " elements do not have the shape " + api::shape_text(shape) + ".");
  result.shape_ = std::move(shape);
  return result;
}

void Array::expect(DType dtype) const {
  if (dtype != dtype_)
    throw DTypeError("[array] elements are " + std::string(croton::name(dtype_)) + ", not " + std::string(croton::name(dtype)) + ".");
}

i64 Array::only() const {
  if (size() != 1) throw ShapeError("[array] found " + std::to_string(size()) + " elements, expected one: use span() or at().");
  return 0;
}

i64 Array::offset(std::initializer_list<i64> index) const {
  if (index.size() != shape_.size())
    throw IndexError("[array] found " + std::to_string(index.size()) + " indices for rank " + std::to_string(rank()) + ".");
  i64 flat = 0;
  std::size_t axis = 0;
  for (i64 i : index) {
    i64 extent = shape_[axis++], k = i < 0 ? i + extent : i;
    if (k < 0 || k >= extent)
      throw IndexError("[array] index " + std::to_string(i) + " is out of range for axis " + std::to_string(axis - 1) + " of " + api::shape_text(shape_) + ".");
    flat = flat * extent + k;
  }
  return flat;
}

namespace {
template <class R> R converted(DType dtype, const void* data, i64 at) {
  auto read = [&]<class T>(T) { return static_cast<R>(static_cast<const T*>(data)[at]); };
  switch (dtype) {
  case DType::bool_: return read(bool{});
  case DType::i8: return read(i8{});
  case DType::i16: return read(i16{});
  case DType::i32: return read(i32{});
  case DType::i64: return read(i64{});
  case DType::u8: return read(u8{});
  case DType::u16: return read(u16{});
  case DType::u32: return read(u32{});
  case DType::u64: return read(u64{});
  case DType::f32: return read(f32{});
  case DType::f64: return read(f64{});
  case DType::f16:
  case DType::bf16:
  case DType::c64:
  case DType::c128: break;
  }
  throw UnsupportedError("[array] elements of " + std::string(name(dtype)) + " cannot be read as C++ numbers.");
}
} // namespace

double Array::number(i64 at) const { return converted<double>(dtype_, data(), at); }
i64 Array::integer(i64 at) const { return converted<i64>(dtype_, data(), at); }

bool operator==(const Array& a, const Array& b) {
  if (a.dtype_ != b.dtype_ || a.shape_ != b.shape_) return false;
  for (i64 i = 0, n = a.size(); i < n; ++i)
    if (is_float(a.dtype_) ? a.number(i) != b.number(i) : a.integer(i) != b.integer(i)) return false;
  return true;
}

// ---- views ----------------------------------------------------------------------------------------------------

ArrayView ArrayView::make(DType dtype, void* data, bool writable, std::span<const i64> shape, std::span<const i64> strides) {
  if (shape.size() > most_axes) throw ShapeError("[view] found " + std::to_string(shape.size()) + " axes, expected at most 8.");
  if (!strides.empty() && strides.size() != shape.size())
    throw ShapeError("[view] found " + std::to_string(strides.size()) + " strides for " + std::to_string(shape.size()) + " axes.");
  ArrayView view;
  view.dtype = dtype;
  view.data = data;
  view.writable = writable;
  view.rank = static_cast<int>(shape.size());
  i64 stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] < 0) throw ShapeError("[view] " + api::shape_text(shape) + " has a negative size.");
    view.shape[i] = shape[i];
    view.strides[i] = strides.empty() ? stride : strides[i];
    stride *= shape[i];
  }
  return view;
}

static ArrayView view_of_array(const Array& array, bool writable) {
  return ArrayView::make(array.dtype(), const_cast<void*>(array.data()), writable, array.shape());
}

TensorArg::TensorArg(const Array& array, Here here) : view_(view_of_array(array, false)), where_(here) {}
TensorArg::TensorArg(const Outputs& outputs, Here here) : TensorArg(outputs.single(), here) {}
OutArg::OutArg(Array& array, Here here) : view_(view_of_array(array, true)), where_(here) {}

} // namespace croton
