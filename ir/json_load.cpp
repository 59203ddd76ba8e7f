#include "ir/base64.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/json.h"
#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace croton::ir {

namespace {

using Json = nlohmann::json;

i64 process_state() {
  static std::atomic<i64> next{-1};
  return next.fetch_sub(1, std::memory_order_relaxed);
}

class Loader {
public:
  Loader(const Json& root, const JsonOptions& options) : root_(root), options_(options) {}

  Document load() {
    version();
    each("inputs", [&](const std::string& at, const Json& e) { input(at, e); });
    each("shared", [&](const std::string& at, const Json& e) { shared(at, e); });
    each("gradients", [&](const std::string& at, const Json& e) { declare_gradient(at, e); });
    each("nodes", [&](const std::string& at, const Json& e) { node(at, e); });
    each("gradients", [&](const std::string& at, const Json& e) { finish_gradient(at, e); });
    each("outputs", [&](const std::string& at, const Json& e) {
      expect_keys(at, e, {"name", "node"});
      doc_.outputs.push_back({text(at, e, "name"), operand(at + ".node", field(at, e, "node"), {}, {})});
    });
    each("updates", [&](const std::string& at, const Json& e) { update(at, e); });
    return std::move(doc_);
  }

private:
  // ---- fields ----

  std::string place(const std::string& at) const { return options_.file + ": " + (at.empty() ? "" : at + ": "); }
  [[noreturn]] void fail(const std::string& at, const std::string& what) const { throw IoError(place(at) + what + "."); }

  static std::string shown(const Json& value) {
    if (value.is_structured()) return value.is_array() ? "an array" : "an object";
    std::string text = value.dump(-1, ' ', true);
    return text.size() > 60 ? text.substr(0, 60) + "…" : text;
  }

  template <class F> void each(const char* key, F f) {
    auto found = root_.find(key);
    if (found == root_.end()) return;
    if (!found->is_array()) fail(key, "found " + shown(*found) + ", expected an array");
    for (std::size_t i = 0; i < found->size(); ++i) f(std::string(key) + "[" + std::to_string(i) + "]", (*found)[i]);
  }

  void expect_keys(const std::string& at, const Json& e, std::initializer_list<std::string_view> keys) const {
    if (!e.is_object()) fail(at, "found " + shown(e) + ", expected an object");
    for (auto& [key, value] : e.items())
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) fail(at, "there is no field " + quoted_text(key.substr(0, 60)) + " here");
  }
  const Json& field(const std::string& at, const Json& e, const char* key) const {
    auto found = e.find(key);
    if (found == e.end()) fail(at, "the field '" + std::string(key) + "' is missing");
    return *found;
  }
  std::string text(const std::string& at, const Json& e, const char* key) const {
    const Json& value = field(at, e, key);
    if (!value.is_string()) fail(at + "." + key, "found " + shown(value) + ", expected a string");
    return value.get<std::string>();
  }
  i64 integer(const std::string& at, const Json& value) const {
    bool fits = value.is_number_integer() && (!value.is_number_unsigned() || value.get<u64>() <= INT64_MAX);
    if (!fits) fail(at, "found " + shown(value) + ", expected an integer of 64 bits");
    return value.get<i64>();
  }
  DType dtype(const std::string& at, const Json& e) const {
    auto found = dtype_named(text(at, e, "dtype"));
    if (!found) fail(at + ".dtype", "there is no dtype " + shown(e["dtype"]));
    return *found;
  }

  void version() {
    expect_keys("", root_, {"croton", "inputs", "shared", "nodes", "outputs", "updates", "gradients"});
    i64 version = integer("croton", field("", root_, "croton"));
    if (version != json_version)
      fail("croton", "found version " + std::to_string(version) + ", this program reads version " + std::to_string(json_version));
    field("", root_, "outputs");
    auto nodes = root_.find("nodes");
    if (nodes != root_.end() && nodes->size() > options_.max_nodes)
      fail("nodes[" + std::to_string(options_.max_nodes) + "]", "the document has " + std::to_string(nodes->size()) +
                                                                  " nodes, expected at most " + std::to_string(options_.max_nodes));
  }

  // ---- leaves ----

