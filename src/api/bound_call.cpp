// Calls that repeat over the same memory.
#include "src/api/session.h"
#include "src/api/storage.h"
#include <algorithm>

namespace croton {

namespace api {

namespace {

// A bound call of a function of shared variables in host memory. Where every variable lies where it lay after the last call,
// and every update may overwrite its variable, it is made ready once and needs no more then; else it is a call like others.
class StatefulCall {
public:
  StatefulCall(std::shared_ptr<const Compiled> f, const Arguments& args, const std::vector<OutArg>& into)
      : f_(std::move(f)), args_(args), into_(into), can_be_ready_(!f_->executable->device() && f_->looks.empty()) {
    for (std::size_t k = 0; k < f_->updated.size(); ++k) can_be_ready_ &= overwrites(k);
    for (const StatePtr& state : f_->states) variables_.push_back({state, updates(state), nullptr, {}});
  }

  void run() {
    if (can_be_ready_) {
      Held held(*this);
      if (all_where_they_were()) {
        if (!ready_) ready_ = bind();
        if (ready_) {
          held.release_readers();
          ready_->run();
          return;
        }
      }
      ready_.reset();
    }
    run_call(*f_, args_, &into_);
    if (can_be_ready_) note_places();
  }

private:
  struct Variable {
    StatePtr state;
    bool updates;
    const void* data;       ///< where it lay
    std::vector<i64> shape; ///< and its shape then
    Array reference = {};    ///< keeps what this call reads, and nothing between calls
    bool released = false;  ///< the lock: readers may go on
  };

  /// The locks of a call, in the order of Session. Readers of variables that are only read may go on while it runs.
  class Held {
  public:
    explicit Held(StatefulCall& call) : call_(call) {
      for (const StatePtr& state : call_.f_->updated) state->writer.lock();
      for (Variable& v : call_.variables_) v.state->access.lock();
    }
    void release_readers() {
      for (Variable& v : call_.variables_)
        if (!v.updates) {
          v.reference = v.state->value.host();
          v.state->access.unlock();
          v.released = true;
        }
    }
    ~Held() {
      for (Variable& v : call_.variables_) {
        if (v.released) {
          v.state->access.lock(); // references are counted under it
          v.reference = nothing();
          v.released = false;
        }
        v.state->access.unlock();
      }
      for (const StatePtr& state : call_.f_->updated) state->writer.unlock();
    }
    Held(const Held&) = delete;

  private:
    StatefulCall& call_;
  };

  const std::shared_ptr<const Compiled> f_;
  const Arguments args_;
  const std::vector<OutArg> into_;
  bool can_be_ready_;
  std::vector<Variable> variables_; ///< as f_->states, by rising id
  std::unique_ptr<BoundCall> ready_;

  static const Array& nothing() {
    static const Array none;
    return none;
  }
  bool updates(const StatePtr& state) const { return std::find(f_->updated.begin(), f_->updated.end(), state) != f_->updated.end(); }

  /// Update k may be written over the variable's old value.
  bool overwrites(std::size_t k) const {
    auto read = std::find(f_->states.begin(), f_->states.end(), f_->updated[k]);
    int input = static_cast<int>(f_->inputs.size()) + static_cast<int>(read - f_->states.begin());
    return read != f_->states.end() && f_->program.donor[f_->output_count() + k] == input;
  }

  bool all_where_they_were() const {
    return std::all_of(variables_.begin(), variables_.end(), [](const Variable& v) {
      const StateValue& value = v.state->value;
      bool can_stay = v.updates ? value.is_on_host_alone() && value.users(nullptr) == 1 : value.is_on_host();
      return can_stay && value.host_data() == v.data && value.shape() == v.shape;
    });
  }
  void note_places() {
    Held held(*this);
    for (Variable& v : variables_) {
      v.data = v.state->value.host_data();
      v.shape = v.state->value.shape();
    }
  }

  /// Null where an update changes its variable's shape.
  std::unique_ptr<BoundCall> bind() const {
    std::vector<TensorView> inputs = args_.views;
    for (const Variable& v : variables_) inputs.push_back(v.state->value.view(nullptr));
    auto shapes = f_->executable->output_shapes(inputs);
    std::vector<TensorView> outputs = check_buffers(*f_, args_, into_, shapes);
    for (std::size_t k = 0; k < f_->updated.size(); ++k) {
      if (shapes[f_->output_count() + k] != f_->updated[k]->value.shape()) return nullptr;
      outputs.push_back(f_->updated[k]->value.view(nullptr));
    }
    return f_->executable->bind(inputs, outputs);
  }
};

} // namespace

} // namespace api

namespace detail {

/// Without shared variables the executable's own bound call.
struct Bound {
  std::shared_ptr<const Compiled> function;
  api::Arguments args; ///< owns the scalars
  Location where;
  std::unique_ptr<BoundCall> call;
  std::unique_ptr<api::StatefulCall> stateful;
};

} // namespace detail

BoundFunction Function::bind(const std::vector<OutArg>& outputs, const std::vector<TensorArg>& inputs, Here here) const {
  return api::at(here, [&] {
    auto bound = std::make_shared<detail::Bound>();
    bound->function = compiled_;
    bound->args = api::check_arguments(*compiled_, api::pointers(inputs));
    bound->where = here;
    if (compiled_->states.empty() && compiled_->updated.empty() && compiled_->looks.empty()) {
      auto shapes = compiled_->executable->output_shapes(bound->args.views);
      auto views = api::check_buffers(*compiled_, bound->args, outputs, shapes);
      bound->call = compiled_->executable->bind(bound->args.views, views);
    } else {
      bound->stateful = std::make_unique<api::StatefulCall>(compiled_, bound->args, outputs);
    }
    return BoundFunction(std::move(bound));
  });
}

BoundFunction::BoundFunction(std::shared_ptr<detail::Bound> bound) : bound_(std::move(bound)) {}

void BoundFunction::run() const {
  try {
    if (bound_->call) bound_->call->run();
    else bound_->stateful->run();
  } catch (const Error& error) {
    api::capture_failure(*bound_->function, bound_->args, error);
    api::rethrow_at(bound_->where);
  }
}

} // namespace croton
