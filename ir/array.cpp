#include "ir/array.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace croton::ir {

namespace {

__extension__ typedef unsigned __int128 uwide;

template <class T> T read_as(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
template <class T> void write_as(std::byte* to, T value) { std::memcpy(to, &value, sizeof value); }

int bits_of(DType dtype) { return 8 * static_cast<int>(size_of(dtype)); }

wide wrapped_to(DType dtype, wide value) {
  if (dtype == DType::bool_) return value != 0;
  int unused = 128 - bits_of(dtype);
  uwide shifted = static_cast<uwide>(value) << unused;
  return info(dtype).is_signed ? static_cast<wide>(shifted) >> unused : static_cast<wide>(shifted >> unused);
}

// Truncates towards zero; what does not fit becomes the nearest value that does.
wide saturated(DType dtype, double value) {
  if (std::isnan(value)) return 0;
  int magnitude = bits_of(dtype) - (info(dtype).is_signed ? 1 : 0);
  wide high = (wide(1) << magnitude) - 1, low = info(dtype).is_signed ? -high - 1 : 0;
  double limit = std::ldexp(1.0, magnitude); // the first value above `high`
  if (value >= limit) return high;
  if (value <= static_cast<double>(low)) return low;
  return static_cast<wide>(value);
}

} // namespace

void expect_host_dtype(DType dtype, std::string_view who) {
  switch (dtype) {
  case DType::bool_:
  case DType::i8: case DType::i16: case DType::i32: case DType::i64:
  case DType::u8: case DType::u16: case DType::u32: case DType::u64:
  case DType::f32: case DType::f64: return;
  case DType::f16: case DType::bf16: case DType::c64: case DType::c128: break;
  }
  throw UnsupportedError("[" + std::string(who) + "] " + std::string(name(dtype)) +
                         " values cannot be computed on the host yet. Cast to f32 or f64 first.");
}

Scalar load_element(DType dtype, const std::byte* from) {
  switch (dtype) {
  case DType::bool_: return {0, read_as<u8>(from) != 0};
  case DType::i8: return {0, read_as<i8>(from)};
  case DType::i16: return {0, read_as<i16>(from)};
  case DType::i32: return {0, read_as<i32>(from)};
  case DType::i64: return {0, read_as<i64>(from)};
  case DType::u8: return {0, read_as<u8>(from)};
  case DType::u16: return {0, read_as<u16>(from)};
  case DType::u32: return {0, read_as<u32>(from)};
  case DType::u64: return {0, read_as<u64>(from)};
  case DType::f32: return {static_cast<double>(read_as<float>(from)), 0};
  case DType::f64: return {read_as<double>(from), 0};
  case DType::f16: case DType::bf16: case DType::c64: case DType::c128: break;
  }
  expect_host_dtype(dtype, "array");
  return {};
}

void store_element(DType dtype, std::byte* to, Scalar value) {
  switch (dtype) {
  case DType::bool_: return write_as(to, static_cast<u8>(value.integer != 0));
  case DType::i8: case DType::u8: return write_as(to, static_cast<u8>(value.integer));
  case DType::i16: case DType::u16: return write_as(to, static_cast<u16>(value.integer));
  case DType::i32: case DType::u32: return write_as(to, static_cast<u32>(value.integer));
  case DType::i64: case DType::u64: return write_as(to, static_cast<u64>(value.integer));
  case DType::f32: return write_as(to, static_cast<float>(value.real));
  case DType::f64: return write_as(to, value.real);
  case DType::f16: case DType::bf16: case DType::c64: case DType::c128: break;
  }
  expect_host_dtype(dtype, "array");
}

Scalar rounded_to(DType dtype, Scalar value) {
  if (dtype == DType::f32) return {static_cast<double>(static_cast<float>(value.real)), 0};
  if (is_float(dtype)) return {value.real, 0};
  return {0, wrapped_to(dtype, value.integer)};
}

Scalar converted(DType from, DType to, Scalar value) {
  if (is_float(from) && is_float(to)) return rounded_to(to, value);
  if (is_float(from)) return {0, to == DType::bool_ ? wide(value.real != 0) : saturated(to, value.real)};
  if (to == DType::f32) return {static_cast<double>(static_cast<float>(value.integer)), 0};
  if (is_float(to)) return {static_cast<double>(value.integer), 0};
  return rounded_to(to, value);
}

Scalar reinterpreted(DType from, DType to, Scalar value) {
  std::array<std::byte, 16> bits{};
  store_element(from, bits.data(), value);
  return load_element(to, bits.data());
}

i64 checked_count(std::span<const i64> shape) {
  i64 count = 1, bounded = 1; // `bounded` takes empty axes as 1, so that no order of sizes hides an absurd one
  for (i64 size : shape) {
    if (size < 0) throw ShapeError("[array] a size is negative: " + shape_text(shape) + ".");
    if (__builtin_mul_overflow(bounded, std::max<i64>(size, 1), &bounded) || bounded > INT64_MAX / 16)
      throw ShapeError("[array] " + shape_text(shape) + " has more elements than memory can hold.");
    count *= size;
  }
  return count;
}

std::vector<i64> strides_of(std::span<const i64> shape) {
  std::vector<i64> strides(shape.size());
  i64 stride = 1;
  for (std::size_t k = shape.size(); k-- > 0; stride *= shape[k]) strides[k] = stride;
  return strides;
}

Array::Array(DType type, std::vector<i64> sizes) : dtype(type), shape(std::move(sizes)) {
  bytes.resize(static_cast<std::size_t>(checked_count(shape)) * size_of(dtype));
}

i64 Array::count() const { return static_cast<i64>(bytes.size() / size_of(dtype)); }

Scalar Array::load(i64 index) const { return load_element(dtype, bytes.data() + static_cast<std::size_t>(index) * size_of(dtype)); }

void Array::store(i64 index, Scalar value) {
  store_element(dtype, bytes.data() + static_cast<std::size_t>(index) * size_of(dtype), value);
}

template <Element T> Array array_of(std::vector<i64> shape, std::span<const T> values) {
  Array result(dtype_of<T>, std::move(shape));
  if (values.size_bytes() != result.bytes.size())
    throw ShapeError("[array] found " + std::to_string(values.size()) + " elements for the shape " + shape_text(result.shape) + ".");
  if (!values.empty()) std::memcpy(result.bytes.data(), values.data(), values.size_bytes());
  return result;
}

template <Element T> std::vector<T> elements_of(const Array& array) {
  if (array.dtype != dtype_of<T>)
    throw DTypeError("[array] found " + std::string(name(array.dtype)) + ", expected " + std::string(name(dtype_of<T>)) + ".");
  std::vector<T> values(static_cast<std::size_t>(array.count()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = read_as<T>(array.bytes.data() + i * sizeof(T));
  return values;
}

#define CROTON_ARRAY(T)                                                                                                \
  template Array array_of<T>(std::vector<i64>, std::span<const T>);                                                    \
  template std::vector<T> elements_of<T>(const Array&);
CROTON_ARRAY(bool)
CROTON_ARRAY(i8)
CROTON_ARRAY(i16)
CROTON_ARRAY(i32)
CROTON_ARRAY(i64)
CROTON_ARRAY(u8)
CROTON_ARRAY(u16)
CROTON_ARRAY(u32)
CROTON_ARRAY(u64)
CROTON_ARRAY(f32)
CROTON_ARRAY(f64)
#undef CROTON_ARRAY

std::string shape_text(std::span<const i64> shape) {
  std::string text = "{";
  for (std::size_t k = 0; k < shape.size(); ++k) text += (k ? ", " : "") + std::to_string(shape[k]);
  return text + "}";
}

} // namespace croton::ir
