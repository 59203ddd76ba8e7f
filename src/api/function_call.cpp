// Calls: snapshots of shared variables, the run, and the updates that appear together.
#include "src/api/session.h"
#include "src/api/storage.h"
#include "src/driver/planner.h"
#include "src/inspect/profile.h"
#include <algorithm>
#include <iostream>

namespace croton {

namespace api {

namespace {

TensorView as_tensor(const Array& a) { return {const_cast<void*>(a.data()), a.shape(), dense_strides(a.shape())}; }

} // namespace

namespace {

/// The time of a call, for a profile.
class Stopwatch {
public:
  explicit Stopwatch(inspect::Profile& profile) : profile_(profile) {}
  ~Stopwatch() { profile_.add_call(std::chrono::duration<double>(inspect::Profile::Clock::now() - start_).count()); }
  Stopwatch(const Stopwatch&) = delete;

private:
  inspect::Profile& profile_;
  inspect::Profile::Clock::time_point start_ = inspect::Profile::Clock::now();
};

} // namespace

namespace {

void look_at(const Compiled& f, const detail::Look& look, const Array& value) {
  if (!look.asserts) {
    std::cout << look.label << ": " << value << "\n";
    return;
  }
  auto all = value.span<bool>();
  auto bad = std::find(all.begin(), all.end(), false);
  if (bad == all.end()) return;
  throw ValueError("[" + f.program.name + "] " + look.label + ": the condition is false at element " + std::to_string(bad - all.begin()) + " of " + shape_text(value.shape()) + "." +
                       (look.where ? " (" + to_string(look.where) + ")" : ""),
                   look.where);
}

} // namespace

namespace {

std::vector<Array> run(const Compiled& f, const Arguments& args, const std::vector<OutArg>* into) {
  std::optional<Stopwatch> stopwatch;
  if (f.profile) stopwatch.emplace(*f.profile);
  Session session(f, true);
  std::vector<TensorView> inputs = session.inputs(args), outputs;
  auto shapes = f.executable->output_shapes(inputs);
  std::vector<Array> results;
  std::vector<StateValue> updates;
  if (into) outputs = check_buffers(f, args, *into, shapes);
  else
    for (std::size_t k = 0; k < f.output_count(); ++k) {
      results.push_back(uninitialized(f.program.outputs[k]->dtype(), shapes[k]));
      outputs.push_back(as_tensor(results.back()));
    }
  for (std::size_t k = 0; k < f.updated.size(); ++k) {
    const auto& shape = shapes[f.output_count() + k];
    check_fits(*f.updated[k], f.updated[k]->node->dtype(), shape);
    updates.push_back(session.storage_for(k, shape));
    outputs.push_back(session.view_of(updates.back()));
  }
  std::vector<Array> looked;
  for (std::size_t k = 0; k < f.looks.size(); ++k) {
    std::size_t output = f.output_count() + f.updated.size() + k;
    looked.push_back(uninitialized(f.program.outputs[output]->dtype(), shapes[output]));
    outputs.push_back(as_tensor(looked.back()));
  }
  session.before_run();
  f.executable->run(inputs, outputs);
  for (std::size_t k = 0; k < looked.size(); ++k) look_at(f, f.looks[k], looked[k]);
  if (!updates.empty()) session.commit(std::move(updates));
  return results;
}

} // namespace

std::vector<Array> run_call(const Compiled& f, const Arguments& args, const std::vector<OutArg>* into) {
  if (f.capture_failures.empty()) return run(f, args, into);
  try {
    return run(f, args, into);
  } catch (const Error& error) {
    capture_failure(f, args, error);
    throw;
  }
}

std::vector<ir::Array> host_inputs(const Compiled& f, const Arguments& args) {
  std::vector<TensorView> views = args.views;
  std::vector<Lock> reading; // by rising id, and until everything is copied
  std::vector<Array> states;
  for (const StatePtr& state : f.states) {
    reading.emplace_back(state->access);
    states.push_back(state->value.host());
    views.push_back(as_tensor(states.back()));
  }
  std::vector<ir::Array> values;
  for (std::size_t k = 0; k < views.size(); ++k) {
    ir::Array& value = values.emplace_back(f.program.inputs[k]->dtype(), views[k].shape);
    if (value.count()) driver::pack(views[k], size_of(value.dtype), reinterpret_cast<char*>(value.bytes.data()));
  }
  states.clear();
  return values;
}

std::vector<i64> sizes_of_call(const Compiled& f, const std::vector<TensorArg>& args) {
  Arguments checked = check_arguments(f, pointers(args));
  Session session(f, false);
  auto* built = f.executable->built();
  return built ? built->binding->bind(session.inputs(checked)) : std::vector<i64>{};
}

} // namespace api

// ---- the public class -----------------------------------------------------------------------------------------

const detail::Compiled& detail::Access::compiled(const Function& f) { return *f.compiled_; }

Default::Default(const Expr& x, const TensorArg& value_) : variable(x), value(api::array_of("default", value_)) {}

Function function(ExprList inputs, ExprList outputs, FunctionOptions options, std::source_location here) {
  return api::at(here, [&] { return Function(api::build_function(inputs, outputs, std::move(options))); });
}

Outputs Function::call_with(const std::vector<TensorArg>& args, Location here) const {
  return api::at(here, [&] {
    api::Arguments checked = api::check_arguments(*compiled_, api::pointers(args));
    return Outputs(api::run_call(*compiled_, checked, nullptr), compiled_->output_names);
  });
}

void Function::call_into(const std::vector<TensorArg>& args, const Into& out, Location here) const {
  api::at(here, [&] {
    api::Arguments checked = api::check_arguments(*compiled_, api::pointers(args));
    api::run_call(*compiled_, checked, &out.buffers);
  });
}

Outputs Function::call(std::initializer_list<NamedArg> args, Here here) const {
  return api::at(here, [&] {
    const auto& names = input_names();
    std::vector<const TensorArg*> ordered(names.size(), nullptr);
    for (const NamedArg& arg : args) {
      auto found = std::find(names.begin(), names.end(), arg.name);
      std::string text = "[" + name() + "] input '" + std::string(arg.name) + "' ";
      if (found == names.end()) {
        std::string known;
        for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
        throw ValueError(text + "does not exist. " + (known.empty() ? "There are no inputs." : "The inputs are " + known + "."));
      }
      const TensorArg*& slot = ordered[static_cast<std::size_t>(found - names.begin())];
      if (slot) throw ValueError(text + "is given twice.");
      slot = &arg.value;
    }
    return Outputs(api::run_call(*compiled_, api::check_arguments(*compiled_, ordered), nullptr), compiled_->output_names);
  });
}

Function Function::on(const std::string& device, Here here) const {
  return api::at(here, [&] { return Function(api::recompiled(*compiled_, device)); });
}

const std::string& Function::name() const { return compiled_->program.name; }
const std::string& Function::device() const { return compiled_->device; }
std::size_t Function::input_count() const { return compiled_->inputs.size(); }
std::size_t Function::output_count() const { return compiled_->output_count(); }
const std::vector<std::string>& Function::input_names() const { return *compiled_->input_names; }
const std::vector<std::string>& Function::output_names() const { return *compiled_->output_names; }

FunctionStats Function::stats() const {
  ExecutableStats s = compiled_->executable->stats();
  return {s.compile_ms, s.kernels, s.library_calls, s.from_cache};
}

std::size_t Function::peak(const std::vector<TensorArg>& args) const {
  Location here = args.empty() ? Location() : args[0].where();
  return api::at(here, [&] {
    api::Arguments checked = api::check_arguments(*compiled_, api::pointers(args));
    api::Session session(*compiled_, false);
    return compiled_->executable->peak_bytes(session.inputs(checked));
  });
}

// ---- outputs --------------------------------------------------------------------------------------------------

const Array& Outputs::operator[](std::size_t index) const {
  if (index < values_.size()) return values_[index];
  throw IndexError("[outputs] there is no output " + std::to_string(index) + ": found " + std::to_string(values_.size()) + ".");
}

const Array& Outputs::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < names_->size(); ++i)
    if ((*names_)[i] == name) return values_[i];
  throw IndexError("[outputs] there is no output named '" + std::string(name) + "'.");
}

const Array& Outputs::single() const {
  expect(1);
  return values_[0];
}

void Outputs::expect(std::size_t count) const {
  if (values_.size() != count)
    throw ValueError("[outputs] found " + std::to_string(values_.size()) + " outputs, expected " + std::to_string(count) + ".");
}

} // namespace croton
