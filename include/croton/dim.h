// Sizes: numbers, symbols, and arithmetic on them.
#pragma once
#include "croton/dtype.h"
#include "croton/error.h"
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace croton {

namespace ir {
struct Node;
}

namespace detail {
struct Access; // the library's own way into handles
void retain(const ir::Node* node) noexcept;
void release(const ir::Node* node) noexcept;

/// A counted reference to a node of the graph; the node itself is the library's own.
class NodeHandle {
public:
  NodeHandle() = default;
  NodeHandle(const NodeHandle& other) noexcept : node_(other.node_) {
    if (node_) retain(node_);
  }
  NodeHandle(NodeHandle&& other) noexcept : node_(other.node_) { other.node_ = nullptr; }
  NodeHandle& operator=(NodeHandle other) noexcept {
    const ir::Node* mine = node_;
    node_ = other.node_;
    other.node_ = mine;
    return *this;
  }
  ~NodeHandle() {
    if (node_) release(node_);
  }

protected:
  friend struct Access;
  const ir::Node* node_ = nullptr;
};
} // namespace detail

/// A size along one axis: a number, a symbol that is known at the call, or arithmetic on them. Equal symbols are the
/// same size at every call. Dims are i64 scalars and may be used as expressions: `sum(x) / x.dim(0)`.
class Dim : public detail::NodeHandle {
public:
  template <class T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  Dim(T value) : Dim(number(static_cast<i64>(value))) {}

  /// The number, when it does not depend on the call.
  std::optional<i64> value() const;
  std::string to_string() const;

  friend Dim operator+(const Dim& a, const Dim& b);
  friend Dim operator-(const Dim& a, const Dim& b);
  friend Dim operator*(const Dim& a, const Dim& b);
  friend Dim operator/(const Dim& a, const Dim& b); ///< floor division
  friend Dim operator%(const Dim& a, const Dim& b);
  /// True when the two are the same size whatever the symbols are.
  friend bool operator==(const Dim& a, const Dim& b);

private:
  friend struct detail::Access;
  Dim() = default;
  static Dim number(i64 value);
};

Dim min(const Dim& a, const Dim& b);
Dim max(const Dim& a, const Dim& b);

/// A symbol: `tensor<f32>("x", {dim("batch"), 64})`.
Dim dim(std::string_view name);

/// The sizes of all axes; empty for a scalar. Written `{dim("batch"), 64}`.
class Shape {
public:
  Shape() = default;
  Shape(std::initializer_list<Dim> dims) : dims_(dims) {}
  Shape(std::vector<Dim> dims) : dims_(std::move(dims)) {}
  Shape(const std::vector<i64>& sizes) : dims_(sizes.begin(), sizes.end()) {}

  std::size_t size() const { return dims_.size(); } ///< the rank
  bool empty() const { return dims_.empty(); }
  const Dim& operator[](std::size_t axis) const { return dims_[axis]; }
  void push_back(Dim d) { dims_.push_back(std::move(d)); }
  auto begin() const { return dims_.begin(); }
  auto end() const { return dims_.end(); }
  /// Number of elements.
  Dim count() const;
  std::string to_string() const; ///< "{batch, 64}"
  friend bool operator==(const Shape& a, const Shape& b) { return a.dims_ == b.dims_; }

private:
  std::vector<Dim> dims_;
};

std::ostream& operator<<(std::ostream& out, const Dim& dim);
std::ostream& operator<<(std::ostream& out, const Shape& shape);

} // namespace croton