  void define(const std::string& at, const std::string& id, Ref node) {
    if (id.empty()) fail(at, "the id is empty");
    if (!ids_.emplace(id, std::move(node)).second) fail(at, "the id " + quoted_text(id.substr(0, 60)) + " is taken already");
  }
  std::string id_of(const std::string& at, const Json& e) const { return e.contains("id") ? text(at, e, "id") : text(at, e, "name"); }

  Args dims(const std::string& at, const Json& e) {
    const Json& shape = field(at, e, "shape");
    if (!shape.is_array()) fail(at + ".shape", "found " + shown(shape) + ", expected an array of sizes");
    Args args;
    for (std::size_t k = 0; k < shape.size(); ++k) args.push_back(dim(at + ".shape[" + std::to_string(k) + "]", shape[k]));
    return args;
  }
  Ref dim(const std::string& at, const Json& size) const {
    if (!size.is_string()) return constant_dim(integer(at, size));
    return located(place(at), [&] { return parse_dim(size.get_ref<const std::string&>()); });
  }

  void input(const std::string& at, const Json& e) {
    expect_keys(at, e, {"id", "name", "dtype", "shape"});
    Attrs attrs{{"name", text(at, e, "name")}, {"dtype", dtype(at, e)}};
    Ref x = located(place(at), [&] { return maker_.make(*find_op("input"), dims(at, e), attrs); });
    define(at, id_of(at, e), x);
    doc_.inputs.push_back(std::move(x));
  }

  void shared(const std::string& at, const Json& e) {
    expect_keys(at, e, {"id", "name", "dtype", "shape", "state", "value", "npy"});
    bool keep = options_.keep_states && e.contains("state");
    i64 state = keep ? integer(at + ".state", e["state"]) : options_.new_state ? options_.new_state() : process_state();
    Attrs attrs{{"name", text(at, e, "name")}, {"state", state}, {"dtype", dtype(at, e)}};
    Document::Shared s{located(place(at), [&] { return maker_.make(*find_op("shared"), dims(at, e), attrs); }), {}, {}};
    if (e.contains("npy")) s.npy = text(at, e, "npy");
    if (e.contains("value")) s.value = value(at + ".value", e["value"], s.node->type);
    define(at, id_of(at, e), s.node);
    doc_.shared.push_back(std::move(s));
  }

  Array value(const std::string& at, const Json& e, const Type& type) {
    expect_keys(at, e, {"shape", "data"});
    std::vector<i64> shape = integers(at + ".shape", field(at, e, "shape"));
    bool fits = shape.size() == type.shape.size();
    for (std::size_t k = 0; fits && k < shape.size(); ++k) fits = constant_value(type.shape[k]).value_or(shape[k]) == shape[k];
    if (!fits) fail(at + ".shape", "found " + shape_text(shape) + ", expected " + to_string(type.shape));
    return located(place(at), [&] {
      Array array;
      array.dtype = type.dtype;
      array.shape = shape;
      array.bytes = data(at + ".data", field(at, e, "data"), type.dtype);
      if (array.bytes.size() != static_cast<std::size_t>(checked_count(shape)) * size_of(type.dtype))
        fail(at + ".data", "found " + std::to_string(array.bytes.size()) + " bytes for " + shape_text(shape));
      return array;
    });
  }

  void declare_gradient(const std::string& at, const Json& e) {
    expect_keys(at, e, {"name", "of", "wrt"});
    std::string name = text(at, e, "name");
    doc_.gradients.push_back({name, {}, {}, {}});
    const Json& wrt = field(at, e, "wrt");
    // One with respect to an inner node exists once that node does.
    auto found = wrt.is_string() ? ids_.find(wrt.get<std::string>()) : ids_.end();
    if (found != ids_.end()) define(at, name, gradient_placeholder(name, found->second));
    else if (wrt.is_string()) waiting_[wrt.get<std::string>()].push_back({at, name});
  }

  void finish_gradient(const std::string& at, const Json& e) {
    Document::Gradient& g = doc_.gradients[finished_++];
    g.of = operand(at + ".of", field(at, e, "of"), {}, {});
    g.wrt = operand(at + ".wrt", field(at, e, "wrt"), {}, {});
    g.placeholder = gradient_placeholder(g.name, g.wrt);
  }

