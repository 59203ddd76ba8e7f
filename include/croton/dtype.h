// Element types of tensors.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace croton {

using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;
using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using f32 = float;
using f64 = double;

enum class DType : std::uint8_t { bool_, i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64, c64, c128 };
inline constexpr int dtype_count = 15;

/// What arithmetic a dtype obeys; promotion never leaves a kind except upwards in this order.
enum class DTypeKind : std::uint8_t { boolean, integer, floating, complex };

struct DTypeInfo {
  std::string_view name; ///< "f32", as text, JSON and messages spell it
  DTypeKind kind;
  bool is_signed;
  std::uint8_t bytes;
};

/// Facts about a dtype; total over the enum.
const DTypeInfo& info(DType dtype) noexcept;
inline std::string_view name(DType dtype) noexcept { return info(dtype).name; }
inline std::size_t size_of(DType dtype) noexcept { return info(dtype).bytes; }
inline bool is_float(DType dtype) noexcept { return info(dtype).kind == DTypeKind::floating; }
inline bool is_integer(DType dtype) noexcept { return info(dtype).kind == DTypeKind::integer; }

/// The dtype of a C++ element type: dtype_of<float> is DType::f32.
template <class T> inline constexpr DType dtype_of = [] { static_assert(sizeof(T) == 0, "not a croton element type"); return DType::f32; }();
template <> inline constexpr DType dtype_of<bool> = DType::bool_;
template <> inline constexpr DType dtype_of<i8> = DType::i8;
template <> inline constexpr DType dtype_of<i16> = DType::i16;
template <> inline constexpr DType dtype_of<i32> = DType::i32;
template <> inline constexpr DType dtype_of<i64> = DType::i64;
template <> inline constexpr DType dtype_of<u8> = DType::u8;
template <> inline constexpr DType dtype_of<u16> = DType::u16;
template <> inline constexpr DType dtype_of<u32> = DType::u32;
template <> inline constexpr DType dtype_of<u64> = DType::u64;
template <> inline constexpr DType dtype_of<f32> = DType::f32;
template <> inline constexpr DType dtype_of<f64> = DType::f64;

/// An element type of the C++ program that Croton can hold.
template <class T>
concept Element = std::is_same_v<T, bool> || std::is_same_v<T, i8> || std::is_same_v<T, i16> || std::is_same_v<T, i32> ||
                  std::is_same_v<T, i64> || std::is_same_v<T, u8> || std::is_same_v<T, u16> || std::is_same_v<T, u32> ||
                  std::is_same_v<T, u64> || std::is_same_v<T, f32> || std::is_same_v<T, f64>;

} // namespace croton
