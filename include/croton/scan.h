// Running merges along an axis, the last one by default: `cumsum(x)`, `cumsum(x, 0, {.reverse = true})`. The result has
// x's shape. An axis out of range is a ShapeError.
#pragma once
#include "croton/expr.h"
#include <string>

namespace croton {

struct ScanOptions {
  bool reverse = false;   ///< from the last element to the first
  bool exclusive = false; ///< element k is the value of those before it; the first one is the value of none
};

/// Running Σx. bool and integers give i64, unsigned integers u64; floats keep their dtype.
Expr cumsum(In x, int axis = -1, ScanOptions options = {});
/// Running Πx. dtypes as cumsum.
Expr cumprod(In x, int axis = -1, ScanOptions options = {});
/// Running maximum; a NaN stays. The first of equal elements has the gradient. Of none: −inf, or the lowest integer.
Expr cummax(In x, int axis = -1, ScanOptions options = {});
/// Running minimum; a NaN stays. The first of equal elements has the gradient. Of none: inf, or the highest integer.
Expr cummin(In x, int axis = -1, ScanOptions options = {});
/// Running log Σ eˣ without overflow; −inf of none. Integers give the default float.
Expr logcumsumexp(In x, int axis = -1, ScanOptions options = {});
/// y[k] = multiplier[k]·y[k − 1] + addend[k] from y = 0; operands are promoted and broadcast. Products of successive
/// multipliers must be numbers of the dtype.
Expr linear_recurrence(In multiplier, In addend, int axis = -1, ScanOptions options = {});

/// A running merge made by scan_kernel().
class ScanKernel {
public:
  Expr operator()(In x, int axis = -1, ScanOptions options = {}) const;

private:
  friend ScanKernel scan_kernel(std::string combine, double identity, std::source_location here);
  std::string combine_;
  double identity_ = 0;
};

/// The scan of an own merge: `scan_kernel("a + b", 0)(x)`, `scan_kernel("where(abs(b) > abs(a), b, a)", 0)(x)`. `combine` is an
/// expression of a (what was merged before) and b (what comes) in the operators and elementwise functions of docs/ops.md; it
/// must be associative, for pieces are merged apart, and `identity` must change nothing on either side. ValueError, with the
/// column, where the expression is none; for the dtype of x that is found when the scan is called. It has a gradient.
ScanKernel scan_kernel(std::string combine, double identity, std::source_location here = std::source_location::current());

} // namespace croton