  void update(const std::string& at, const Json& e) {
    expect_keys(at, e, {"shared", "node"});
    Ref target = operand(at + ".shared", field(at, e, "shared"), {}, {}), value = operand(at + ".node", field(at, e, "node"), {}, {});
    if (!is_variable(*target) || !target->attrs.find("state")) fail(at + ".shared", shown(e["shared"]) + " is no shared variable");
    if (target->dtype() != value->dtype() || target->rank() != value->rank())
      fail(at, "the new value is " + describe(value) + ", expected the dtype and rank of " + describe(target));
    if (!updated_.insert(target).second) fail(at, shown(e["shared"]) + " is updated twice");
    doc_.updates.push_back({std::move(target), std::move(value)});
  }

  // ---- nodes ----

  void node(const std::string& at, const Json& e) {
    expect_keys(at, e, {"id", "op", "args", "attrs"});
    std::string id = text(at, e, "id");
    const Op& op = *located(place(at + ".op"), [&] { return &op_in_file(text(at, e, "op")); });
    if (op.group == "internal" || std::holds_alternative<Memory>(op.body)) fail(at + ".op", std::string(op.name) + " is internal and has no JSON form");
    if (std::holds_alternative<Opaque>(op.body) && !options_.allow_raw)
      fail(at + ".op", "a raw kernel is code that the document brings along, and runs as it is. Allow it (--allow-raw) where you trust the document");
    if (std::holds_alternative<Leaf>(op.body) && op.params.size() == 1) fail(at + ".op", "inputs and shared variables are listed under their own names");
    Ref result = located(place(at), [&] { return maker_.make(op, args(at, op, e), attributes(at, op, e)); });
    auto waiting = waiting_.find(id);
    define(at, id, result);
    if (waiting == waiting_.end()) return;
    for (auto& [where, name] : waiting->second) define(where, name, gradient_placeholder(name, result));
  }

  Args args(const std::string& at, const Op& op, const Json& e) {
    auto found = e.find("args");
    if (found == e.end()) return {};
    if (!found->is_array()) fail(at + ".args", "found " + shown(*found) + ", expected an array");
    Args known(found->size());
    auto is_literal = [](const Json& a) { return a.is_number() || (a.is_object() && a.contains("value")); };
    auto at_arg = [&](std::size_t i) { return at + ".args[" + std::to_string(i) + "]"; };
    for (std::size_t i = 0; i < known.size(); ++i)
      if (!is_literal((*found)[i])) known[i] = operand(at_arg(i), (*found)[i], {}, {});
    auto as_integer = literal_dtype(op, known, true), as_real = literal_dtype(op, known, false);
    for (std::size_t i = 0; i < known.size(); ++i)
      if (!known[i]) known[i] = operand(at_arg(i), (*found)[i], as_integer, as_real);
    return known;
  }

  Ref operand(const std::string& at, const Json& a, std::optional<DType> as_integer, std::optional<DType> as_real) const {
    if (a.is_string()) {
      auto found = ids_.find(a.get_ref<const std::string&>());
      if (found == ids_.end()) fail(at, "nothing named " + shown(a) + " is defined before this place");
      return found->second;
    }
    if (a.is_boolean()) return constant_int(DType::bool_, a.get<bool>());
    if (a.is_number()) {
      auto as = a.is_number_float() ? as_real : as_integer;
      if (!as) fail(at, "the dtype of " + shown(a) + R"( is not known: write {"value": …, "dtype": …})");
      return literal(at, *as, a);
    }
    if (a.is_object() && a.contains("dim")) {
      expect_keys(at, a, {"dim"});
      return dim(at, a["dim"]);
    }
    expect_keys(at, a, {"value", "dtype"});
    return literal(at, dtype(at, a), field(at, a, "value"));
  }

  Ref literal(const std::string& at, DType type, const Json& value) const {
    bool spelled = value.is_number() || value.is_boolean() || value.is_string();
    if (!spelled) fail(at, "found " + shown(value) + ", expected a number, a boolean, \"inf\", \"-inf\" or \"nan\"");
    std::string spelling = value.is_string() ? value.get<std::string>() : value.dump();
    return located(place(at), [&] { return literal_of(type, spelling); });
  }

  // ---- attributes ----

