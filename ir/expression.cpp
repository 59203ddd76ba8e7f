#include "ir/expression.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/pattern.h"
#include <algorithm>
#include <cmath>

namespace croton::ir {

namespace {

constexpr int most_calls = 100; ///< a kernel holds several copies of an expression

bool is_truth(const Pattern& p) { return p.name == "true" || p.name == "false"; }

void collect(const Pattern& p, std::vector<std::string>& names) {
  if (p.kind == Pattern::Kind::variable && !is_truth(p) && std::find(names.begin(), names.end(), p.name) == names.end()) names.push_back(p.name);
  for (const Pattern& a : p.args) collect(a, names);
}

class Reader {
public:
  Reader(const std::vector<std::pair<std::string_view, Ref>>& operands, std::string_view who) : operands_(operands), who_(who) {}

  Ref read(const Pattern& p) {
    switch (p.kind) {
    case Pattern::Kind::variable: return named(p);
    case Pattern::Kind::literal: return literal(p);
    case Pattern::Kind::call: return called(p);
    default: fail(p, "expected names, numbers and elementwise functions");
    }
  }

private:
  const std::vector<std::pair<std::string_view, Ref>>& operands_;
  std::string_view who_;
  int calls_ = 0;

  [[noreturn]] void fail(const Pattern& p, const std::string& what) const {
    throw ValueError(std::string(who_) + "column " + std::to_string(p.column) + ": " + what + ".");
  }

  std::string names() const {
    std::string all;
    for (auto& [name, _] : operands_) all += (all.empty() ? "" : ", ") + std::string(name);
    return all;
  }
  Ref named(const Pattern& p) const {
    if (is_truth(p)) return literal_of(DType::bool_, p.name);
    for (auto& [name, value] : operands_)
      if (name == p.name) return value;
    fail(p, "there is no operand named " + quoted_text(p.name.substr(0, 60)) + ": found " + names());
  }

  Ref literal(const Pattern& p) const {
    DType d = operands_.front().second->dtype();
    if (!p.attributes.empty()) fail(p, "numbers have the operands' dtype: write no other");
    if (is_float(d)) return constant(d, p.value);
    if (!p.is_integer_literal() || std::fabs(p.value) > 0x1p53) fail(p, "the number " + p.name.substr(0, 60) + " does not fit " + std::string(name(d)));
    return constant_int(d, static_cast<i64>(p.value));
  }

  Ref called(const Pattern& p) {
    const Op* op = find_op(p.name);
    auto* body = op ? std::get_if<Pointwise>(&op->body) : nullptr;
    if (!body || body->result == Pointwise::Result::attribute) fail(p, "there is no elementwise function named " + quoted_text(p.name.substr(0, 60)));
    if (!p.attributes.empty()) fail(p, p.name + " takes no attributes");
    if (p.args.size() != op->params.size())
      fail(p, p.name + " has " + std::to_string(p.args.size()) + " operands, expected " + std::to_string(op->params.size()));
    if (++calls_ > most_calls) fail(p, "more than " + std::to_string(most_calls) + " operations");
    Args args;
    for (const Pattern& a : p.args) args.push_back(read(a));
    try {
      return make(*op, std::move(args));
    } catch (const Error& e) {
      fail(p, e.what());
    }
  }
};

} // namespace

Ref parse_elementwise(std::string_view text, const std::vector<std::pair<std::string_view, Ref>>& operands, std::string_view who) {
  Pattern pattern;
  try {
    pattern = parse_pattern(text);
  } catch (const ValueError& e) {
    throw ValueError(std::string(who) + e.what());
  }
  Ref value = Reader(operands, who).read(pattern);
  DType d = operands.front().second->dtype();
  if (value->dtype() != d) throw DTypeError(std::string(who) + "found a value of dtype " + std::string(name(value->dtype())) + ", expected " + std::string(name(d)) + ".");
  return value;
}

std::vector<std::string> names_in(const Pattern& expression) {
  std::vector<std::string> names;
  collect(expression, names);
  return names;
}

Ref parse_elementwise(std::string_view text, std::span<const Ref> values, std::string_view who) {
  std::vector<std::string> names = names_in(parse_pattern(text));
  if (names.size() != values.size())
    throw ValueError(std::string(who) + quoted_text(text.substr(0, 60)) + " has " + std::to_string(names.size()) + " names, expected " + std::to_string(values.size()) + ".");
  std::vector<std::pair<std::string_view, Ref>> operands;
  for (std::size_t k = 0; k < names.size(); ++k) operands.emplace_back(names[k], values[k]);
  return parse_elementwise(text, operands, who);
}

} // namespace croton::ir
