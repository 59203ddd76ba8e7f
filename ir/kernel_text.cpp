// Kernels as text. What an expression computes once is written once: parts used several times, and parts that make a line
// long, get names of their own in front of the statement.
#include "ir/build.h"
#include "ir/kernel.h"
#include <unordered_map>

namespace croton::ir {

namespace {

constexpr std::size_t short_part = 12;   ///< a shared part that is no longer stays in place
constexpr std::size_t longest_part = 120; ///< a part that is longer gets a name

using Texts = std::unordered_map<const Node*, std::string>;

std::string leaf_text(const Node& n) {
  if (auto v = scalar_value(Ref(&n)); v && n.args.empty()) {
    char number[40];
    std::snprintf(number, sizeof number, is_float(n.dtype()) ? "%.9g" : "%.0f", *v);
    return number;
  }
  return n.args.empty() ? std::string(user_name(n)) : "";
}

std::string node_text(const Node& n, const Texts& text) {
  if (std::string leaf = leaf_text(n); !leaf.empty()) return leaf;
  std::string t;
  if (is_load(n)) {
    t = text.at(n.args[0].get()) + "[" + text.at(n.args[1].get());
    if (n.op->name == "vload") t += ":" + std::to_string(lanes_of(n));
    t += "]";
    if (n.args.size() > 2) t += "?" + text.at(n.args[2].get());
    return t;
  }
  t = std::string(n.op->name) + "(";
  for (std::size_t i = 0; i < n.args.size(); ++i) t += (i ? ", " : "") + text.at(n.args[i].get());
  if (auto* d = n.attrs.find("dtype"); d && !n.args.empty()) t += ", " + std::string(name(std::get<DType>(*d)));
  return t + ")";
}

/// The lines of one kernel; parts are numbered through it.
class Printer {
public:
  std::string print(const Kernel& kernel) {
    out_ = "kernel " + kernel.name + "(";
    for (std::size_t i = 0; i < kernel.buffers.size(); ++i) {
      auto& b = kernel.buffers[i];
      out_ += (i ? ", " : "") + std::string(b.is_written ? "out " : "in ") + std::string(user_name(*b.buffer)) + ": " + std::string(name(b.buffer->dtype()));
    }
    for (auto& s : kernel.scalars) out_ += ", " + std::string(user_name(*s));
    out_ += ")\n";
    for (auto& phase : kernel.phases) print(phase);
    return std::move(out_);
  }

private:
  void print(const Phase& phase) {
    out_ += "  parallel " + expression_text(phase.extent) + " as " + expression_text(phase.begin) + ".." + expression_text(phase.end);
    if (phase.threads.count) out_ += " by " + std::to_string(phase.threads.count) + " threads " + expression_text(phase.threads.index);
    out_ += " {\n";
    for (auto& s : phase.threads.shared) memory("shared", s);
    for (auto& s : phase.scratch) memory("scratch", s);
    print(phase.body, 2);
    out_ += "  }\n";
  }

  void memory(std::string_view kind, const Scratch& s) {
    out_ += "    " + std::string(kind) + " " + std::string(user_name(*s.buffer)) + ": " + std::string(name(s.buffer->dtype())) + "[" + expression_text(s.size) + "]\n";
  }

  void print(const Block& block, int depth) {
    for (const Stmt& stmt : block) {
      pad_ = std::string(static_cast<std::size_t>(depth) * 2, ' ');
      std::visit([&](const auto& s) { statement(s, depth); }, stmt.as);
    }
  }

  void statement(const Let& s, int) {
    auto text = parts({s.value});
    line("let " + expression_text(s.var) + " = " + text[0]);
  }
  void statement(const Store& s, int) {
    std::vector<Ref> all{s.index, s.value};
    if (s.mask) all.push_back(s.mask);
    auto text = parts(all);
    line(expression_text(s.buffer) + "[" + text[0] + "] = " + text[1] + (s.mask ? " where " + text[2] : "") + (s.streaming ? " streaming" : ""));
  }
  void statement(const For& s, int depth) {
    std::vector<Ref> all{s.begin, s.end};
    for (auto& c : s.carried) all.push_back(c.init);
    auto text = parts(all);
    std::string head = "for " + expression_text(s.var) + " in " + text[0] + ".." + text[1] + " step " + std::to_string(s.step);
    for (std::size_t i = 0; i < s.carried.size(); ++i) head += ", " + expression_text(s.carried[i].var) + " = " + text[2 + i];
    line(head + " {");
    std::string outer = pad_;
    print(s.body, depth + 1);
    pad_ = outer + "  ";
    std::vector<Ref> next;
    for (auto& c : s.carried) next.push_back(c.next);
    text = parts(next);
    for (std::size_t i = 0; i < next.size(); ++i) line("next " + expression_text(s.carried[i].var) + " = " + text[i]);
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
    line("let " + expression_text(s.var) + " = " + text[0] + " of thread ^ " + std::to_string(s.distance));
  }
  void statement(const Prefetch& s, int) {
    auto text = parts({s.index});
    line("prefetch " + expression_text(s.buffer) + "[" + text[0] + "]");
  }
  void statement(const Barrier&, int) { line("barrier"); }

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
      std::string t = node_text(*n, text);
      bool is_root = false;
      for (const Ref& e : expressions) is_root |= e.get() == n;
      bool shared = uses[n] > 1 && t.size() > short_part, is_long = t.size() > longest_part && !is_root;
      if (!n->args.empty() && (shared || is_long)) {
        std::string name = "%" + std::to_string(++count_);
        line(name + " = " + t);
        t = name;
      }
      text.emplace(n, std::move(t));
    }
    std::vector<std::string> result;
    for (const Ref& e : expressions) result.push_back(text.at(e.get()));
    return result;
  }

  std::string out_, pad_;
  int count_ = 0;
};

} // namespace

std::string expression_text(const Ref& e) {
  constexpr std::size_t longest = 400;
  Texts text;
  for (const Node* n : post_order(e)) {
    std::string t = node_text(*n, text);
    if (t.size() > longest) t = std::string(n->op->name) + "(…)";
    text.emplace(n, std::move(t));
  }
  return text.at(e.get());
}

std::string to_text(const Kernel& kernel) { return Printer().print(kernel); }

} // namespace croton::ir
