#include "ir/node_map.h"
#include "ir/op.h"
#include <array>
#include <bit>
#include <cstring>
#include <mutex>

namespace croton::ir {

std::size_t hash_combine(std::size_t seed, std::size_t value) {
  std::uint64_t x = seed * 0x9E3779B97F4A7C15ull + value;
  x ^= x >> 32;
  x *= 0xD6E8FEB86659FD93ull;
  x ^= x >> 32;
  return x;
}

std::size_t hash_text(std::string_view text) {
  std::uint64_t h = 0xCBF29CE484222325ull;
  for (unsigned char c : text) h = (h ^ c) * 0x100000001B3ull;
  return h;
}

// ---- attributes -----------------------------------------------------------------------------------------------

namespace {

std::size_t hash_value(const AttrValue& value) {
  struct Visit {
    std::size_t operator()(i64 v) const { return hash_combine(1, static_cast<std::size_t>(v)); }
    std::size_t operator()(double v) const { return hash_combine(2, std::bit_cast<std::uint64_t>(v)); }
    std::size_t operator()(const std::string& v) const { return hash_combine(3, hash_text(v)); }
    std::size_t operator()(DType v) const { return hash_combine(4, static_cast<std::size_t>(v)); }
    std::size_t operator()(const std::vector<i64>& v) const {
      std::size_t h = 5;
      for (i64 x : v) h = hash_combine(h, static_cast<std::size_t>(x));
      return h;
    }
    std::size_t operator()(const Bytes& v) const {
      return hash_combine(6, hash_text({reinterpret_cast<const char*>(v->data()), v->size()}));
    }
  };
  return std::visit(Visit{}, value);
}

// Doubles compare by their bits: -0 and 0 are different constants, and NaN equals itself.
bool same_value(const AttrValue& a, const AttrValue& b) {
  if (a.index() != b.index()) return false;
  if (auto* x = std::get_if<double>(&a))
    return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(std::get<double>(b));
  if (auto* x = std::get_if<Bytes>(&a)) return **x == *std::get<Bytes>(b);
  return a == b;
}

} // namespace

void Attrs::set(std::string_view key, AttrValue value) {
  for (auto& [k, v] : entries_)
    if (k == key) {
      v = std::move(value);
      return;
    }
  entries_.emplace_back(key, std::move(value));
}

const AttrValue* Attrs::find(std::string_view key) const {
  for (auto& [k, v] : entries_)
    if (k == key) return &v;
  return nullptr;
}

void Attrs::missing(std::string_view key) {
  throw InternalError("[node] attribute '" + std::string(key) + "' is missing or of another kind");
}

bool Attrs::operator==(const Attrs& other) const {
  if (entries_.size() != other.entries_.size()) return false;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].first != other.entries_[i].first || !same_value(entries_[i].second, other.entries_[i].second))
      return false;
  return true;
}

std::size_t Attrs::hash() const {
  std::size_t h = 7;
  for (auto& [k, v] : entries_) h = hash_combine(hash_combine(h, hash_text(k)), hash_value(v));
  return h;
}

// ---- interning ------------------------------------------------------------------------------------------------

namespace {

// Nodes by content: open addressing with the hashes beside the pointers, so that a search touches few nodes but its own.
class NodeTable {
public:
  const Node* find(const Op& op, const Args& args, const Attrs& attrs, std::size_t hash) const {
    if (slots_.empty()) return nullptr;
    for (std::size_t at = home(hash); slots_[at].node; at = next(at)) {
      const Node* n = slots_[at].node;
      if (slots_[at].hash == hash && n->op == &op && n->args == args && n->attrs == attrs) return n;
    }
    return nullptr;
  }
  void insert(const Node* node) {
    if (4 * (size_ + 1) > 3 * slots_.size()) grow();
    add({node->hash, node});
    ++size_;
  }
  /// This very node, if it is there.
  void erase(const Node* node) {
    if (slots_.empty()) return;
    std::size_t at = home(node->hash);
    while (slots_[at].node != node) {
      if (!slots_[at].node) return;
      at = next(at);
    }
    // What was pushed past the hole moves back into it.
    for (std::size_t from = next(at); slots_[from].node; from = next(from)) {
      std::size_t wanted = home(slots_[from].hash);
      if (((from - wanted) & mask()) < ((from - at) & mask())) continue;
      slots_[at] = slots_[from];
      at = from;
    }
    slots_[at] = {};
    --size_;
  }
  std::size_t size() const { return size_; }

private:
  struct Slot {
    std::size_t hash = 0;
    const Node* node = nullptr;
  };
  std::vector<Slot> slots_; ///< a power of two, at most three quarters full
  std::size_t size_ = 0;

