// Symbolic expressions, and the parameter type that takes them together with the caller's line.
#pragma once
#include "croton/axes.h"
#include "croton/dim.h"
#include <initializer_list>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace croton {

class Array;
class Expr;
class Index;
class Shared;
class TensorArg;
struct EvalInput;

/// A tensor-valued expression: a cheap, immutable handle, safe to copy and to use from many threads. Building checks
/// dtypes, ranks and known sizes at once; every error quotes the line of the call that made it.
class Expr : public detail::NodeHandle {
public:
  using Here = std::source_location;

  Expr() = default; ///< refers to nothing; using it is an error
  Expr(const Dim& dim, Here here = Here::current()); ///< a size as an i64 scalar

  DType dtype() const;
  int rank() const;
  Shape shape() const;
  Dim dim(int axis) const;  ///< negative axes count from the end
  Dim size() const;         ///< number of elements
  std::string name() const; ///< as the user wrote it; "" for all but variables
  Location where() const { return where_; }
  std::string to_string() const; ///< "x: f32{batch, 64} (train.cpp:12)"

  /// Elements and slices: `x(2)`, `x({1, -1, 2}, {}, 3)`, `x(slice(none, none, -1), ellipsis, newaxis)` (croton/index.h).
  Expr operator()(Index i0) const;
  Expr operator()(Index i0, Index i1) const;
  Expr operator()(Index i0, Index i1, Index i2) const;
  Expr operator()(Index i0, Index i1, Index i2, Index i3) const;
  Expr operator()(Index i0, Index i1, Index i2, Index i3, Index i4) const;
  Expr operator()(Index i0, Index i1, Index i2, Index i3, Index i4, Index i5) const;
  /// `x[2]`, `x[slice(1, none)]`. For more than six indices: slice_of(x, {…}).
  Expr operator[](Index index) const;

  // The functions of the same names, for chains.
  Expr sum(Axes axes = Axes::every(), KeepDims keep = KeepDims::no, Here here = Here::current()) const;
  Expr mean(Axes axes = Axes::every(), KeepDims keep = KeepDims::no, Here here = Here::current()) const;
  Expr max(Axes axes = Axes::every(), KeepDims keep = KeepDims::no, Here here = Here::current()) const;
  Expr min(Axes axes = Axes::every(), KeepDims keep = KeepDims::no, Here here = Here::current()) const;
  Expr argmax(Axes axes = Axes::every(), KeepDims keep = KeepDims::no, Here here = Here::current()) const;
  Expr argmin(Axes axes = Axes::every(), KeepDims keep = KeepDims::no, Here here = Here::current()) const;
  Expr reshape(Shape shape, Here here = Here::current()) const;
  Expr flatten(Here here = Here::current()) const;
  Expr T(Here here = Here::current()) const;
  Expr transpose(std::vector<int> order, Here here = Here::current()) const;
  Expr astype(DType dtype, Here here = Here::current()) const;
  Expr dot(const Expr& other, Here here = Here::current()) const;

  /// Gives a variable a value while the program is written: every expression over variables with values is evaluated as it is
  /// built, so what fails for these values fails at its own line, and eval() needs no arguments. Returns the variable.
  /// DTypeError or ShapeError when it cannot be the variable's value.
  const Expr& test_value(const TensorArg& value) const;

  /// The value for given variables, or their test values: compiles and runs once; for looks, not for loops.
  Array eval(std::initializer_list<EvalInput> inputs = {}, Here here = Here::current()) const;

private:
  friend struct detail::Access;
  Location where_;
};

/// True when both are the very same expression, which `x == y` does not tell: it is elementwise (nodes are interned:
/// equal structure is the same node).
bool same(const Expr& a, const Expr& b);
std::ostream& operator<<(std::ostream& out, const Expr& x);
/// Forgets all test values.
void clear_test_values();

/// An operand: an expression, a shared variable, a size, or a C++ literal, with the line of the call. Literals are weak:
/// they take the dtype of the other operands, `x * 0.5` keeps f32 and `i + 1` keeps i's dtype.
class In {
public:
  using Here = std::source_location;

  In(const Expr& x, Here here = Here::current()) : expr_(x), where_(here) {}
  In(const Shared& state, Here here = Here::current());
  In(const Dim& dim, Here here = Here::current());
  In(const Array& value, Here here = Here::current()); ///< a constant with the array's elements
  template <class T>
    requires std::is_arithmetic_v<T>
  In(T literal, Here here = Here::current())
      : kind_(kind_of<T>()), number_(static_cast<double>(literal)), integer_(as_integer(literal)),
        huge_(std::is_same_v<T, u64> && as_integer(literal) < 0), where_(here) {}

  enum class Kind : std::uint8_t { expression, boolean, integer, floating };
  Kind kind() const { return kind_; }
  bool is_literal() const { return kind_ != Kind::expression; }
  const Expr& expr() const { return expr_; } ///< empty for a literal
  double number() const { return number_; }
  i64 integer() const { return integer_; }   ///< of boolean and integer literals, modulo 2⁶⁴
  bool huge() const { return huge_; }        ///< an integer of 2⁶³ or more
  Location where() const { return where_; }

private:
  template <class T> static constexpr Kind kind_of() {
    return std::is_same_v<T, bool> ? Kind::boolean : std::is_integral_v<T> ? Kind::integer : Kind::floating;
  }
  template <class T> static constexpr i64 as_integer(T value) {
    if constexpr (std::is_integral_v<T>) return static_cast<i64>(value);
    else return 0;
  }
  Kind kind_ = Kind::expression;
  Expr expr_;
  double number_ = 0;
  i64 integer_ = 0;
  bool huge_ = false;
  Location where_;
};

// Elementwise, broadcasting as NumPy does except that only a size known to be 1 when the expression is built stretches.
Expr operator+(In x, In y);
Expr operator-(In x, In y);
Expr operator*(In x, In y);
Expr operator/(In x, In y); ///< of integers: the default float
Expr operator%(In x, In y); ///< remainder with the divisor's sign
Expr operator-(In x);
Expr operator+(In x);
Expr operator<(In x, In y);
Expr operator<=(In x, In y);
Expr operator>(In x, In y);
Expr operator>=(In x, In y);
Expr operator==(In x, In y);
Expr operator!=(In x, In y);
Expr operator&(In x, In y); ///< of bits; logical on bool. Likewise | ^ ~
Expr operator|(In x, In y);
Expr operator^(In x, In y);
Expr operator~(In x);
Expr operator<<(In x, In count);
Expr operator>>(In x, In count);
Expr operator&&(In x, In y); ///< logical, both sides are computed
Expr operator||(In x, In y);
Expr operator!(In x);

/// x where the condition is true, else y. The condition is bool; x and y are promoted; all broadcast.
Expr where(In condition, In x, In y);
/// Another dtype. Floats truncate to integers, saturating, NaN to 0; integers wrap; anything ≠ 0 is true.
Expr cast(In x, DType dtype);
template <Element T> Expr cast(In x) { return cast(x, dtype_of<T>); }
/// The same bits read as another dtype of the same width.
Expr bitcast(In x, DType dtype);

// ---- dtypes ----
/// What operands of these dtypes are computed in. Within a kind the wider; an integer with a float gives the float's
/// dtype; bool with anything gives the other. DTypeError where no dtype holds both (i64 with u64).
DType promote(DType a, DType b);
/// The float that integers turn into (f32 at first), for the whole process; only f32 and f64 are accepted.
void set_default_float(DType dtype);
DType default_float();

} // namespace croton
