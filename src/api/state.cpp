#include "src/api/state.h"
#include "ir/interpret.h"
#include "src/api/promote.h"
#include "src/api/storage.h"
#include <algorithm>
#include <atomic>
#include <cstring>
#include <unordered_map>

namespace croton {

Shared detail::Access::shared(std::shared_ptr<State> state) {
  Shared variable;
  variable.state_ = std::move(state);
  return variable;
}
const std::shared_ptr<detail::State>& detail::Access::state(const Shared& variable) { return variable.state_; }

namespace api {

namespace {

// States by id. A state goes when neither a handle, nor a function, nor an expression refers to it any more; expressions
// hold only its node, so this is looked up from time to time.
class Registry {
public:
  void add(const StatePtr& state) {
    std::lock_guard lock(mutex_);
    if (states_.size() >= limit_) {
      std::erase_if(states_, [](const auto& entry) { return entry.second.use_count() == 1 && entry.second->node->references == 1; });
      limit_ = 2 * states_.size() + 64;
    }
    states_.emplace(state->id, state);
  }
  StatePtr find(i64 id) {
    std::lock_guard lock(mutex_);
    auto found = states_.find(id);
    return found == states_.end() ? nullptr : found->second;
  }

private:
  std::mutex mutex_;
  std::unordered_map<i64, StatePtr> states_;
  std::size_t limit_ = 64;
};

Registry& registry() {
  static auto* r = new Registry; // leaked: the user's static objects may outlive ours
  return *r;
}

} // namespace

StatePtr make_state(std::string name, Array value, ir::Shape shape, Location where) {
  static std::atomic<i64> next{0};
  auto state = std::make_shared<detail::State>();
  state->id = next++;
  state->name = name.empty() ? "s" + std::to_string(state->id) : std::move(name);
  ir::LocationScope scope(where);
  state->node = ir::state_variable(state->name, state->id, value.dtype(), std::move(shape));
  check_fits(*state, value.dtype(), value.shape());
  state->value = std::move(value);
  registry().add(state);
  return state;
}

StatePtr state_of(const ir::Node& node) {
  StatePtr state = registry().find(node.attrs.integer("state"));
  if (!state) throw ValueError("[shared] the value of " + std::string(ir::user_name(node)) + " no longer exists.");
  return state;
}

void check_fits(const detail::State& state, DType dtype, std::span<const i64> shape) {
  const ir::Type& type = state.node->type;
  auto text = [&] { return "[shared] " + state.name + ": " + std::string(name(type.dtype)) + ir::to_string(type.shape); };
  if (dtype != type.dtype) throw DTypeError(text() + " cannot hold " + std::string(name(dtype)) + ". Cast the value.");
  bool fits = shape.size() == type.shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) {
    auto size = ir::constant_value(type.shape[i]);
    std::size_t first = 0; // axis of the same symbol
    while (type.shape[first] != type.shape[i]) ++first;
    fits = shape[i] == (size ? *size : shape[first]);
  }
  if (!fits) throw ShapeError(text() + " cannot hold the shape " + shape_text(shape) + ". Declare sizes that change as symbols: shared(value, name, {dim(\"n\"), 10}).");
}

Array array_of(std::string_view who, const TensorArg& arg, std::optional<DType> wanted) {
  if (arg.is_literal()) {
    const auto& l = arg.literal();
    In literal = l.is_bool ? In(l.integer != 0) : l.is_float ? In(l.number) : l.huge ? In(static_cast<u64>(l.integer)) : In(l.integer);
    if (wanted && l.is_float && !is_float(*wanted))
      throw DTypeError("[" + std::string(who) + "] found a floating-point number, expected " + std::string(name(*wanted)) + ".");
    return constant_value_of(wanted ? operand_as(who, literal, *wanted) : operand(literal));
  }
  const ArrayView& v = arg.view();
  std::span shape(v.shape.data(), v.rank), strides(v.strides.data(), v.rank);
  Array copy = uninitialized(v.dtype, {shape.begin(), shape.end()});
  copy_dense(size_of(v.dtype), static_cast<const std::byte*>(v.data), shape, strides, static_cast<std::byte*>(copy.data()));
  return copy;
}

Array constant_value_of(const ir::Ref& x) {
  for (const ir::Node* n : ir::post_order(x))
    if (ir::is_variable(*n)) throw ValueError("[shared] the value depends on the variable " + ir::describe(Ref(n)) + ". Use an expression without variables.");
  ir::Array value = ir::interpret(x, {});
  Array result = uninitialized(value.dtype, value.shape);
  if (!value.bytes.empty()) std::memcpy(result.data(), value.bytes.data(), value.bytes.size());
  return result;
}

} // namespace api

