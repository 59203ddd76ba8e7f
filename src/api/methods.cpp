// Methods of Expr: the functions of the same names.
#include "croton/linalg.h"
#include "croton/reductions.h"
#include "croton/shaping.h"

namespace croton {

#define CROTON_REDUCTION(op)                                                                                           \
  Expr Expr::op(Axes axes, KeepDims keep, Here here) const { return croton::op(In(*this, here), std::move(axes), keep); }
CROTON_REDUCTION(sum)
CROTON_REDUCTION(mean)
CROTON_REDUCTION(max)
CROTON_REDUCTION(min)
CROTON_REDUCTION(argmax)
CROTON_REDUCTION(argmin)
#undef CROTON_REDUCTION

Expr Expr::reshape(Shape shape, Here here) const { return croton::reshape(In(*this, here), std::move(shape)); }
Expr Expr::flatten(Here here) const { return croton::flatten(In(*this, here)); }
Expr Expr::T(Here here) const { return croton::transpose(In(*this, here)); }
Expr Expr::transpose(std::vector<int> order, Here here) const { return croton::transpose(In(*this, here), std::move(order)); }
Expr Expr::astype(DType dtype, Here here) const { return croton::cast(In(*this, here), dtype); }
Expr Expr::dot(const Expr& other, Here here) const { return croton::dot(In(*this, here), In(other, here)); }

} // namespace croton
