#include "ir/base64.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/json.h"
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace croton::ir {

namespace {

using Json = nlohmann::ordered_json;

bool is_scalar_constant(const Node& n) { return is_constant(n) && n.attrs.find("value") && !n.attrs.find("shape"); }

Json base64(std::span<const std::byte> bytes) { return "base64:" + to_base64(bytes); }

// A number that the loader reads back as this constant; a string for what JSON has no number for.
Json number_of(const Node& constant) {
  const AttrValue& v = *constant.attrs.find("value");
  if (constant.dtype() == DType::bool_) return std::get<i64>(v) != 0;
  if (auto* k = std::get_if<i64>(&v)) {
    if (constant.dtype() == DType::u64) return static_cast<u64>(*k);
    return *k;
  }
  double value = std::get<double>(v);
  if (!std::isfinite(value)) return literal_text(constant);
  double shorter = std::stod(literal_text(constant)); // 0.1 rather than the digits of the f32 nearest to it
  bool same = constant.dtype() == DType::f32 && static_cast<double>(static_cast<float>(shorter)) == value;
  return same ? shorter : value;
}

struct SaveAttr {
  std::string_view kind;
  Json operator()(i64 v) const { return kind == "bool" && (v == 0 || v == 1) ? Json(v != 0) : Json(v); }
  Json operator()(double v) const { return number_of(*constant(DType::f64, v)); }
  Json operator()(const std::string& v) const { return v; }
  Json operator()(DType v) const { return std::string(name(v)); }
  Json operator()(const std::vector<i64>& v) const { return v; }
  Json operator()(const Bytes& v) const { return base64(*v); }
};

class Saver {
public:
  explicit Saver(const Document& d) : doc_(d) {}

  std::string save() {
    leaves();
    for (const Node* n : post_order(roots()))
      if (needs_node(*n)) node(*n);
    std::vector<Json> outputs, updates, gradients;
    for (auto& o : doc_.outputs) outputs.push_back({{"name", o.name}, {"node", operand(o.node, {}, {})}});
    for (auto& u : doc_.updates) updates.push_back({{"shared", ids_.at(u.shared.get())}, {"node", operand(u.value, {}, {})}});
    for (auto& g : doc_.gradients)
      gradients.push_back({{"name", g.name}, {"of", operand(g.of, {}, {})}, {"wrt", operand(g.wrt, {}, {})}});
    std::string text = "{\"croton\": " + std::to_string(json_version);
    append(text, "inputs", inputs_);
    append(text, "shared", shared_);
    append(text, "nodes", nodes_);
    append(text, "outputs", outputs);
    append(text, "updates", updates);
    append(text, "gradients", gradients);
    return text + "\n}\n";
  }

private:
  [[noreturn]] static void fail(const std::string& what) { throw ValueError("[json] " + what); }

  static void append(std::string& text, const char* key, const std::vector<Json>& entries) {
    if (entries.empty() && std::string_view(key) != "outputs") return;
    text += ",\n \"" + std::string(key) + "\": [";
    for (std::size_t i = 0; i < entries.size(); ++i) text += (i ? ",\n  " : "\n  ") + entries[i].dump();
    text += "\n ]";
  }

  std::vector<Ref> roots() const {
    std::vector<Ref> all;
    for (auto& o : doc_.outputs) all.push_back(o.node);
    for (auto& u : doc_.updates) all.push_back(u.value);
    for (auto& g : doc_.gradients) {
      all.push_back(g.of);
      all.push_back(g.wrt);
    }
    return all;
  }

  // ---- leaves ----

  void leaves() {
    for (auto& g : doc_.gradients) { // nodes call them by their names
      if (!taken_.insert(g.name).second) fail("two gradients are named " + quoted_text(g.name) + ". Rename one.");
      ids_.emplace(g.placeholder.get(), g.name);
    }
    for (const Ref& x : doc_.inputs) inputs_.push_back(declaration(x));
    for (auto& s : doc_.shared) {
      Json entry = declaration(s.node);
      entry["state"] = s.node->attrs.integer("state");
      if (s.value) entry["value"] = {{"shape", s.value->shape}, {"data", base64(s.value->bytes)}};
      if (!s.npy.empty()) entry["npy"] = s.npy;
      shared_.push_back(std::move(entry));
    }
  }

  Json declaration(const Ref& leaf) {
    std::string name(user_name(*leaf)), id = name;
    for (int k = 1; id.empty() || !taken_.insert(id).second; ++k) id = name + "#" + std::to_string(k);
    if (!ids_.emplace(leaf.get(), id).second) fail(describe(leaf) + " is listed twice.");
    Json shape = Json::array();
    for (const Dim& d : leaf->shape()) shape.push_back(size(d));
    Json entry{{"name", name}, {"dtype", std::string(croton::name(leaf->dtype()))}, {"shape", shape}};
    if (id != name) entry["id"] = id;
    return entry;
  }

  Json size(const Dim& d) {
    if (auto k = constant_value(d)) return *k;
    auto& text = costs_.text(d);
    if (!text) throw UnsupportedError("[json] a size of an input must be an expression of symbols, found " + describe(d) + ".");
    return *text;
  }

  // ---- nodes ----

  bool needs_node(const Node& n) {
    if (ids_.contains(&n) || is_scalar_constant(n)) return false;
    Ref r(&n);
    return !costs_.text(r).has_value();
  }

  void node(const Node& n) {
    if (is_variable(n)) fail(describe(Ref(&n)) + " is used, but is not listed in the document.");
    if (n.op->group == "internal" || body_of<Memory>(n)) throw UnsupportedError("[json] " + std::string(n.op->name) + " is internal: it has no JSON form.");
    std::string id;
    do id = "n" + std::to_string(nodes_.size() + ++skipped_);
    while (!taken_.insert(id).second);
    --skipped_;
    ids_.emplace(&n, id);
    Args known;
    for (const Ref& a : n.args) known.push_back(is_scalar_constant(*a) ? Ref() : a);
    auto as_integer = literal_dtype(*n.op, known, true), as_real = literal_dtype(*n.op, known, false);
    Json entry{{"id", id}, {"op", std::string(n.op->name)}, {"args", Json::array()}};
    for (const Ref& a : n.args) entry["args"].push_back(operand(a, as_integer, as_real));
    for (auto& [key, value] : n.attrs.entries()) {
      auto spec = std::find_if(n.op->attr_specs.begin(), n.op->attr_specs.end(), [&](auto& s) { return s.name == key; });
      entry["attrs"][std::string(key)] = std::visit(SaveAttr{spec == n.op->attr_specs.end() ? "" : spec->kind}, value);
    }
    nodes_.push_back(std::move(entry));
  }

  Json operand(const Ref& r, std::optional<DType> as_integer, std::optional<DType> as_real) {
    if (auto id = ids_.find(r.get()); id != ids_.end()) return id->second;
    if (!is_scalar_constant(*r)) return {{"dim", *costs_.text(r)}};
    Json value = number_of(*r);
    if (value.is_boolean()) return value;
    bool bare = value.is_number_float() ? as_real == r->dtype() : value.is_number() && as_integer == r->dtype();
    return bare ? value : Json{{"value", value}, {"dtype", std::string(croton::name(r->dtype()))}};
  }

  const Document& doc_;
  IndexCosts costs_;
  std::unordered_map<const Node*, std::string> ids_;
  std::unordered_set<std::string> taken_;
  std::vector<Json> inputs_, shared_, nodes_;
  std::size_t skipped_ = 0;
};

} // namespace

std::string to_json(const Document& document) {
  try {
    return Saver(document).save();
  } catch (const nlohmann::json::exception& e) { // a name that is not UTF-8
    throw ValueError("[json] the document cannot be written: " + std::string(e.what()) + ".");
  }
}

Document document_of(std::span<const Ref> roots) {
  Document d;
  for (const Node* n : post_order(roots)) {
    if (!is_variable(*n)) continue;
    if (n->attrs.find("state")) d.shared.push_back({Ref(n), {}, {}});
    else d.inputs.push_back(Ref(n));
  }
  for (std::size_t i = 0; i < roots.size(); ++i) d.outputs.push_back({"out" + std::to_string(i), roots[i]});
  return d;
}

Ref gradient_placeholder(std::string_view name, const Ref& wrt) {
  return variable("∂" + std::string(name), wrt->dtype(), wrt->shape());
}

} // namespace croton::ir
