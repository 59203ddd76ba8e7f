#include "ir/text.h"
#include "ir/build.h"
#include "ir/forms.h"
#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <unordered_set>

namespace croton::ir {

namespace {

bool is_scalar_constant(const Node& n) { return is_constant(n) && n.attrs.find("value") && !n.attrs.find("shape"); }

// ---- printing -------------------------------------------------------------------------------------------------

class Printer {
public:
  /// The node of each line but the last, when asked for.
  explicit Printer(std::vector<const Node*>* nodes = nullptr) : nodes_(nodes) {}

  std::string print(std::span<const Ref> roots) {
    auto order = post_order(roots);
    find_symbols(order);
    std::unordered_set<const Node*> needed; // nodes with a line of their own
    for (const Ref& r : roots) need(needed, r);
    for (std::size_t i = order.size(); i-- > 0;)
      if (needed.contains(order[i]))
        for (const Ref& a : order[i]->args) need(needed, a);
    for (const Node* n : order)
      if (needed.contains(n)) line(*n);
    text_ += "return ";
    for (std::size_t i = 0; i < roots.size(); ++i) text_ += (i ? ", " : "") + operand(roots[i], DType::i64, {});
    return text_ + "\n";
  }

private:
  void need(std::unordered_set<const Node*>& needed, const Ref& r) {
    if (!is_inline(r)) needed.insert(r.get());
  }

  bool is_inline(const Ref& r) {
    if (!is_scalar_constant(*r)) return costs_.text(r).has_value();
    auto [it, fresh] = literals_.try_emplace(r.get(), false);
    if (fresh) try {
        it->second = literal_of(r->dtype(), literal_text(*r)) == r;
      } catch (const Error&) { // a value of another kind than the dtype's: written as a node
      }
    return it->second;
  }

  void find_symbols(const std::vector<const Node*>& order) {
    static const Op& dim = *find_op("dim");
    for (const Node* n : order)
      if (n->op == &dim) taken_.emplace(user_name(*n));
  }

  // A bare literal must get its own dtype back: the one it has as an integer or as a real.
  std::string operand(const Ref& r, std::optional<DType> as_integer, std::optional<DType> as_real) {
    auto label = labels_.find(r.get());
    if (label != labels_.end()) return label->second;
    if (!is_scalar_constant(*r)) return *costs_.text(r);
    std::string text = literal_text(*r);
    if (r->dtype() == DType::bool_) return text;
    bool integer = text.find_first_not_of("-0123456789") == std::string::npos;
    return (integer ? as_integer : as_real) == r->dtype() ? text : text + ":" + std::string(name(r->dtype()));
  }

  void line(const Node& n) {
    std::string_view user = user_name(n);
    bool named = is_variable(n) && is_identifier(user) && taken_.emplace(user).second;
    std::string label = named ? std::string(user) : "%" + std::to_string(++count_);
    Args known;
    for (const Ref& a : n.args) known.push_back(is_scalar_constant(*a) && is_inline(a) ? Ref() : a);
    auto as_integer = literal_dtype(*n.op, known, true), as_real = literal_dtype(*n.op, known, false);
    text_ += label + " = " + std::string(n.op->name) + "(";
    std::string_view separator;
    for (const Ref& a : n.args) {
      text_ += std::string(separator) + operand(a, as_integer, as_real);
      separator = ", ";
    }
    for (auto& [key, value] : n.attrs.entries()) {
      if (named && key == "name") continue;
      text_ += std::string(separator) + std::string(key) + "=" + attribute_text(attribute_kind(*n.op, key), value);
      separator = ", ";
    }
    text_ += ") : " + costs_.type_text(n.type) + "\n";
    labels_.emplace(&n, std::move(label));
    if (nodes_) nodes_->push_back(&n);
  }

  std::vector<const Node*>* nodes_;
  std::string text_;
  IndexCosts costs_;
  std::unordered_map<const Node*, std::string> labels_;
  std::unordered_map<const Node*, bool> literals_;
  std::unordered_set<std::string_view> taken_;
  int count_ = 0;
};

// ---- parsing --------------------------------------------------------------------------------------------------

class Parser {
public:
  Parser(std::string_view text, std::string_view name) : text_(text), name_(name) {}

  std::vector<Ref> parse() {
    while (!text_.empty()) {
      std::size_t end = std::min(text_.find('\n'), text_.size());
      std::string_view line = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      ++line_;
      std::size_t first = line.find_first_not_of(" \t\r");
      if (first == std::string_view::npos || line[first] == '#') continue;
      if (done_) fail(1, "expected nothing after return");
      statement(parsed(line));
    }
    if (!done_) fail(1, "expected a line 'return …' at the end");
    return std::move(roots_);
  }

private:
  std::string place() const { return name_ + ":" + std::to_string(line_); }
  [[noreturn]] void fail(int column, const std::string& what) const {
    throw IoError(place() + ":" + std::to_string(column) + ": " + what + ".");
  }

