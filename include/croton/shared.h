// State that lives between calls.
#pragma once
#include "croton/array.h"
#include "croton/expr.h"
#include "croton/view.h"
#include <memory>

namespace croton {

namespace detail {
struct State;
}

/// A value that functions read and update; a handle, copies refer to the same value. Usable wherever an expression is.
/// Reading, setting and calls may come from many threads: a call sees all its shared variables as they were at one
/// moment, and its updates appear together.
class Shared {
public:
  Shared() = default; ///< refers to nothing; using it is an error

  Expr expr(std::source_location here = std::source_location::current()) const;
  operator Expr() const { return expr(); }

  /// A copy of the value.
  Array get() const;
  /// Replaces the value. DTypeError or ShapeError when the dtype, rank or a fixed size differs; nothing changes then.
  void set(const TensorArg& value);
  std::string name() const;
  DType dtype() const;
  Shape shape() const; ///< as declared

private:
  friend struct detail::Access;
  std::shared_ptr<detail::State> state_;
};

/// A shared variable with this first value, which is copied; its sizes are fixed. Without a name it gets a unique one.
Shared shared(const Array& value, std::string_view name = {}, std::source_location here = std::source_location::current());
/// With sizes that may be symbols, so that the shape may change: `shared(value, "W", {dim("n"), 10})`.
Shared shared(const Array& value, std::string_view name, Shape shape, std::source_location here = std::source_location::current());
/// The value of an expression without variables, evaluated now: `shared(zeros<f32>({64, 10}), "W")`.
Shared shared(const Expr& value, std::string_view name = {}, std::source_location here = std::source_location::current());
Shared shared(const Expr& value, std::string_view name, Shape shape, std::source_location here = std::source_location::current());
/// A scalar of the C++ type's dtype.
template <Element T>
Shared shared(T value, std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return shared(Array::scalar(value), name, here);
}
template <Element T>
Shared shared(const std::vector<T>& values, std::string_view name = {}, std::source_location here = std::source_location::current()) {
  return shared(Array::from(values), name, here);
}

} // namespace croton
