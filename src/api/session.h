// The shared variables of one call: snapshots of what it reads, storage for what it updates, and the commit.
#pragma once
#include "src/api/compiled.h"

namespace croton::api {

using Lock = std::unique_lock<std::mutex>;

/// Order of locks: writers by id, then accesses by id; nothing is locked while a lower one may be waited for, so calls cannot
/// wait for each other in a circle (state.h).
class Session {
public:
  Session(const Compiled& f, bool commits);
  /// A reference is dropped under the lock under which storage_for counts them: what was read through it is over by then.
  ~Session();
  Session(const Session&) = delete;

  /// The inputs of the call: the arguments, then the shared variables where the device has them.
  std::vector<TensorView> inputs(const Arguments& args) const;
  /// The storage for update k: its variable's own where nobody else refers to it, and readers are kept out until commit.
  StateValue storage_for(std::size_t k, const std::vector<i64>& shape);
  TensorView view_of(const StateValue& value) const { return value.view(device_); }

  /// Readers may go on unless an update overwrites what they would read.
  void before_run() {
    if (!in_place_) accesses_.clear();
  }
  void commit(std::vector<StateValue> values);

private:
  void bring(std::size_t k, StateValue& value) const;

  const Compiled& f_;
  const runtime::DevicePtr device_; ///< null: memory is the host's
  std::vector<Lock> writers_, accesses_;
  std::vector<StateValue> snapshot_;
  bool in_place_ = false;
};

} // namespace croton::api
