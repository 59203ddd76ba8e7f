// Tables keyed by nodes, for walks over whole graphs: one array that doubles, where std::unordered_map allocates each entry.
// Nothing is erased, and adding an entry moves the others: no reference to a value outlives the next one.
#pragma once
#include "ir/node.h"
#include <bit>

namespace croton::ir {

namespace detail {
/// Where the search for a node begins in a table of 2^(64 − shift) slots.
inline std::size_t home_of(const Node* node, int shift) { return (reinterpret_cast<std::uintptr_t>(node) * 0x9E3779B97F4A7C15ull) >> shift; }
} // namespace detail

template <class Value> class NodeMap {
public:
  const Value* find(const Node* key) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place(key)];
    return slot.key ? &slot.value : nullptr;
  }
  bool contains(const Node* key) const { return find(key) != nullptr; }
  /// InternalError where it is not there.
  const Value& at(const Node* key) const {
    if (const Value* value = find(key)) return *value;
    throw InternalError("[graph] a node is not in a table that should have it");
  }
  /// False: the key is there and keeps its value.
  bool emplace(const Node* key, Value value) {
    Slot& slot = slot_of(key);
    if (slot.key) return false;
    fill(slot, key).value = std::move(value);
    return true;
  }
  Value& operator[](const Node* key) {
    Slot& slot = slot_of(key);
    return slot.key ? slot.value : fill(slot, key).value;
  }

private:
  struct Slot {
    const Node* key = nullptr;
    Value value = {};
  };
  std::vector<Slot> slots_; ///< a power of two, at most three quarters full
  std::size_t size_ = 0;
  int shift_ = 64;

  std::size_t place(const Node* key) const {
    std::size_t at = detail::home_of(key, shift_);
    while (slots_[at].key && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  Slot& slot_of(const Node* key) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    return slots_[place(key)];
  }
  Slot& fill(Slot& slot, const Node* key) {
    ++size_;
    slot.key = key;
    return slot;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
    old.swap(slots_);
    shift_ = 64 - std::countr_zero(slots_.size());
    for (Slot& slot : old)
      if (slot.key) slots_[place(slot.key)] = std::move(slot);
  }
};

/// The first nodes lie in the set itself: most walks are over a few.
class NodeSet {
public:
  NodeSet() = default;
  NodeSet(const NodeSet&) = delete; // `slots_` may point into it
  NodeSet& operator=(const NodeSet&) = delete;

  /// Whether it was not there.
  bool insert(const Node* node) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    const Node*& slot = slots_[place(node)];
    if (slot) return false;
    ++size_;
    slot = node;
    return true;
  }
  bool contains(const Node* node) const { return slots_[place(node)] != nullptr; }

private:
  const Node* few_[32] = {};
  std::vector<const Node*> many_;
  std::span<const Node*> slots_ = few_;
  std::size_t size_ = 0;
  int shift_ = 64 - 5;

  std::size_t place(const Node* node) const {
    std::size_t at = detail::home_of(node, shift_);
    while (slots_[at] && slots_[at] != node) at = (at + 1) & (slots_.size() - 1);
    return at;
  }
  void grow() {
    std::vector<const Node*> larger(4 * slots_.size());
    std::span<const Node*> old = slots_;
    slots_ = larger;
    shift_ = 64 - std::countr_zero(larger.size());
    for (const Node* node : old)
      if (node) slots_[place(node)] = node;
    many_ = std::move(larger); // the span's elements stay where they are
  }
};

} // namespace croton::ir
