#include "src/api/test_values.h"
#include "ir/build.h"
#include "ir/dims.h"
#include "ir/raw.h"
#include "src/inspect/watched.h"
#include <mutex>
#include <unordered_map>

namespace croton::api {

using namespace ir;

std::atomic<bool> has_test_values{false};

namespace {

struct Known {
  std::mutex mutex;
  std::unordered_map<Ref, ir::Array> values;
  std::unordered_map<Ref, i64> sizes; ///< of symbols
};
Known& known() {
  static auto* k = new Known; // leaked: nodes outlive static destructors
  return *k;
}

bool is_size(const Node& n) { return n.rank() == 0 && n.dtype() == DType::i64 && (body_of<Leaf>(n) || body_of<Pointwise>(n)) && !is_variable(n); }

struct Unknown {};

i64 size_of_call(const Known& k, const Ref& size) {
  return evaluate_index(size, [&](const Node& n) -> i64 {
    auto found = k.sizes.find(Ref(&n));
    if (found == k.sizes.end()) throw Unknown{};
    return found->second;
  });
}

} // namespace

void set_test_value(const Ref& variable, ir::Array value) {
  std::string text = "[test_value] " + describe(variable) + ": found " + std::string(name(value.dtype)) + shape_text(value.shape);
  if (!is_variable(*variable)) throw ValueError("[test_value] " + describe(variable) + " is no variable. Variables are made by scalar, vector, matrix or tensor.");
  if (value.dtype != variable->dtype()) throw DTypeError(text + ". Convert the elements first.");
  if (static_cast<int>(value.shape.size()) != variable->rank()) throw ShapeError(text + ", expected rank " + std::to_string(variable->rank()) + ".");
  Known& k = known();
  std::lock_guard lock(k.mutex);
  for (int i = 0; i < variable->rank(); ++i) {
    const Ref& dim = variable->shape()[static_cast<std::size_t>(i)];
    i64 size = value.shape[static_cast<std::size_t>(i)];
    auto fixed = constant_value(dim);
    if (!fixed && dim->args.empty()) fixed = k.sizes.try_emplace(dim, size).first->second;
    if (fixed && *fixed != size) throw ShapeError(text + ", but " + to_string(dim) + " is " + std::to_string(*fixed) + ".");
  }
  k.values.insert_or_assign(variable, std::move(value));
  has_test_values = true;
}

void follow_test_values(const Ref& root) {
  Known& k = known();
  std::lock_guard lock(k.mutex);
  if (k.values.contains(root)) return;
  for (const Node* n : post_order(root)) {
    Ref node(n);
    if (k.values.contains(node) || is_size(*n) || is_literal(*n)) continue;
    std::vector<const ir::Array*> operands;
    bool complete = !is_variable(*n) && has_value_on_host(*n);
    for (const Ref& a : n->args) {
      auto found = k.values.find(a);
      operands.push_back(found == k.values.end() ? nullptr : &found->second);
      complete = complete && (operands.back() || is_size(*a) || is_literal(*a));
    }
    if (!complete) continue;
    try {
      ir::Array value = inspect::value_of(*n, operands, [&](const Ref& size) { return size_of_call(k, size); });
      k.values.emplace(node, std::move(value));
    } catch (const Unknown&) { // a size of a variable without a value
    }
  }
}

std::optional<ir::Array> test_value_of(const Ref& node) {
  Known& k = known();
  std::lock_guard lock(k.mutex);
  auto found = k.values.find(node);
  return found == k.values.end() ? std::nullopt : std::optional(found->second);
}

void clear_test_values() {
  Known& k = known();
  std::lock_guard lock(k.mutex);
  k.values.clear();
  k.sizes.clear();
  has_test_values = false;
}

} // namespace croton::api
