#include "ir/manual.h"
#include <algorithm>
#include <cstdio>
#include <vector>

namespace croton::ir {

namespace {

constexpr std::string_view preface = R"(# Ops

Made from the op records in `ir/ops/`; a test compares. These are the names in the text form, in JSON documents and in the
`[…]` of messages, and for pointwise ops also those of the C++ functions. `croton ops NAME` prints one of them,
`croton ops --json` all of them for scripts. Composite functions (`softmax`, `cross_entropy`, `layer_norm`, `var`, …) are
ordinary functions over these: `include/croton/nn.h`, `reductions.h`, `shaping.h`.

- *takes*: dtypes of the operands in the graph; the C++ functions promote and convert first (`docs/semantics.md`).
- *gradient*: yes; zero, where the op is piecewise constant or gives integers; none, where asking for it is an error.
- *ulp*: how far the CPU backend may be from the exact result in f32 and f64, inside the op's domain.

)";

std::string_view taken(Accepts accepts) {
  switch (accepts) {
  case Accepts::any: return "any dtype";
  case Accepts::numeric: return "numbers";
  case Accepts::real_number: return "real numbers";
  case Accepts::floating: return "floats";
  case Accepts::integer: return "integers";
  case Accepts::boolean: return "bool";
  case Accepts::bits: return "integers, bool";
  case Accepts::index: return "i64";
  }
  return "";
}

std::string signature(const Op& op) {
  std::string text;
  for (std::string_view p : op.params) text += (text.empty() ? "" : ", ") + std::string(p);
  for (const AttrSpec& a : op.attr_specs) text += (text.empty() ? "" : ", ") + std::string(a.name) + "=";
  return std::string(op.name) + "(" + text + ")";
}

std::string accuracy(const Op& op) {
  auto* p = std::get_if<Pointwise>(&op.body);
  bool plain = p && p->ulp.f32 == 0.5 && p->ulp.f64 == 0.5;
  if (!p || p->result != Pointwise::Result::same || (plain && op.accepts != Accepts::floating)) return "";
  char text[64];
  std::snprintf(text, sizeof text, "%g, %g", p->ulp.f32, p->ulp.f64);
  return text;
}

void row(std::string& text, const Op& op) {
  text += "| `" + signature(op) + "` | " + std::string(op.doc);
  for (const AttrSpec& a : op.attr_specs) text += "<br>`" + std::string(a.name) + "`: " + std::string(a.doc);
  text += " | " + std::string(body_name(op)) + " | " + std::string(taken(op.accepts)) + " | " +
          (op.differentiable ? (op.vjp ? "yes" : "none") : "zero") + " | " + accuracy(op) + " |\n";
}

} // namespace

std::string_view body_name(const Op& op) {
  struct Name {
    std::string_view operator()(const Leaf&) const { return "leaf"; }
    std::string_view operator()(const Pointwise&) const { return "pointwise"; }
    std::string_view operator()(const Reduction&) const { return "reduction"; }
    std::string_view operator()(const View&) const { return "view"; }
    std::string_view operator()(const Generator&) const { return "generator"; }
    std::string_view operator()(const Indexed&) const { return "indexed"; }
    std::string_view operator()(const Contraction&) const { return "contraction"; }
    std::string_view operator()(const Scatter&) const { return "scatter"; }
    std::string_view operator()(const PrefixScan&) const { return "scan"; }
    std::string_view operator()(const Opaque&) const { return "opaque"; }
    std::string_view operator()(const Memory&) const { return "memory"; }
  };
  return std::visit(Name{}, op.body);
}

bool is_internal(const Op& op) { return op.group == "internal" || std::holds_alternative<Memory>(op.body); }

std::string ops_manual() {
  std::string text(preface);
  std::vector<std::string_view> groups; // a family may hold ops of several
  for (const Op* op : all_ops())
    if (!is_internal(*op) && std::find(groups.begin(), groups.end(), op->group) == groups.end()) groups.push_back(op->group);
  for (std::string_view group : groups) {
    text += "## " + std::string(group) + "\n\n| op | gives | body | takes | gradient | ulp |\n| --- | --- | --- | --- | --- | --- |\n";
    for (const Op* op : all_ops())
      if (op->group == group && !is_internal(*op)) row(text, *op);
    text += "\n";
  }
  text.pop_back();
  return text;
}

} // namespace croton::ir
