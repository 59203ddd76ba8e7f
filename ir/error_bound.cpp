#include "ir/error_bound.h"

namespace croton::ir {

double unit_roundoff(DType dtype) { return dtype == DType::f32 ? 0x1p-24 : 0x1p-53; }

double growth(i64 n, DType dtype) {
  double nu = static_cast<double>(n) * unit_roundoff(dtype);
  return nu / (1 - nu);
}

Ref magnitude(const Ref& x) { return call("abs", {x}); }

Ref error_of_roundings(const Ref& x, i64 n) { return magnitude(x) * growth(n, x->dtype()); }

Ref error_of_log_sum(const Ref& value, i64 n) { return magnitude(value) * (4 * unit_roundoff(value->dtype())) + growth(n, value->dtype()); }

} // namespace croton::ir
