#include "ir/expression.h"
#include "ir/build.h"
#include "ir/forms.h"
#include <algorithm>

namespace croton::ir {

namespace {

void collect(const Pattern& p, std::vector<std::string>& names) {
  bool constant = p.name == "true" || p.name == "false";
  if (p.kind == Pattern::Kind::variable && !constant && std::find(names.begin(), names.end(), p.name) == names.end()) names.push_back(p.name);
  for (const Pattern& a : p.args) collect(a, names);
}

class Builder {
public:
  Builder(std::vector<std::string> names, std::span<const Ref> values, DType dtype) : names_(std::move(names)), values_(values), dtype_(dtype) {}

  // Patterns are at most 200 deep.
  Ref build(const Pattern& p) const {
    switch (p.kind) {
    case Pattern::Kind::variable:
      if (p.name == "true" || p.name == "false") return literal_of(DType::bool_, p.name);
      return values_[static_cast<std::size_t>(std::find(names_.begin(), names_.end(), p.name) - names_.begin())];
    case Pattern::Kind::literal: return literal_of(dtype_, p.name);
    case Pattern::Kind::call: break;
    case Pattern::Kind::text:
    case Pattern::Kind::list: fail(p, "expected arithmetic on scalars");
    }
    const Op* op = find_op(p.name);
    if (!op || !std::holds_alternative<Pointwise>(op->body) || std::get<Pointwise>(op->body).result == Pointwise::Result::attribute || !p.attributes.empty())
      fail(p, "expected an elementwise op");
    Args args;
    for (const Pattern& a : p.args) args.push_back(build(a));
    return make(*op, std::move(args));
  }

private:
  std::vector<std::string> names_;
  std::span<const Ref> values_;
  DType dtype_;

  [[noreturn]] static void fail(const Pattern& p, const std::string& expected) {
    throw ValueError("[expression] column " + std::to_string(p.column) + ": found " + quoted_text(to_string(p).substr(0, 40)) + ", " + expected + ".");
  }
};

} // namespace

std::vector<std::string> names_in(const Pattern& expression) {
  std::vector<std::string> names;
  collect(expression, names);
  return names;
}

Ref scalar_expression(std::string_view text, std::span<const Ref> values, DType dtype) {
  Pattern pattern = parse_pattern(text);
  std::vector<std::string> names = names_in(pattern);
  if (names.size() != values.size())
    throw ValueError("[expression] " + quoted_text(text.substr(0, 60)) + " has " + std::to_string(names.size()) + " names, expected " + std::to_string(values.size()) + ".");
  Ref result = Builder(std::move(names), values, dtype).build(pattern);
  if (result->dtype() != dtype)
    throw DTypeError("[expression] " + quoted_text(text.substr(0, 60)) + " gives " + std::string(name(result->dtype())) + " from " + std::string(name(dtype)) + ": it must keep the dtype.");
  return result;
}

} // namespace croton::ir