  Statement parsed(std::string_view line) const {
    try {
      return parse_statement(line, place());
    } catch (const ValueError& e) {
      throw IoError(e.what());
    }
  }

  void statement(Statement s) {
    if (s.label.empty()) {
      for (const Pattern& p : s.values)
        roots_.push_back(located(place() + ":" + std::to_string(p.column) + ": ", [&] { return operand(p, {}, {}); }));
      done_ = true;
      return;
    }
    if (nodes_.contains(s.label)) fail(1, quoted_text(s.label) + " is defined already");
    const Pattern& value = s.values[0];
    if (value.kind != Pattern::Kind::call) fail(value.column, "expected an op and its operands");
    Ref node = located(place() + ":" + std::to_string(value.column) + ": ", [&] { return this->node(s.label, value); });
    if (!s.type.empty()) check_type(s, *node);
    nodes_.emplace(std::move(s.label), std::move(node));
  }

  void check_type(const Statement& s, const Node& node) {
    std::string actual = maker_.costs().type_text(node.type), dense;
    std::copy_if(actual.begin(), actual.end(), std::back_inserter(dense), [](char c) { return c != ' '; });
    if (dense != s.type) fail(s.type_column, "found the type " + quoted_text(s.type.substr(0, 80)) + ", expected " + actual.substr(0, 200));
  }

  Ref node(const std::string& label, const Pattern& call) {
    const Op& op = op_in_file(call.name);
    Args args(call.args.size());
    for (std::size_t i = 0; i < args.size(); ++i)
      if (call.args[i].kind != Pattern::Kind::literal) args[i] = operand(call.args[i], {}, {});
    auto as_integer = literal_dtype(op, args, true), as_real = literal_dtype(op, args, false);
    for (std::size_t i = 0; i < args.size(); ++i)
      if (!args[i]) args[i] = operand(call.args[i], as_integer, as_real);
    std::vector<std::pair<std::string, AttrValue>> attrs;
    for (auto& [key, value] : call.attributes) attrs.emplace_back(key, attribute_value(attribute_kind(op, key), key, value, [&](int column, const std::string& what) { fail(column, what); }));
    bool names_itself = attribute_kind(op, "name") == "text" && !call.attribute("name") && !label.starts_with('%');
    if (names_itself) attrs.emplace_back("name", label);
    return maker_.make(op, std::move(args), ordered(op, std::move(attrs)));
  }

  Ref operand(const Pattern& p, std::optional<DType> as_integer, std::optional<DType> as_real) const {
    if (p.kind == Pattern::Kind::literal) {
      auto dtype = p.is_integer_literal() ? as_integer : as_real;
      if (auto* written = p.attribute("dtype")) {
        dtype = dtype_named(written->name);
        if (!dtype) fail(written->column, "there is no dtype named " + quoted_text(written->name.substr(0, 60)));
      }
      if (!dtype && p.is_integer_literal()) dtype = DType::i64;
      if (!dtype) fail(p.column, "the dtype of the literal is not known: write " + p.name.substr(0, 60) + ":f32");
      return literal_of(*dtype, p.name);
    }
    if (p.kind != Pattern::Kind::variable) {
      if (mentions_label(p)) fail(p.column, "expected a label, a literal or an expression of sizes");
      return dim_of(p);
    }
    if (auto found = nodes_.find(p.name); found != nodes_.end()) return found->second;
    if (p.name == "true" || p.name == "false") return literal_of(DType::bool_, p.name);
    if (!is_identifier(p.name)) fail(p.column, quoted_text(p.name) + " is not defined");
    return symbol_dim(p.name);
  }

  bool mentions_label(const Pattern& p) const {
    if (p.kind == Pattern::Kind::variable) return nodes_.contains(p.name);
    return std::any_of(p.args.begin(), p.args.end(), [&](const Pattern& a) { return mentions_label(a); });
  }

  std::string_view text_;
  std::string name_;
  int line_ = 0;
  bool done_ = false;
  Maker maker_;
  std::unordered_map<std::string, Ref> nodes_;
  std::vector<Ref> roots_;
};

} // namespace

std::string to_text(std::span<const Ref> roots) { return Printer().print(roots); }
std::string to_text(std::span<const Ref> roots, std::vector<const Node*>& nodes) { return Printer(&nodes).print(roots); }
std::string to_text(const Ref& root) { return to_text(std::span(&root, 1)); }

std::vector<Ref> parse_text(std::string_view text, std::string_view name) { return Parser(text, name).parse(); }

} // namespace croton::ir