  std::size_t mask() const { return slots_.size() - 1; }
  std::size_t home(std::size_t hash) const { return (hash >> 13) & mask(); } // the bits below chose the shard
  std::size_t next(std::size_t at) const { return (at + 1) & mask(); }
  void add(const Slot& slot) {
    std::size_t at = home(slot.hash);
    while (slots_[at].node) at = next(at);
    slots_[at] = slot;
  }
  void grow() {
    std::vector<Slot> old(slots_.empty() ? 64 : 2 * slots_.size());
    old.swap(slots_);
    for (const Slot& slot : old)
      if (slot.node) add(slot);
  }
};

struct Shard {
  std::mutex mutex;
  NodeTable nodes;
};

constexpr std::size_t shard_count = 64;

// Leaked on purpose: nodes held by the user's static objects are released after our own static destructors.
std::array<Shard, shard_count>& shards() {
  static auto* table = new std::array<Shard, shard_count>;
  return *table;
}
Shard& shard_of(std::size_t hash) { return shards()[(hash >> 7) % shard_count]; }

// Takes a reference unless the node is already dying in another thread.
bool try_acquire(const Node* node) {
  auto count = node->references.load(std::memory_order_relaxed);
  while (count != 0)
    if (node->references.compare_exchange_weak(count, count + 1, std::memory_order_relaxed)) return true;
  return false;
}

void destroy(const Node* node) {
  // A chain of a million nodes dies here one after the other, not in nested destructors.
  static thread_local std::vector<const Node*>* pending = nullptr;
  if (pending) {
    pending->push_back(node);
    return;
  }
  std::vector<const Node*> stack{node};
  pending = &stack;
  while (!stack.empty()) {
    const Node* next = stack.back();
    stack.pop_back();
    Shard& shard = shard_of(next->hash);
    {
      std::lock_guard lock(shard.mutex);
      shard.nodes.erase(next);
    }
    delete next; // releases args, which land in `stack`
  }
  pending = nullptr;
}

thread_local Location current_location;

} // namespace

Ref::Ref(const Node* node) : node_(node) {
  if (node_) node_->references.fetch_add(1, std::memory_order_relaxed);
}
Ref::Ref(const Ref& other) : Ref(other.node_) {}
Ref::~Ref() {
  if (node_ && node_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(node_);
}
Ref adopt(const Node* node) {
  Ref ref;
  ref.node_ = node;
  return ref;
}

LocationScope::LocationScope(Location where) : previous_(current_location) { current_location = where; }
LocationScope::~LocationScope() { current_location = previous_; }
Location LocationScope::current() { return current_location; }

Ref make(const Op& op, Args args, Attrs attrs, Location where) {
  std::size_t hash = hash_combine(hash_text(op.name), attrs.hash());
  for (const Ref& arg : args) hash = hash_combine(hash, arg->hash);
  Shard& shard = shard_of(hash);
  {
    std::lock_guard lock(shard.mutex);
    const Node* found = shard.nodes.find(op, args, attrs, hash);
    if (found && try_acquire(found)) return adopt(found);
  }
  auto candidate = std::unique_ptr<Node>(new Node{&op, std::move(args), std::move(attrs), {}, hash, {}});
  // Outside the lock: the rule may build dims, which are nodes themselves.
  candidate->type = op.type(op, candidate->args, candidate->attrs);
  candidate->where = where ? where : current_location;
  candidate->references.store(1, std::memory_order_relaxed);
  std::unique_ptr<Node> loser; // destroyed after the lock is released
  std::lock_guard lock(shard.mutex);
  if (const Node* found = shard.nodes.find(op, candidate->args, candidate->attrs, hash)) {
    if (try_acquire(found)) {
      loser = std::move(candidate);
      return adopt(found);
    }
    shard.nodes.erase(found); // dying: its own thread does not find it here
  }
  shard.nodes.insert(candidate.get());
  return adopt(candidate.release());
}

std::size_t live_nodes() {
  std::size_t count = 0;
  for (Shard& shard : shards()) {
    std::lock_guard lock(shard.mutex);
    count += shard.nodes.size();
  }
  return count;
}

// ---- walking --------------------------------------------------------------------------------------------------

std::vector<const Node*> post_order(std::span<const Ref> roots) {
  std::vector<const Node*> order;
  NodeSet seen;
  std::vector<std::pair<const Node*, std::size_t>> stack;
  for (const Ref& root : roots) {
    if (root && seen.insert(root.get())) stack.emplace_back(root.get(), 0);
    while (!stack.empty()) {
      auto& [node, next] = stack.back();
      if (next == node->args.size()) {
        order.push_back(node);
        stack.pop_back();
        continue;
      }
      const Node* arg = node->args[next++].get();
      if (seen.insert(arg)) stack.emplace_back(arg, 0);
    }
  }
  return order;
}

std::vector<const Node*> post_order(const Ref& root) { return post_order(std::span(&root, 1)); }

} // namespace croton::ir
