#include "ir/dot.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/repeats.h"
#include <algorithm>
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
    std::vector<Item> items = most && boxes.size() > most ? folded(boxes) : std::vector<Item>(boxes.begin(), boxes.end());
    std::size_t cut = most && items.size() > most ? items.size() - most : 0;
    leave_out(std::span(items).first(cut));
    for (std::size_t i = cut; i < items.size(); ++i) items[i].repeats.empty() ? box(*items[i].node) : note(items[i]);
    for (std::size_t i = 0; i < roots.size(); ++i) {
      std::string id = "o" + std::to_string(i), name = i < names.size() ? names[i] : "out" + std::to_string(i);
      text_ += "  " + id + " [label=\"" + escaped(shortened(name)) + "\", shape=plaintext, style=\"\"];\n  " + ids_.at(roots[i].get()) + " -> " + id + ";\n";
    }
    return text_ + "}\n";
  }

private:
  /// A box, or the note that stands for further blocks like those in front of it.
  struct Item {
    Item(const Node* shown) : node(shown) {}
    const Node* node; ///< of a note: the last that was shown
    std::vector<const Node*> repeats = {};
    std::size_t period = 0;
  };

  static std::vector<Item> folded(const std::vector<const Node*>& boxes) {
    std::vector<Item> items;
    auto s = signatures(boxes);
    for (std::size_t i = 0; i < boxes.size();) {
      Repeat r = repeat_at(s, i);
      for (std::size_t k = 0; k < std::max<std::size_t>(r.period, 1); ++k) items.emplace_back(boxes[i + k]);
      i += std::max<std::size_t>(r.period, 1);
      if (!r.count) continue;
      Item& item = items.emplace_back(boxes[i - 1]);
      item.period = r.period;
      for (std::size_t k = r.period; k < r.period * r.count; ++k, ++i) item.repeats.push_back(boxes[i]);
    }
    return items;
  }

  static constexpr std::string_view note_style = ", shape=note, style=filled, fillcolor=\"#fff2cc\"];\n";

  void leave_out(std::span<const Item> items) {
    std::size_t nodes = 0;
    for (const Item& item : items) {
      nodes += item.repeats.empty() ? 1 : item.repeats.size();
      if (item.repeats.empty()) unseen(*item.node, "more");
      for (const Node* n : item.repeats) unseen(*n, "more");
    }
    if (nodes) text_ += "  more [label=\"… " + std::to_string(nodes) + " nodes farther from the results are left out\"" + std::string(note_style);
  }

  void note(const Item& item) {
    std::string id = "r" + std::to_string(++notes_), last = ids_.at(item.node);
    text_ += "  " + id + " [label=\"… the " + (item.period == 1 ? "box" : std::to_string(item.period) + " boxes") + " above, " + std::to_string(item.repeats.size() / item.period) + " more times\"" + std::string(note_style);
    text_ += "  " + last + " -> " + id + ";\n";
    for (const Node* n : item.repeats) unseen(*n, id);
  }

  /// Stands in the box `id`; its number is left out.
  void unseen(const Node& n, const std::string& id) {
    ids_.emplace(&n, id);
    count_ += user_name(n).empty();
  }

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
    std::string id = "n" + std::to_string(++boxes_);
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
  int boxes_ = 0, count_ = 0, notes_ = 0;
};

} // namespace

std::string to_dot(std::span<const Ref> roots, std::span<const std::string> names, std::size_t max_nodes) { return Drawing().draw(roots, names, max_nodes); }

} // namespace croton::ir
