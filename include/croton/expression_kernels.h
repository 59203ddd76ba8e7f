// Kernels in one line, from text: the expression is in Croton's own algebra, so they run on every device, fuse with what is
// around them, and have derivatives.
#pragma once
#include "croton/expr.h"
#include "croton/reductions.h"
#include <memory>
#include <source_location>
#include <string>
#include <vector>

namespace croton {

namespace detail {
struct Expression;
}

/// A function of several operands, made by elementwise_kernel().
class ElementwiseFunction {
public:
  Expr operator()(In a) const { return call({a}, a.where()); }
  Expr operator()(In a, In b) const { return call({a, b}, a.where()); }
  Expr operator()(In a, In b, In c) const { return call({a, b, c}, a.where()); }
  Expr operator()(In a, In b, In c, In d) const { return call({a, b, c, d}, a.where()); }
  Expr operator()(In a, In b, In c, In d, In e) const { return call({a, b, c, d, e}, a.where()); }
  Expr operator()(In a, In b, In c, In d, In e, In f) const { return call({a, b, c, d, e, f}, a.where()); }
  /// Any number of operands.
  Expr call(const std::vector<In>& operands, Location here = std::source_location::current()) const;

private:
  friend ElementwiseFunction elementwise_kernel(std::string expression, std::vector<std::string> operands, std::source_location here);
  std::shared_ptr<const detail::Expression> expression_;
};

/// An elementwise function from an expression: `auto saxpy = elementwise_kernel("a * x + y"); saxpy(2.f, x, y)`. Its operands
/// are the names in it, in order of appearance, or in the order given; a name and `=` in front are allowed: "z = a * x + y".
/// There are + - * / // and comparisons, numbers, and the elementwise functions of docs/ops.md: `where(x > 0, x, exp(x) - 1)`,
/// `cast(x, dtype=f64)`. Operands are promoted and broadcast as in C++. ValueError with the column.
ElementwiseFunction elementwise_kernel(std::string expression, std::vector<std::string> operands = {},
                                       std::source_location here = std::source_location::current());

/// A reduction of a map, made by reduction_kernel(): over all elements, or over axes.
class ReductionFunction {
public:
  Expr operator()(In a) const { return call({a}, Axes::every(), KeepDims::no, a.where()); }
  Expr operator()(In a, In b) const { return call({a, b}, Axes::every(), KeepDims::no, a.where()); }
  Expr operator()(In a, In b, In c) const { return call({a, b, c}, Axes::every(), KeepDims::no, a.where()); }
  Expr operator()(In a, In b, In c, In d) const { return call({a, b, c, d}, Axes::every(), KeepDims::no, a.where()); }
  /// Any number of operands, over axes of what the map gives: `row_max.call({x}, 1, keepdims)`.
  Expr call(const std::vector<In>& operands, Axes axes = Axes::every(), KeepDims keep = KeepDims::no, Location here = std::source_location::current()) const;

private:
  friend ReductionFunction reduction_kernel(std::string map, std::string combine, In identity);
  struct Definition;
  std::shared_ptr<const Definition> definition_;
};

/// A reduction: `auto dot = reduction_kernel("x * y", "a + b", 0); dot(x, y)`. The map is an expression as above; `combine` is
/// one of two elements, associative and commutative, as the order is not promised; `identity` changes nothing and is the
/// value of no elements. `a + b`, `a * b`, `maximum(a, b)`, `minimum(a, b)`, `logical_or(a, b)` and `logical_and(a, b)` are
/// the reductions sum, prod, max, min, any and all, of which the first four have derivatives; others have none. ValueError
/// with the column; or where values show that `combine` is neither, or that `identity` is none.
ReductionFunction reduction_kernel(std::string map, std::string combine, In identity);

} // namespace croton
