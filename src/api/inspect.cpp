// The public functions that look at expressions and functions.
#include "croton/inspect.h"
#include "ir/pretty.h"
#include "src/api/compiled.h"
#include "src/api/promote.h"
#include "src/driver/binding.h"
#include "src/inspect/capture.h"
#include "src/inspect/dump.h"
#include "src/inspect/explain.h"
#include "src/inspect/profile.h"
#include "src/inspect/view.h"
#include <algorithm>
#include <cstring>
#include <iostream>

namespace croton {

namespace {

inspect::Options options_of(const DumpOptions& o) { return {o.format, o.max_nodes}; }

} // namespace

std::string dump(const Expr& x, const DumpOptions& options, std::source_location here) {
  return api::at(here, [&] {
    ir::Ref root = api::ref(x);
    return inspect::dump_graph(std::span(&root, 1), {}, options_of(options));
  });
}

std::string pretty(const Expr& x) { return ir::pretty(api::ref(x)); }

const Expr& Expr::test_value(const TensorArg& value) const {
  api::at(value.where() ? value.where() : where_, [&] {
    ir::Ref variable = api::ref(*this);
    Array given = api::array_of("test_value", value, value.is_literal() ? std::optional(variable->dtype()) : std::nullopt);
    ir::Array own(given.dtype(), given.shape());
    if (!own.bytes.empty()) std::memcpy(own.bytes.data(), given.data(), own.bytes.size());
    api::set_test_value(variable, std::move(own));
  });
  return *this;
}

void clear_test_values() { api::clear_test_values(); }

Expr print(In x, std::string_view label) {
  return api::expr_at(x.where(), [&] { return ir::call("print", {api::operand(x)}, {{"label", std::string(label)}}); });
}

Expr assert_that(In x, In condition, std::string_view message) {
  return api::expr_at(x.where(), [&] { return ir::call("assert", {api::operand(x), api::operand(condition)}, {{"label", std::string(message)}}); });
}

std::string Function::dump(const std::string& stage, const DumpOptions& options) const {
  return inspect::dump(compiled_->program, *compiled_->executable, stage, options_of(options));
}

void Function::explain(std::ostream& out) const { out << explanation("text", {}, {}); }

std::string Function::explanation(const std::string& format, const std::vector<TensorArg>& args, Here here) const {
  return api::at(here, [&] {
    inspect::ExplainOptions options{.format = format, .updates = {compiled_->output_count(), compiled_->output_count() + compiled_->updated.size()}};
    if (!args.empty()) options.dims = api::sizes_of_call(*compiled_, args);
    return inspect::explain(compiled_->program, *compiled_->executable, options);
  });
}

void Function::save_html(const std::string& path) const {
  inspect::write_file(path, inspect::view_html(compiled_->program, *compiled_->executable, compiled_->profile.get()));
}

namespace {

// What a call was given, as a capture takes it.
void write_capture(const detail::Compiled& f, const std::string& folder, const api::Arguments& args, const std::string& error) {
  inspect::CapturedCall call{f.program, *f.executable, f.device, f.watch, api::host_inputs(f, args), f.states.size(), {}, {}, {}, error};
  for (const api::StatePtr& state : f.updated) {
    call.updated.push_back(state->node);
    if (std::find(f.states.begin(), f.states.end(), state) != f.states.end()) continue;
    std::lock_guard lock(state->access);
    const Array& value = state->value.host();
    ir::Array& copy = call.unread.emplace_back(value.dtype(), value.shape());
    if (!copy.bytes.empty()) std::memcpy(copy.bytes.data(), value.data(), copy.bytes.size());
  }
  for (const TensorView& v : args.views) call.strides.push_back(driver::is_dense(v) ? inspect::Strides{} : v.strides);
  for (const detail::Look& look : f.looks) call.asserts.push_back(look.asserts);
  inspect::write_capture(folder, call);
}

} // namespace

void Function::capture_call(const std::string& folder, const std::vector<TensorArg>& args, Location here) const {
  api::at(here, [&] { write_capture(*compiled_, folder, api::check_arguments(*compiled_, api::pointers(args)), ""); });
}

// The first failure of a function; one that cannot be captured must not hide the error itself.
void api::capture_failure(const Compiled& f, const Arguments& args, const Error& error) {
  if (f.capture_failures.empty() || f.failure_captured->exchange(true)) return;
  try {
    write_capture(f, f.capture_failures, args, inspect::error_text(error));
  } catch (const std::exception& e) {
    std::cerr << "[capture] the call of " << f.program.name << " that failed is not captured: " << e.what() << "\n";
  }
}

Replay replay(const std::string& folder, const std::string& device) { return inspect::replay_capture(folder, device); }

std::string Function::profile(const std::string& format) const {
  if (!compiled_->profile) throw ValueError("[" + name() + "] is not profiled. Make it with {.profile = true}, or set CROTON_PROFILE=1.");
  return compiled_->profile->report(compiled_->program, *compiled_->executable, format);
}

} // namespace croton
