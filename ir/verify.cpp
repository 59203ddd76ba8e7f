#include "ir/verify.h"
#include "ir/build.h"
#include <unordered_set>

namespace croton::ir {

namespace {

// True when an attribute of that kind of the schema may hold the value.
bool holds_kind(std::string_view kind, const AttrValue& value) {
  if (kind == "int" || kind == "functions") return std::holds_alternative<i64>(value);
  if (kind == "bool") return std::holds_alternative<i64>(value) && (std::get<i64>(value) == 0 || std::get<i64>(value) == 1);
  if (kind == "ints") return std::holds_alternative<std::vector<i64>>(value);
  if (kind == "dtype") return std::holds_alternative<DType>(value);
  if (kind == "number") return std::holds_alternative<double>(value) || std::holds_alternative<i64>(value);
  if (kind == "text") return std::holds_alternative<std::string>(value);
  return kind == "data" && std::holds_alternative<Bytes>(value);
}

class Verifier {
public:
  explicit Verifier(std::string_view pass) : pass_(pass) {}

  void node(const Node& n) {
    if (body_of<Memory>(n)) fail(n, "belongs in a kernel, not in a graph");
    if (n.rank() > max_rank) fail(n, "has rank " + std::to_string(n.rank()) + ", expected at most " + std::to_string(max_rank));
    for (const Dim& d : n.shape()) dim(n, d);
    attributes(n);
    type(n);
  }

private:
  [[noreturn]] void fail(const Node& n, const std::string& what) const {
    throw InternalError("[verify] after " + std::string(pass_) + ": " + describe(Ref(&n)) + " " + what + ".");
  }

  void dim(const Node& n, const Dim& d) {
    if (!d) fail(n, "has an empty dim");
    if (d->dtype() != DType::i64 || d->rank() != 0) fail(n, "has a dim that is not an i64 scalar: " + describe(d));
    if (auto size = constant_value(d); size && *size < 0) fail(n, "has the negative size " + std::to_string(*size));
    std::vector<const Node*> stack{d.get()};
    while (!stack.empty()) {
      const Node* part = stack.back();
      stack.pop_back();
      if (!checked_.insert(part).second) continue;
      auto* body = body_of<Pointwise>(*part);
      if (part->rank() != 0 || (body && is_float(part->dtype()))) fail(n, "has a dim that is not index arithmetic: " + describe(Ref(part)));
      if (body && part->dtype() == DType::i64) // others are scalars that the graph computes
        for (const Ref& a : part->args) stack.push_back(a.get());
    }
  }

  void attributes(const Node& n) const {
    auto spec = n.op->attr_specs.begin(), end = n.op->attr_specs.end();
    for (auto& [key, value] : n.attrs.entries()) {
      while (spec != end && spec->name != key) ++spec;
      if (spec == end) fail(n, "has the attribute '" + std::string(key) + "' that is not in its schema at this place");
      if (!holds_kind(spec->kind, value)) fail(n, "has the attribute '" + std::string(key) + "' that is not of kind " + std::string(spec->kind));
      ++spec;
    }
  }

  void type(const Node& n) const {
    Type derived;
    try {
      derived = n.op->type(*n.op, n.args, n.attrs);
    } catch (const Error& error) {
      fail(n, std::string("is refused by its own type rule: ") + error.what());
    }
    if (derived != n.type)
      fail(n, "has another type than its rule gives: " + std::string(name(derived.dtype)) + to_string(derived.shape));
  }

  std::string_view pass_;
  std::unordered_set<const Node*> checked_;
};

} // namespace

void verify(std::span<const Ref> roots, std::string_view after_pass) {
  Verifier verifier(after_pass);
  for (const Node* n : post_order(roots)) verifier.node(*n);
}
void verify(const Ref& root, std::string_view after_pass) { verify(std::span(&root, 1), after_pass); }

} // namespace croton::ir
