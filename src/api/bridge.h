// Between the public handles and the nodes they hold; and the frame of every public function that builds.
#pragma once
#include "croton/expr.h"
#include "ir/build.h"
#include "src/api/test_values.h"
#include <memory>
#include <vector>

namespace croton {

class Function;

namespace detail {
struct State;
struct Compiled;
struct Access {
  static ir::Ref ref(const NodeHandle& handle) { return ir::Ref(handle.node_); }
  static Expr expr(const ir::Ref& node, Location where) {
    Expr x;
    hold(x, node);
    x.where_ = where;
    return x;
  }
  static Dim dim(const ir::Ref& node) {
    Dim d;
    hold(d, node);
    return d;
  }

  static const Compiled& compiled(const Function& f);
  static Shared shared(std::shared_ptr<State> state);
  static const std::shared_ptr<State>& state(const Shared& variable);

private:
  static void hold(NodeHandle& handle, const ir::Ref& node) {
    handle.node_ = node.get();
    if (handle.node_) retain(handle.node_);
  }
};
} // namespace detail

namespace api {

using ir::Ref;
using Refs = std::vector<Ref>;

/// The node; ValueError for an empty expression.
Ref ref(const Expr& x);
inline Ref ref(const Dim& d) { return detail::Access::ref(d); }
ir::Shape shape_of(const Shape& shape);
Shape shape_of(const ir::Shape& shape);

/// The line that errors quote: that of the outermost public function being called.
Location blame(Location here);
/// Throws the error being handled again with ` (train.cpp:12)` after its message, unless it names a line already.
[[noreturn]] void rethrow_at(Location where);

/// Runs a builder as a public function called at `here`: nodes and errors are attributed to the user's line.
template <class F> auto at(Location here, F&& build) {
  Location where = blame(here);
  ir::LocationScope scope(where);
  try {
    return build();
  } catch (const Error&) {
    rethrow_at(where);
  }
}

/// The same for builders of one node.
template <class F> Expr expr_at(Location here, F&& build) {
  Location where = blame(here);
  return at(where, [&] {
    Ref node = build();
    if (has_test_values.load(std::memory_order_relaxed)) follow_test_values(node);
    return detail::Access::expr(node, where);
  });
}

/// 0 ≤ axis < rank, negative ones counted from the end; ShapeError otherwise.
i64 axis_of(std::string_view op, i64 axis, int rank);
/// Sorted and distinct.
std::vector<i64> axes_of(std::string_view op, const Axes& axes, int rank);

} // namespace api

} // namespace croton
