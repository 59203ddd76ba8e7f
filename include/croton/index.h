// What stands between the parentheses of `x(…)`.
#pragma once
#include "croton/expr.h"
#include <optional>
#include <vector>

namespace croton {

/// The missing bound of a slice: `slice(none, 3)`.
struct None {};
inline constexpr None none{};

/// Every axis not named by another index.
struct Ellipsis {};
inline constexpr Ellipsis ellipsis{};

/// A new axis of size 1.
struct NewAxis {};
inline constexpr NewAxis newaxis{};

/// A start or stop: a number that counts from the end when negative, a size, or none. A symbolic size counts from the
/// start.
class Bound {
public:
  Bound(None = none) {}
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  Bound(T value) : dim_(Dim(value)) {}
  Bound(const Dim& dim) : dim_(dim) {}
  const std::optional<Dim>& dim() const { return dim_; }

private:
  std::optional<Dim> dim_;
};

/// Part of an axis, as in Python: bounds clamp, negative bounds count from the end, the step may be negative but not 0.
/// `slice()` is the whole axis.
struct slice {
  Bound start, stop;
  i64 step = 1;
  slice() = default;
  slice(Bound stop_) : stop(stop_) {}
  slice(Bound start_, Bound stop_, i64 step_ = 1) : start(start_), stop(stop_), step(step_) {}
};

/// One index of `x(…)`: an element's position (drops the axis), a slice (written `slice(1, -1, 2)` or `{1, -1, 2}`; `{}`
/// is the whole axis), `ellipsis` or `newaxis`. A position out of range is an error when it is known, else at the call.
class Index {
public:
  using Here = std::source_location;
  enum class Kind : std::uint8_t { position, slice, ellipsis, newaxis };

  Index(Here here = Here::current()) : kind_(Kind::slice), where_(here) {}
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  Index(T position, Here here = Here::current()) : kind_(Kind::position), part_(Bound(position)), where_(here) {}
  Index(const Dim& position, Here here = Here::current()) : kind_(Kind::position), part_(Bound(position)), where_(here) {}
  Index(const croton::slice& part, Here here = Here::current()) : kind_(Kind::slice), part_(part), where_(here) {}
  Index(Bound start, Bound stop, i64 step = 1, Here here = Here::current())
      : kind_(Kind::slice), part_(start, stop, step), where_(here) {}
  Index(Ellipsis, Here here = Here::current()) : kind_(Kind::ellipsis), where_(here) {}
  Index(NewAxis, Here here = Here::current()) : kind_(Kind::newaxis), where_(here) {}

  Kind kind() const { return kind_; }
  const croton::slice& part() const { return part_; }
  Dim position() const { return *part_.stop.dim(); }
  Location where() const { return where_; }

private:
  Kind kind_;
  croton::slice part_;
  Location where_;
};

} // namespace croton
