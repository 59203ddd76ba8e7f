#include "ir/pretty.h"
#include "ir/build.h"
#include "ir/forms.h"
#include <algorithm>
#include <unordered_map>

namespace croton::ir {

namespace {

struct Part {
  std::string text;
  Binding binding = Binding::whole;
};

constexpr std::size_t short_part = 16, longest_part = 160, most_names = 40;

std::string subscript(std::size_t number) {
  static constexpr std::string_view digits[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};
  std::string text;
  for (char c : std::to_string(number)) text += digits[c - '0'];
  return text;
}

bool is_transparent(const Node& n) { return n.op->notation.silent; }

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
    return {"t" + subscript(names_.size()), Binding::whole};
  }

  const Part& at(const Ref& r) const { return parts_.at(r.get()); }
  std::string inside(const Ref& r, Binding binding) const {
    const Part& p = at(r);
    return p.binding < binding ? "(" + p.text + ")" : p.text;
  }

  Part of(const Node& n) {
    if (is_literal(n)) {
      std::string text = literal_text(n);
      if (text.ends_with(".0")) text.resize(text.size() - 2);
      return {text, text.starts_with('-') ? Binding::signing : Binding::whole};
    }
    if (body_of<Opaque>(n)) return call(n, user_name(n));
    if (!user_name(n).empty()) return {std::string(user_name(n)), Binding::whole};
    if (n.args.empty()) return {std::string(n.op->name), Binding::whole};
    if (is_transparent(n)) return at(n.args[0]);
    if (n.op->name == "divide")
      if (auto mean = mean_of(n)) return *mean;
    const Notation& form = n.op->notation;
    if (is_written(form) && (!form.applies || form.applies(n))) return written(n, form);
    if (auto* p = body_of<Pointwise>(n); p && p->result == Pointwise::Result::attribute && !p->reinterpret) return call(n, name(n.dtype()));
    return call(n, n.op->name);
  }

  static bool is_written(const Notation& form) { return !form.before.empty() || !form.between.empty() || !form.after.empty(); }
  Part written(const Node& n, const Notation& form) const {
    std::string text = std::string(form.before) + inside(n.args[0], form.first);
    if (!form.between.empty()) text += std::string(form.between) + inside(n.args[1], form.second);
    return {text + std::string(form.after), form.binding};
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
    return {text + ")", Binding::whole};
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
    return Part{"mean(" + at(total.args[0]).text + axes + ")", Binding::whole};
  }
  static bool is_mean_part(const Node& n) { return n.rank() == 0 && n.dtype() == DType::i64; }

  std::unordered_map<const Node*, Part> parts_;
  std::vector<std::string> names_;
};

} // namespace

std::string pretty(const Ref& root) { return Pretty().print(root); }

} // namespace croton::ir