  Attrs attributes(const std::string& at, const Op& op, const Json& e) {
    auto found = e.find("attrs");
    if (found == e.end()) return ordered(op, {});
    if (!found->is_object()) fail(at + ".attrs", "found " + shown(*found) + ", expected an object");
    std::vector<std::pair<std::string, AttrValue>> given;
    for (auto& [key, value] : found->items()) {
      auto spec = std::find_if(op.attr_specs.begin(), op.attr_specs.end(), [&, k = std::string_view(key)](auto& s) { return s.name == k; });
      if (spec == op.attr_specs.end()) fail(at + ".attrs", std::string(op.name) + " has no attribute " + quoted_text(key.substr(0, 60)));
      given.emplace_back(key, attribute(at + ".attrs." + key, spec->kind, value, *found));
    }
    return ordered(op, std::move(given));
  }

  AttrValue attribute(const std::string& at, std::string_view kind, const Json& value, const Json& all) const {
    if (kind == "int") return integer(at, value);
    if (kind == "functions") return options_.keep_states || integer(at, value) == 0 ? integer(at, value) : i64(-1); // of another process
    if (kind == "bool") {
      if (!value.is_boolean()) fail(at, "found " + shown(value) + ", expected true or false");
      return i64(value.get<bool>());
    }
    if (kind == "ints") return integers(at, value);
    if (kind == "data") return Bytes(std::make_shared<const std::vector<std::byte>>(data(at, value, dtype(at, all))));
    if (kind == "number") return number(at, value, all);
    if (!value.is_string()) fail(at, "found " + shown(value) + ", expected a string");
    if (kind == "text") return value.get<std::string>();
    auto found = dtype_named(value.get<std::string>());
    if (!found) fail(at, "there is no dtype " + shown(value));
    return *found;
  }

  // As the dtype beside it holds the value.
  AttrValue number(const std::string& at, const Json& value, const Json& all) const {
    DType type = all.contains("dtype") ? dtype(at, all) : value.is_number_integer() ? DType::i64 : DType::f64;
    return *literal(at, type, value)->attrs.find("value");
  }

  std::vector<i64> integers(const std::string& at, const Json& value) const {
    if (!value.is_array()) fail(at, "found " + shown(value) + ", expected an array of integers");
    std::vector<i64> result;
    for (const Json& element : value) result.push_back(integer(at, element));
    return result;
  }

  // A flat row-major list of numbers, or "base64:…" of the little-endian elements.
  std::vector<std::byte> data(const std::string& at, const Json& value, DType type) const {
    if (value.is_string()) {
      std::string_view spelled = value.get_ref<const std::string&>();
      auto bytes = spelled.starts_with("base64:") ? from_base64(spelled.substr(7)) : std::nullopt;
      if (!bytes) fail(at, "expected numbers or \"base64:\" and base64 digits");
      return *bytes;
    }
    if (!value.is_array()) fail(at, "found " + shown(value) + ", expected an array of numbers");
    expect_host_dtype(type, "json");
    std::vector<std::byte> bytes(value.size() * size_of(type));
    for (std::size_t i = 0; i < value.size(); ++i) {
      Ref element = literal(at, type, value[i]);
      const AttrValue& v = *element->attrs.find("value");
      Scalar scalar = is_float(type) ? Scalar{std::get<double>(v), 0} : Scalar{0, std::get<i64>(v)};
      store_element(type, bytes.data() + i * size_of(type), scalar);
    }
    return bytes;
  }

  const Json& root_;
  const JsonOptions& options_;
  Document doc_;
  Maker maker_;
  std::unordered_map<std::string, Ref> ids_;
  std::unordered_map<std::string, std::vector<std::pair<std::string, std::string>>> waiting_; ///< gradients by their wrt
  std::unordered_set<Ref> updated_;
  std::size_t finished_ = 0;
};

} // namespace

Document from_json(std::string_view text, const JsonOptions& options) {
  Json root;
  try {
    root = Json::parse(text);
  } catch (const Json::exception& e) {
    std::string reason = e.what();
    std::replace_if(reason.begin(), reason.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    throw IoError(options.file + ": this is no JSON: " + reason.substr(0, 300) + ".");
  }
  return Loader(root, options).load();
}

} // namespace croton::ir
