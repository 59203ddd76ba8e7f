// The public functions that look at expressions and functions.
#include "croton/inspect.h"
#include "ir/pretty.h"
#include "src/api/compiled.h"
#include "src/api/promote.h"
#include "src/inspect/dump.h"
#include "src/inspect/explain.h"
#include "src/inspect/profile.h"
#include "src/inspect/view.h"
#include <cstring>
#include <ostream>

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
    inspect::ExplainOptions options{.format = format, .cause = compiled_->cause};
    if (!args.empty()) options.dims = api::sizes_of_call(*compiled_, args);
    return inspect::explain(compiled_->program, *compiled_->executable, options);
  });
}

void Function::save_html(const std::string& path) const {
  inspect::write_file(path, inspect::view_html(compiled_->program, *compiled_->executable, compiled_->profile.get()));
}

std::string Function::profile(const std::string& format) const {
  if (!compiled_->profile) throw ValueError("[" + name() + "] is not profiled. Make it with {.profile = true}, or set CROTON_PROFILE=1.");
  return compiled_->profile->report(compiled_->program, *compiled_->executable, format);
}

} // namespace croton
