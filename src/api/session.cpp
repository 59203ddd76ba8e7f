#include "src/api/session.h"
#include "src/api/storage.h"
#include "src/inspect/profile.h"
#include <algorithm>

namespace croton::api {

namespace {

bool holds(const std::vector<StatePtr>& list, const StatePtr& state) { return std::find(list.begin(), list.end(), state) != list.end(); }

} // namespace

Session::Session(const Compiled& f, bool commits) : f_(f), device_(f.executable->device()) {
  if (commits)
    for (const StatePtr& state : f.updated) writers_.emplace_back(state->writer);
  std::vector<StatePtr> all = f.states;
  for (const StatePtr& state : f.updated)
    if (commits && !holds(f.states, state)) all.push_back(state);
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a->id < b->id; });
  std::vector<Lock> reading;
  for (const StatePtr& state : all) {
    bool updates = commits && holds(f.updated, state);
    (updates ? accesses_ : reading).emplace_back(state->access);
  }
  for (std::size_t k = 0; k < f.states.size(); ++k) {
    bring(k, f.states[k]->value);
    snapshot_.push_back(f.states[k]->value);
  }
}

// To where the call reads it, by way of the host; a profile is told of each copy.
void Session::bring(std::size_t k, StateValue& value) const {
  if (value.is_at(device_)) return;
  auto timed = [&](bool to_device, auto&& copy) {
    auto begin = inspect::Profile::Clock::now();
    copy();
    if (!f_.profile) return;
    if (to_device) device_->wait();
    f_.profile->add_copy({to_device, true, f_.inputs.size() + k, value.bytes()}, begin, inspect::Profile::Clock::now());
  };
  if (!value.is_on_host()) timed(false, [&] { value.host(); });
  if (device_) timed(true, [&] { value.bring_to(device_); });
}

Session::~Session() {
  accesses_.clear();
  while (!snapshot_.empty()) {
    Lock lock(f_.states[snapshot_.size() - 1]->access);
    snapshot_.pop_back();
  }
}

std::vector<TensorView> Session::inputs(const Arguments& args) const {
  std::vector<TensorView> views = args.views;
  for (const StateValue& value : snapshot_) views.push_back(value.view(device_));
  return views;
}

StateValue Session::storage_for(std::size_t k, const std::vector<i64>& shape) {
  const StatePtr& state = f_.updated[k];
  long mine = !holds(f_.states, state) ? 1 : device_ ? 3 : 2; // the state's reference, the snapshot's, on a device the view's
  if (f_.program.donor[f_.output_count() + k] >= 0 && state->value.shape() == shape && state->value.users(device_) == mine) {
    in_place_ = true;
    return device_ ? StateValue(state->value.dtype(), shape, device_, state->value.view(device_).resident) : StateValue(state->value.host());
  }
  DType dtype = state->node->dtype();
  if (!device_) return uninitialized(dtype, shape);
  std::size_t bytes = size_of(dtype);
  for (i64 d : shape) bytes *= static_cast<std::size_t>(d);
  return {dtype, shape, device_, device_->allocate(bytes)};
}

void Session::commit(std::vector<StateValue> values) {
  if (accesses_.empty())
    for (const StatePtr& state : f_.updated) accesses_.emplace_back(state->access);
  for (std::size_t k = 0; k < values.size(); ++k) f_.updated[k]->value = std::move(values[k]);
}

} // namespace croton::api