namespace {

detail::State& required(const std::shared_ptr<detail::State>& state) {
  if (!state) throw ValueError("[shared] an empty shared variable was used: it was declared but nothing was assigned to it.");
  return *state;
}

ir::Shape fixed(const Array& value) {
  ir::Shape shape;
  for (i64 d : value.shape()) shape.push_back(ir::constant_dim(d));
  return shape;
}

// Where nobody reads the old value the new one takes its place, so that bound calls find their variable where it was.
bool overwritten(detail::State& state, const TensorArg& value) {
  if (value.is_literal() || !state.value.is_on_host_alone() || state.value.users(nullptr) != 1) return false;
  const ArrayView& v = value.view();
  std::span shape(v.shape.data(), v.rank), strides(v.strides.data(), v.rank);
  if (v.dtype != state.value.dtype() || !std::ranges::equal(shape, state.value.shape())) return false;
  api::copy_dense(size_of(v.dtype), static_cast<const std::byte*>(v.data), shape, strides, static_cast<std::byte*>(state.value.view(nullptr).data));
  return true;
}

} // namespace

Expr Shared::expr(std::source_location here) const {
  return api::expr_at(here, [&] { return required(state_).node; });
}

Array Shared::get() const {
  detail::State& state = required(state_);
  std::lock_guard lock(state.access);
  return state.value.host().copy();
}

void Shared::set(const TensorArg& value) {
  api::at(value.where(), [&] {
    detail::State& state = required(state_);
    std::lock_guard writer(state.writer);
    std::lock_guard access(state.access);
    if (overwritten(state, value)) return;
    Array copy = api::array_of("shared", value, state.node->dtype());
    api::check_fits(state, copy.dtype(), copy.shape());
    state.value = std::move(copy);
  });
}

std::string Shared::name() const { return required(state_).name; }
DType Shared::dtype() const { return required(state_).node->dtype(); }
Shape Shared::shape() const { return api::shape_of(required(state_).node->shape()); }

Shared shared(const Array& value, std::string_view name, Shape shape, std::source_location here) {
  return api::at(here, [&] {
    return detail::Access::shared(api::make_state(std::string(name), value.copy(), api::shape_of(shape), here));
  });
}
Shared shared(const Array& value, std::string_view name, std::source_location here) {
  return api::at(here, [&] {
    return detail::Access::shared(api::make_state(std::string(name), value.copy(), fixed(value), here));
  });
}
Shared shared(const Expr& value, std::string_view name, std::source_location here) {
  Array first = api::at(here, [&] { return api::constant_value_of(api::ref(value)); });
  return shared(first, name, here);
}
Shared shared(const Expr& value, std::string_view name, Shape shape, std::source_location here) {
  Array first = api::at(here, [&] { return api::constant_value_of(api::ref(value)); });
  return shared(first, name, std::move(shape), here);
}

In::In(const Shared& state, Here here) : expr_(state.expr(here)), where_(here) {}

In::In(const Array& value, Here here) : where_(here) {
  expr_ = api::expr_at(here, [&] {
    auto* bytes = static_cast<const std::byte*>(value.data());
    return ir::constant_array(value.dtype(), value.shape(), {bytes, bytes + value.bytes()});
  });
}

} // namespace croton
