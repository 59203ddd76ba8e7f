// Public handles: Dim, Shape, Expr and the operand type In.
#include "ir/dims.h"
#include "src/api/bridge.h"
#include "src/api/promote.h"
#include <algorithm>
#include <ostream>

namespace croton {

// ---- counting -------------------------------------------------------------------------------------------------

void detail::retain(const ir::Node* node) noexcept { node->references.fetch_add(1, std::memory_order_relaxed); }
void detail::release(const ir::Node* node) noexcept {
  ir::Ref last(node);                                           // one more, so that the count stays above zero here
  node->references.fetch_sub(1, std::memory_order_relaxed);     // and the Ref frees it by the interner's own way
}

// ---- the frame of public functions ----------------------------------------------------------------------------

namespace api {

Ref ref(const Expr& x) {
  Ref node = detail::Access::ref(x);
  if (!node) throw ValueError("[expr] an empty expression was used: it was declared but nothing was assigned to it.");
  return node;
}

ir::Shape shape_of(const Shape& shape) {
  ir::Shape dims;
  for (const Dim& d : shape) dims.push_back(ref(d));
  return dims;
}

Shape shape_of(const ir::Shape& shape) {
  Shape dims;
  for (const Ref& d : shape) dims.push_back(detail::Access::dim(d));
  return dims;
}

Location blame(Location here) {
  Location outer = ir::LocationScope::current();
  return outer ? outer : here;
}

namespace {
template <class E> [[noreturn]] void relocate(const E& error, Location where) {
  if (error.where() || !where) throw;
  std::string message = error.what(), place = " (" + to_string(where) + ")";
  throw E(message.find(place) == std::string::npos ? message + place : message, where); // no line stands twice
}
} // namespace

void rethrow_at(Location where) {
  try {
    throw;
  } catch (const DTypeError& e) {
    relocate(e, where);
  } catch (const ShapeError& e) {
    relocate(e, where);
  } catch (const ValueError& e) {
    relocate(e, where);
  } catch (const IndexError& e) {
    relocate(e, where);
  } catch (const GradientError& e) {
    relocate(e, where);
  } catch (const IoError& e) {
    relocate(e, where);
  } catch (const UnsupportedError& e) {
    relocate(e, where);
  } catch (const DeviceError& e) {
    relocate(e, where);
  } catch (const InternalError& e) {
    relocate(e, where);
  }
}

i64 axis_of(std::string_view op, i64 axis, int rank) {
  i64 counted = axis < 0 ? axis + rank : axis;
  if (counted >= 0 && counted < rank) return counted;
  throw ShapeError("[" + std::string(op) + "] axis " + std::to_string(axis) + " is out of range for rank " +
                   std::to_string(rank) + (rank ? ". Use " + std::to_string(-rank) + " to " + std::to_string(rank - 1) + "." : "."));
}

std::vector<i64> axes_of(std::string_view op, const Axes& axes, int rank) {
  std::vector<i64> list;
  if (axes.is_every())
    for (i64 i = 0; i < rank; ++i) list.push_back(i);
  for (int axis : axes.list()) list.push_back(axis_of(op, axis, rank));
  std::sort(list.begin(), list.end());
  auto twice = std::adjacent_find(list.begin(), list.end());
  if (twice != list.end()) throw ShapeError("[" + std::string(op) + "] axis " + std::to_string(*twice) + " is named twice.");
  return list;
}

} // namespace api

using api::at;
using api::expr_at;
using detail::Access;

// ---- Dim and Shape --------------------------------------------------------------------------------------------

Dim Dim::number(i64 value) { return Access::dim(ir::constant_dim(value)); }
std::optional<i64> Dim::value() const { return ir::constant_value(api::ref(*this)); }
std::string Dim::to_string() const { return ir::to_string(api::ref(*this)); }

Dim operator+(const Dim& a, const Dim& b) { return Access::dim(ir::index_add(api::ref(a), api::ref(b))); }
Dim operator-(const Dim& a, const Dim& b) { return Access::dim(ir::index_sub(api::ref(a), api::ref(b))); }
Dim operator*(const Dim& a, const Dim& b) { return Access::dim(ir::index_mul(api::ref(a), api::ref(b))); }
Dim operator/(const Dim& a, const Dim& b) { return Access::dim(ir::index_div(api::ref(a), api::ref(b))); }
Dim operator%(const Dim& a, const Dim& b) { return Access::dim(ir::index_mod(api::ref(a), api::ref(b))); }
bool operator==(const Dim& a, const Dim& b) { return api::ref(a) == api::ref(b); }
Dim min(const Dim& a, const Dim& b) { return Access::dim(ir::index_min(api::ref(a), api::ref(b))); }
Dim max(const Dim& a, const Dim& b) { return Access::dim(ir::index_max(api::ref(a), api::ref(b))); }
Dim dim(std::string_view name) { return Access::dim(ir::symbol_dim(name)); }

Dim Shape::count() const { return Access::dim(ir::element_count(api::shape_of(*this))); }
std::string Shape::to_string() const { return ir::to_string(api::shape_of(*this)); }

std::ostream& operator<<(std::ostream& out, const Dim& dim) { return out << dim.to_string(); }
std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << shape.to_string(); }

// ---- Expr -----------------------------------------------------------------------------------------------------

Expr::Expr(const Dim& dim, Here here) : detail::NodeHandle(dim), where_(here) {}

DType Expr::dtype() const { return api::ref(*this)->dtype(); }
int Expr::rank() const { return api::ref(*this)->rank(); }
Shape Expr::shape() const { return api::shape_of(api::ref(*this)->shape()); }
Dim Expr::dim(int axis) const {
  return at(where_, [&] {
    ir::Ref node = api::ref(*this);
    return Access::dim(node->shape()[api::axis_of("dim", axis, node->rank())]);
  });
}
Dim Expr::size() const { return Access::dim(ir::element_count(api::ref(*this)->shape())); }
std::string Expr::name() const {
  ir::Ref node = api::ref(*this);
  return ir::is_variable(*node) ? std::string(ir::user_name(*node)) : "";
}
std::string Expr::to_string() const { return Access::ref(*this) ? ir::describe(api::ref(*this)) : "nothing"; }

bool same(const Expr& a, const Expr& b) { return Access::ref(a) == Access::ref(b); }
std::ostream& operator<<(std::ostream& out, const Expr& x) { return out << x.to_string(); }

In::In(const Dim& dim, Here here) : expr_(dim, here), where_(here) {}

} // namespace croton
