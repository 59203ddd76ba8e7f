// Kernels as text. What an expression computes once is written once: parts used several times, and parts that make a line
// long, get names of their own in front of the statement.
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/kernel.h"
#include "ir/kernel_words.h"
#include "ir/pattern_parser.h"
#include <unordered_map>
#include <unordered_set>

namespace croton::ir {

namespace {

constexpr std::size_t short_part = 12;   ///< a shared part that is no longer stays in place
constexpr std::size_t longest_part = 120; ///< a part that is longer gets a name
constexpr int atom = unary_precedence + 1;

struct Text {
  std::string text;
  int precedence = atom;

  std::string at_least(int wanted) const { return precedence < wanted ? "(" + text + ")" : text; }
};
using Texts = std::unordered_map<const Node*, Text>;

bool is_scalar_literal(const Node& n) { return is_constant(n) && n.attrs.find("value") && !n.attrs.find("shape"); }

std::string type_suffix(const Type& type) {
  i64 lanes = type.rank() ? constant_value(type.shape[0]).value_or(0) : 0;
  return "{" + std::string(name(type.dtype)) + (lanes ? "; " + std::to_string(lanes) : "") + "}";
}

/// How leaves are called: by their names, with their types where two of one name are about.
class Names {
public:
  Names() = default;
  explicit Names(const Kernel& kernel) {
    for (const Ref& s : kernel.scalars) note(s.get());
    auto expression = [&](const Ref& e) {
      for (const Node* n : post_order(e))
        if (n->args.empty() && !is_buffer(*n) && !is_constant(*n)) note(n);
    };
    for (const Phase& p : kernel.phases) {
      for (const Ref& e : {p.begin, p.end, p.extent, p.work}) expression(e);
      if (p.threads.count) note(p.threads.index.get());
      block(p.body, expression);
    }
  }
  bool ambiguous(const Node& n) const { return is_register(n) && ambiguous_.contains(user_name(n)); }
  std::string of(const Node& n) const { return kernel_name_text(user_name(n)) + (ambiguous(n) ? type_suffix(n.type) : ""); }

private:
  std::unordered_map<std::string_view, const Node*> first_;
  std::unordered_set<std::string_view> ambiguous_;

  void note(const Node* n) {
    auto [found, fresh] = first_.emplace(user_name(*n), n);
    if (!fresh && found->second != n) ambiguous_.insert(user_name(*n));
  }
  template <class F> void block(const Block& statements, const F& expression) {
    for (const Stmt& stmt : statements) {
      for_each_expression(stmt, expression);
      if (auto* s = std::get_if<Let>(&stmt.as)) note(s->var.get());
      if (auto* s = std::get_if<Exchange>(&stmt.as)) note(s->var.get());
      if (auto* s = std::get_if<If>(&stmt.as)) block(s->body, expression);
      if (auto* s = std::get_if<For>(&stmt.as)) {
        note(s->var.get());
        for (const Carried& c : s->carried) note(c.var.get()), expression(c.next);
        block(s->body, expression);
      }
    }
  }
};

const Infix* infix_of(const Node& n) {
  if (n.args.size() != 2 || !n.attrs.empty()) return nullptr;
  auto found = std::find_if(infixes.begin(), infixes.end(), [&](auto& i) { return i.op == n.op->name; });
  return found == infixes.end() ? nullptr : &*found;
}

Text literal(const Node& n, std::optional<DType> as_integer, std::optional<DType> as_real) {
  std::string text = literal_text(n);
  int precedence = text.starts_with('-') ? unary_precedence : atom;
  bool integer = text.find_first_not_of("-0123456789") == std::string::npos;
  if (n.dtype() == DType::bool_ || (integer ? as_integer : as_real) == n.dtype()) return {text, precedence};
  return {text + ":" + std::string(name(n.dtype())), precedence};
}

// The operands' texts; literals are bare where the other operands tell their dtype.
std::vector<Text> operands(const Node& n, const Texts& text) {
  Args known;
  for (const Ref& a : n.args) known.push_back(is_scalar_literal(*a) ? Ref() : a);
  auto as_integer = literal_dtype(*n.op, known, true), as_real = literal_dtype(*n.op, known, false);
  std::vector<Text> all;
  for (const Ref& a : n.args) all.push_back(is_scalar_literal(*a) ? literal(*a, as_integer, as_real) : text.at(a.get()));
  return all;
}

Text node_text(const Node& n, const Texts& text, const Names& names) {
  if (is_scalar_literal(n)) return literal(n, DType::i64, {});
  if (n.args.empty() && !is_constant(n)) return {names.of(n)};
  std::vector<Text> args = operands(n, text);
  if (is_load(n)) {
    std::string t = args[0].text + "[" + args[1].text;
    if (n.attrs.find("lanes")) t += "; " + std::to_string(lanes_of(n));
    if (args.size() > 2) t += " if " + args[2].text;
    return {t + "]"};
  }
  if (const Infix* infix = infix_of(n)) {
    int left = infix->precedence + (infix->precedence == 1); // comparisons do not chain
    return {args[0].at_least(left) + " " + std::string(infix->symbol) + " " + args[1].at_least(infix->precedence + 1), infix->precedence};
  }
  std::string t = std::string(n.op->name) + "(", separator;
  for (const Text& a : args) t += std::exchange(separator, ", ") + a.text;
  for (auto& [key, value] : n.attrs.entries()) t += std::exchange(separator, ", ") + std::string(key) + "=" + attribute_text(attribute_kind(*n.op, key), value);
  return {t + ")"};
}

/// The lines of one kernel; parts are numbered through it.
class Printer {
public:
  explicit Printer(const Kernel& kernel) : names_(kernel) {}

