#include "ir/dot.h"
#include "ir/build.h"
#include "ir/forms.h"
#include <unordered_map>
#include <unordered_set>

namespace croton::ir {

namespace {

constexpr std::size_t longest = 60; // letters of a name or a list in a box

bool is_scalar_constant(const Node& n) { return is_constant(n) && n.attrs.find("value") && !n.attrs.find("shape"); }

std::string shortened(std::string text) {
  if (text.size() <= longest) return text;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end; // whole UTF-8 letters
  return text.substr(0, end) + "…";
}

// Inside a DOT string; a line break there is written \n.
std::string escaped(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    if (c == '\n') result += "\\n";
    else result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return result;
}

struct AttrText {
  std::string_view kind;
  std::string operator()(i64 v) const { return kind == "bool" ? (v ? "true" : "false") : std::to_string(v); }
  std::string operator()(double v) const { return literal_text(*constant(DType::f64, v)); }
  std::string operator()(const std::string& v) const { return v; }
  std::string operator()(DType v) const { return std::string(name(v)); }
  std::string operator()(const std::vector<i64>& v) const {
    std::string text = "[";
    for (std::size_t i = 0; i < v.size(); ++i) text += (i ? ", " : "") + std::to_string(v[i]);
    return text + "]";
  }
  std::string operator()(const Bytes& v) const { return std::to_string(v->size()) + " bytes"; }
};

class Drawing {
public:
  std::string draw(std::span<const Ref> roots, std::span<const std::string> names, std::size_t most) {
    text_ = "digraph croton {\n  rankdir=TB;\n  node [shape=box, style=\"rounded,filled\", fillcolor=white, fontname=\"Helvetica\", fontsize=11];\n"
            "  edge [fontname=\"Helvetica\", fontsize=9, arrowsize=0.7];\n";
    auto order = post_order(roots);
    std::unordered_set<const Node*> needed;
    for (const Ref& r : roots) needed.insert(r.get());
    for (std::size_t i = order.size(); i-- > 0;)
      if (needed.contains(order[i]))
        for (const Ref& a : order[i]->args)
          if (!is_inline(a)) needed.insert(a.get());
    std::vector<const Node*> boxes;
    for (const Node* n : order)
      if (needed.contains(n)) boxes.push_back(n);
    std::size_t left = most && boxes.size() > most ? boxes.size() - most : 0;
    if (left) text_ += "  more [label=\"… " + std::to_string(left) + " nodes farther from the results are left out\", shape=note, style=filled, fillcolor=\"#fff2cc\"];\n";
    for (std::size_t i = 0; i < left; ++i) ids_.emplace(boxes[i], "more");
    for (std::size_t i = left; i < boxes.size(); ++i) box(*boxes[i]);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      std::string id = "o" + std::to_string(i), name = i < names.size() ? names[i] : "out" + std::to_string(i);
      text_ += "  " + id + " [label=\"" + escaped(shortened(name)) + "\", shape=plaintext, style=\"\"];\n  " + ids_.at(roots[i].get()) + " -> " + id + ";\n";
    }
    return text_ + "}\n";
  }

private:
  bool is_inline(const Ref& r) { return is_scalar_constant(*r) || costs_.text(r).has_value(); }
  std::string inline_text(const Ref& r) { return is_scalar_constant(*r) ? literal_text(*r) : *costs_.text(r); }

  static std::string operand_name(const Op& op, std::size_t i) {
    if (op.params.empty()) return std::to_string(i);
    std::string_view last = op.params.back();
    bool repeats = last.ends_with("...");
    if (repeats && i + 1 >= op.params.size()) return std::string(last.substr(0, last.size() - 3)) + "[" + std::to_string(i + 1 - op.params.size()) + "]";
    return i < op.params.size() ? std::string(op.params[i]) : std::to_string(i);
  }

  std::string attributes(const Node& n) {
    std::string text;
    for (auto& [key, value] : n.attrs.entries()) {
      if (key == "name" || key == "state" || (is_variable(n) && key == "dtype")) continue;
      std::string_view kind;
      for (const AttrSpec& spec : n.op->attr_specs)
        if (spec.name == key) kind = spec.kind;
      text += "\n" + std::string(key) + " = " + shortened(std::visit(AttrText{kind}, value));
    }
    return text;
  }

  void box(const Node& n) {
    std::string id = "n" + std::to_string(ids_.size() + 1);
    ids_.emplace(&n, id);
    std::string_view user = user_name(n);
    std::string label = user.empty() ? "%" + std::to_string(++count_) + " " + std::string(n.op->name) : shortened(std::string(user)) + " (" + std::string(n.op->name) + ")";
    if (is_scalar_constant(n)) label += "\n" + literal_text(n);
    std::string edges;
    bool several = n.args.size() > 1;
    if (!is_variable(n))
      for (std::size_t i = 0; i < n.args.size(); ++i) {
        const Ref& a = n.args[i];
        if (is_inline(a)) label += "\n" + operand_name(*n.op, i) + " = " + shortened(inline_text(a));
        else edges += "  " + ids_.at(a.get()) + " -> " + id + (several ? " [label=\"" + escaped(operand_name(*n.op, i)) + "\"]" : std::string()) + ";\n";
      }
    if (!is_scalar_constant(n)) label += attributes(n);
    label += "\n" + shortened(costs_.type_text(n.type));
    if (n.where) label += "\n" + to_string(n.where);
    std::string_view fill = is_variable(n) ? (n.attrs.find("state") ? ", fillcolor=\"#fff2cc\"" : ", fillcolor=\"#dae8fc\"") : "";
    text_ += "  " + id + " [label=\"" + escaped(label) + "\"" + std::string(fill) + "];\n" + edges;
  }

  std::string text_;
  IndexCosts costs_;
  std::unordered_map<const Node*, std::string> ids_;
  int count_ = 0;
};

} // namespace

std::string to_dot(std::span<const Ref> roots, std::span<const std::string> names, std::size_t max_nodes) { return Drawing().draw(roots, names, max_nodes); }

} // namespace croton::ir
