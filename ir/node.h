// The graph: immutable, interned (hash-consed) nodes. Equal nodes are the same node, so equality is a pointer
// compare and common subexpressions cost no pass. Tensors, scalars, dims and index arithmetic are all nodes.
#pragma once
#include "croton/dtype.h"
#include "croton/error.h"
#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace croton::ir {

struct Node;
struct Op;

/// A counted reference to an interned node; null by default. Copying is an atomic increment.
class Ref {
public:
  Ref() = default;
  Ref(std::nullptr_t) {}
  explicit Ref(const Node* node);
  Ref(const Ref& other);
  Ref(Ref&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  Ref& operator=(Ref other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~Ref();
  const Node* get() const { return node_; }
  const Node& operator*() const { return *node_; }
  const Node* operator->() const { return node_; }
  explicit operator bool() const { return node_ != nullptr; }
  bool operator==(const Ref& other) const = default;
  bool operator==(std::nullptr_t) const { return node_ == nullptr; }

private:
  friend Ref adopt(const Node* node);
  const Node* node_ = nullptr;
};

/// A size along one axis: an i64 scalar node in canonical form (ir/dims.h): a constant, a symbol, or arithmetic on them.
using Dim = Ref;
using Shape = std::vector<Dim>;

struct Type {
  DType dtype = DType::f32;
  Shape shape;
  int rank() const { return static_cast<int>(shape.size()); }
  bool operator==(const Type&) const = default;
};

using Bytes = std::shared_ptr<const std::vector<std::byte>>;
using AttrValue = std::variant<i64, double, std::string, DType, std::vector<i64>, Bytes>;

/// Named compile-time parameters of a node ("axes", "dtype"), few and in the order of the op's schema.
class Attrs {
public:
  Attrs() = default;
  Attrs(std::initializer_list<std::pair<std::string_view, AttrValue>> entries) : entries_(entries) {}
  /// Keys must have static storage duration (they come from op records).
  void set(std::string_view key, AttrValue value);
  const AttrValue* find(std::string_view key) const;
  i64 integer(std::string_view key) const { return get<i64>(key); }
  double number(std::string_view key) const { return get<double>(key); }
  DType dtype(std::string_view key) const { return get<DType>(key); }
  const std::string& text(std::string_view key) const { return get<std::string>(key); }
  const std::vector<i64>& integers(std::string_view key) const { return get<std::vector<i64>>(key); }
  const std::vector<std::pair<std::string_view, AttrValue>>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }
  bool operator==(const Attrs& other) const;
  std::size_t hash() const;

private:
  template <class T> const T& get(std::string_view key) const;
  [[noreturn]] static void missing(std::string_view key);
  std::vector<std::pair<std::string_view, AttrValue>> entries_;
};

template <class T> const T& Attrs::get(std::string_view key) const {
  const AttrValue* value = find(key);
  if (!value || !std::holds_alternative<T>(*value)) missing(key);
  return std::get<T>(*value);
}

using Args = std::vector<Ref>;

/// Identity is (op, args, attrs); everything else follows from it or is a note about the node's origin.
struct Node {
  const Op* op;
  Args args;
  Attrs attrs;
  Type type;
  std::size_t hash; ///< structural, the same in every process
  Location where;   ///< the user's line that first built it, when known
  mutable std::atomic<std::uint32_t> references{0};

  DType dtype() const { return type.dtype; }
  const Shape& shape() const { return type.shape; }
  int rank() const { return type.rank(); }
};

/// The one node with this op, args and attrs; checks types by the op's rule and throws the rule's typed error.
Ref make(const Op& op, Args args, Attrs attrs = {}, Location where = {});

/// Sets the line that nodes made by this thread are attributed to while it lives (passes: the line of the node replaced).
class LocationScope {
public:
  explicit LocationScope(Location where);
  ~LocationScope();
  LocationScope(const LocationScope&) = delete;
  static Location current();

private:
  Location previous_;
};

/// Nodes alive in the process (tests of leaks).
std::size_t live_nodes();

/// Every node reachable from the roots, args before users, each once; explicit stack.
std::vector<const Node*> post_order(std::span<const Ref> roots);
std::vector<const Node*> post_order(const Ref& root);

std::size_t hash_combine(std::size_t seed, std::size_t value);
std::size_t hash_text(std::string_view text);

} // namespace croton::ir

template <> struct std::hash<croton::ir::Ref> {
  std::size_t operator()(const croton::ir::Ref& ref) const noexcept { return std::hash<const void*>()(ref.get()); }
};