  std::string print(const Kernel& kernel) {
    out_ = "kernel " + kernel_name_text(kernel.name) + "(";
    std::string separator;
    for (auto& b : kernel.buffers) out_ += std::exchange(separator, ", ") + (b.is_written ? "out " : "in ") + typed_buffer(*b.buffer);
    for (auto& s : kernel.scalars) out_ += std::exchange(separator, ", ") + kernel_name_text(user_name(*s));
    out_ += ")\n";
    for (auto& phase : kernel.phases) print(phase);
    return std::move(out_);
  }

private:
  static std::string typed_buffer(const Node& b) { return kernel_name_text(user_name(b)) + ": " + std::string(name(b.dtype())); }

  void print(const Phase& phase) {
    pad_ = "  ";
    auto text = parts({phase.extent, phase.work});
    std::string head = std::string(phase.rare ? "rare " : "") + "parallel " + text[0] + " as " + bound(phase.begin, index_type()) + ".." + bound(phase.end, index_type());
    if (phase.threads.count) head += " by " + std::to_string(phase.threads.count) + " threads " + bound(phase.threads.index, index_type());
    line(head + " work " + text[1] + " {");
    for (auto& s : phase.threads.shared) memory("shared", s);
    for (auto& s : phase.scratch) memory("scratch", s);
    print(phase.body, 2);
    out_ += "  }\n";
  }

  void memory(const std::string& kind, const Scratch& s) {
    pad_ = "    ";
    auto text = parts({s.size});
    line(kind + " " + typed_buffer(*s.buffer) + "[" + text[0] + "]");
  }

  void print(const Block& block, int depth) {
    for (const Stmt& stmt : block) {
      pad_ = std::string(static_cast<std::size_t>(depth) * 2, ' ');
      std::visit([&](const auto& s) { statement(s, depth); }, stmt.as);
    }
  }

