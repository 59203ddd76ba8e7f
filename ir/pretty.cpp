#include "ir/pretty.h"
#include "ir/build.h"
#include "ir/forms.h"
#include <algorithm>
#include <unordered_map>

namespace croton::ir {

namespace {

// How tightly a text binds; an operand that binds less is put in parentheses.
enum Binding : int { comparing = 1, adding, multiplying, signing, raising, whole };

struct Part {
  std::string text;
  int binding = whole;
};

constexpr std::size_t short_part = 16, longest_part = 160, most_names = 40;

struct Infix {
  std::string_view op, symbol;
  int binding;
};
constexpr Infix infixes[] = {
    {"add", " + ", adding},          {"subtract", " − ", adding},     {"multiply", "·", multiplying},  {"divide", "/", multiplying},
    {"matmul", "·", multiplying},    {"floor_divide", " // ", multiplying}, {"remainder", " mod ", multiplying},
    {"less", " < ", comparing},      {"less_equal", " ≤ ", comparing}, {"greater", " > ", comparing},
    {"greater_equal", " ≥ ", comparing}, {"equal", " = ", comparing}, {"not_equal", " ≠ ", comparing},
    {"logical_and", " ∧ ", comparing}, {"logical_or", " ∨ ", comparing},
};

std::string subscript(std::size_t number) {
  static constexpr std::string_view digits[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  std::string text;
  for (char c : std::to_string(number)) text += digits[c - '0'];
  return text;
}

bool is_transparent(const Node& n) {
  static constexpr std::string_view names[] = {"broadcast_to", "expand_dims", "squeeze", "stop_gradient"};
  return std::find(std::begin(names), std::end(names), n.op->name) != std::end(names);
}

const Node& behind(const Ref& r) {
  const Node* n = r.get();
  while (is_transparent(*n)) n = n->args[0].get();
  return *n;
}

class Pretty {
public:
  std::string print(const Ref& root) {
    auto order = post_order(root);
    std::unordered_map<const Node*, int> uses;
    for (const Node* n : order)
      for (const Ref& a : n->args) ++uses[&behind(a)];
    for (const Node* n : order) {
      Part part = of(*n);
      bool shared = uses[n] > 1 && part.text.size() > short_part, is_long = part.text.size() > longest_part && n != root.get();
      if (!n->args.empty() && !is_transparent(*n) && !is_mean_part(*n) && (shared || is_long)) part = named(part);
      parts_.emplace(n, std::move(part));
    }
    std::string text = parts_.at(root.get()).text;
    for (std::size_t i = 0; i < std::min(names_.size(), most_names); ++i) text += (i ? ", t" : " where t") + subscript(i + 1) + " = " + names_[i];
    if (names_.size() > most_names) text += ", … and " + std::to_string(names_.size() - most_names) + " more";
    return text;
  }

private:
  Part named(const Part& part) {
    names_.push_back(part.text);
    return {"t" + subscript(names_.size()), whole};
  }

  const Part& at(const Ref& r) const { return parts_.at(r.get()); }
  std::string inside(const Ref& r, int binding) const {
    const Part& p = at(r);
    return p.binding < binding ? "(" + p.text + ")" : p.text;
  }

  Part of(const Node& n) {
    if (is_literal(n)) {
      std::string text = literal_text(n);
      if (text.ends_with(".0")) text.resize(text.size() - 2);
      return {text, text.starts_with('-') ? signing : whole};
    }
    if (body_of<Opaque>(n)) return call(n, user_name(n));
    if (!user_name(n).empty()) return {std::string(user_name(n)), whole};
    if (n.args.empty()) return {std::string(n.op->name), whole};
    if (is_transparent(n)) return at(n.args[0]);
    std::string_view op = n.op->name;
    if (op == "divide")
      if (auto mean = mean_of(n)) return *mean;
    if (op == "negative") return {"−" + inside(n.args[0], signing), signing};
    if (op == "square") return {inside(n.args[0], whole) + "²", raising};
    if (op == "pow") return {inside(n.args[0], whole) + "^" + inside(n.args[1], whole), raising};
    if (op == "reciprocal") return {"1/" + inside(n.args[0], signing), multiplying};
    if (op == "abs") return {"|" + at(n.args[0]).text + "|", whole};
    if (op == "sqrt") return {"√" + inside(n.args[0], whole), raising};
    if (op == "cast") return {std::string(name(n.dtype())) + "(" + at(n.args[0]).text + ")", whole};
    if (op == "permute" && n.attrs.integers("order") == std::vector<i64>{1, 0}) return {inside(n.args[0], whole) + "ᵀ", raising};
    for (const Infix& infix : infixes)
      if (infix.op == op) {
        bool tight_right = op == "subtract" || op == "divide" || infix.binding == comparing;
        return {inside(n.args[0], infix.binding) + std::string(infix.symbol) + inside(n.args[1], infix.binding + tight_right), infix.binding};
      }
    return call(n, op);
  }

  // Axes are told where a reduction keeps others.
  Part call(const Node& n, std::string_view op) {
    std::string text = std::string(op) + "(";
    for (std::size_t i = 0; i < n.args.size(); ++i) {
      bool size = n.args[i]->rank() == 0 && n.args[i]->dtype() == DType::i64 && i > 0;
      if (size && body_of<View>(n)) continue; // the new shape
      text += (i ? ", " : "") + at(n.args[i]).text;
    }
    if (body_of<Reduction>(n) && static_cast<int>(n.attrs.integers("axes").size()) < n.args[0]->rank()) text += ", " + axes_text(n);
    if (body_of<PrefixScan>(n)) text += scan_text(n);
    return {text + ")", whole};
  }

  static std::string scan_text(const Node& n) {
    std::string text = n.rank() > 1 ? ", axis " + std::to_string(n.attrs.integer("axis")) : "";
    for (std::string_view flag : {"reverse", "exclusive"})
      if (n.attrs.integer(flag)) text += ", " + std::string(flag);
    return text;
  }

  static std::string axes_text(const Node& n) {
    std::string text;
    for (i64 axis : n.attrs.integers("axes")) text += (text.empty() ? "axis " : ", ") + std::to_string(axis);
    return text;
  }

  // sum(x)/count, where count is that of the axes summed over.
  std::optional<Part> mean_of(const Node& n) const {
    const Node& total = behind(n.args[0]);
    if (total.op->name != "sum") return {};
    Shape reduced;
    for (i64 axis : total.attrs.integers("axes")) reduced.push_back(total.args[0]->shape()[static_cast<std::size_t>(axis)]);
    Ref count = cast(element_count(reduced), n.dtype());
    if (&behind(n.args[1]) != &behind(count)) return {};
    std::string axes = static_cast<int>(total.attrs.integers("axes").size()) < total.args[0]->rank() ? ", " + axes_text(total) : "";
    return Part{"mean(" + at(total.args[0]).text + axes + ")", whole};
  }
  static bool is_mean_part(const Node& n) { return n.rank() == 0 && n.dtype() == DType::i64; }

  std::unordered_map<const Node*, Part> parts_;
  std::vector<std::string> names_;
};

} // namespace

std::string pretty(const Ref& root) { return Pretty().print(root); }

} // namespace croton::ir