  void statement(const Let& s, int) {
    auto text = parts({s.value});
    line("let " + bound(s.var, s.value->type) + " = " + text[0]);
  }
  void statement(const Store& s, int) {
    std::vector<Ref> all{s.index, s.value};
    if (s.mask) all.push_back(s.mask);
    auto text = parts(all);
    line(names_.of(*s.buffer) + "[" + text[0] + "] = " + text[1] + (s.mask ? " where " + text[2] : "") + (s.streaming ? " streaming" : ""));
  }
  void statement(const For& s, int depth) {
    std::vector<Ref> all{s.begin, s.end};
    for (auto& c : s.carried) all.push_back(c.init);
    auto text = parts(all);
    std::string head = "for " + bound(s.var, index_type()) + " in " + text[0] + ".." + text[1] + " step " + std::to_string(s.step);
    for (std::size_t i = 0; i < s.carried.size(); ++i) head += ", " + bound(s.carried[i].var, s.carried[i].init->type) + " = " + text[2 + i];
    line(head + " {");
    std::string outer = pad_;
    print(s.body, depth + 1);
    pad_ = outer + "  ";
    std::vector<Ref> next;
    for (auto& c : s.carried) next.push_back(c.next);
    text = parts(next);
    for (std::size_t i = 0; i < next.size(); ++i) line("next " + names_.of(*s.carried[i].var) + " = " + text[i]);
    pad_ = outer;
    line("}");
  }
  void statement(const If& s, int depth) {
    auto text = parts({s.condition});
    line("if " + text[0] + " {");
    std::string outer = pad_;
    print(s.body, depth + 1);
    pad_ = outer;
    line("}");
  }
  void statement(const Exchange& s, int) {
    auto text = parts({s.value});
    line("let " + bound(s.var, s.value->type) + " = " + text[0] + " of thread ^ " + std::to_string(s.distance));
  }
  void statement(const Prefetch& s, int) {
    auto text = parts({s.index});
    line("prefetch " + names_.of(*s.buffer) + "[" + text[0] + (s.near ? "] near" : "]"));
  }
  void statement(const Barrier&, int) { line("barrier"); }

  static Type index_type() { return {DType::i64, {}}; }

  // A register where it is bound, with its type where that is not the one of its value.
  std::string bound(const Ref& var, const Type& natural) const {
    bool told = var->type == natural || names_.ambiguous(*var);
    return names_.of(*var) + (told ? "" : type_suffix(var->type));
  }

  void line(const std::string& text) { out_ += pad_ + text + "\n"; }

  // Names what is shared or long, in lines of its own, and gives the text of each expression.
  std::vector<std::string> parts(const std::vector<Ref>& expressions) {
    std::unordered_map<const Node*, int> uses;
    auto order = post_order(expressions);
    for (const Node* n : order)
      for (const Ref& a : n->args) ++uses[a.get()];
    for (const Ref& e : expressions) ++uses[e.get()];
    Texts text;
    for (const Node* n : order) {
      Text t = node_text(*n, text, names_);
      bool is_root = false;
      for (const Ref& e : expressions) is_root |= e.get() == n;
      bool shared = uses[n] > 1 && t.text.size() > short_part, is_long = t.text.size() > longest_part && !is_root;
      if (!n->args.empty() && (shared || is_long)) {
        std::string name = "%" + std::to_string(++count_);
        line(name + " = " + t.text);
        t = {name};
      }
      text.emplace(n, std::move(t));
    }
    std::vector<std::string> result;
    for (const Ref& e : expressions) result.push_back(text.at(e.get()).text);
    return result;
  }

  const Names names_;
  std::string out_, pad_;
  int count_ = 0;
};

} // namespace

std::string kernel_name_text(std::string_view name) {
  bool plain = !name.empty() && is_letter(name[0]) && !is_kernel_word(name) && !name.ends_with('.') && name.find("..") == std::string_view::npos &&
               std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c) || c == '.'; });
  return plain ? std::string(name) : quoted_text(name);
}

std::string expression_text(const Ref& e) {
  constexpr std::size_t longest = 400;
  static const Names names;
  Texts text;
  for (const Node* n : post_order(e)) {
    Text t = node_text(*n, text, names);
    if (t.text.size() > longest) t = {std::string(n->op->name) + "(…)"};
    text.emplace(n, std::move(t));
  }
  return text.at(e.get()).text;
}

std::string to_text(const Kernel& kernel) { return Printer(kernel).print(kernel); }

} // namespace croton::ir
