// Expressions and types.
#include "codegen/c_function.h"
#include <bit>
#include <cinttypes>
#include <cmath>

namespace croton::codegen {

using namespace ir;

namespace {

bool is_splat(const Node& n) { return body_of<View>(n) && n.args[0]->rank() == 0; }

DType unsigned_twin(DType d) {
  switch (size_of(d)) {
  case 1: return DType::u8;
  case 2: return DType::u16;
  case 4: return DType::u32;
  default: return DType::u64;
  }
}
DType signed_twin(DType d) {
  switch (size_of(d)) {
  case 1: return DType::i8;
  case 2: return DType::i16;
  case 4: return DType::i32;
  default: return DType::i64;
  }
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) text.replace(at, what.size(), by);
  return text;
}

} // namespace

// ---- types ------------------------------------------------------------------------------------------------------

std::string CFunction::element(DType d) const {
  std::string_view name = language_.types[static_cast<std::size_t>(d)];
  if (name.empty()) throw UnsupportedError("[codegen] " + std::string(language_.name) + " has no " + std::string(croton::name(d)) + " yet. Cast to f32 or f64.");
  return std::string(name);
}

std::string CFunction::vector_of(const std::string& element, i64 lanes) const {
  if (lanes <= 1) return element;
  if (!language_.has_vectors || !std::has_single_bit(static_cast<std::uint64_t>(lanes)) || lanes > 16)
    throw UnsupportedError("[codegen] " + std::string(language_.name) + " has no vectors of " + std::to_string(lanes) + " " + element + ". Schedule for lanes that it has.");
  return element + std::string(language_.vector_mark) + std::to_string(lanes);
}

std::string CFunction::type(DType d, i64 lanes) const {
  if (lanes > 1 && d == DType::bool_) return vector_of(element(DType::i8), lanes);
  return vector_of(element(d), lanes);
}

// ---- values -----------------------------------------------------------------------------------------------------

const std::string* CFunction::find(const Node& node) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
    if (auto found = scope->find(&node); found != scope->end()) return &found->second;
  return nullptr;
}

// A value that a store may change is read again by every statement.
bool CFunction::is_pure(const Ref& e) const {
  for (const Node* n : post_order(e))
    if (is_load(*n) && written_.contains(n->args[0].get())) return false;
  return true;
}

std::string CFunction::value(const Ref& e) {
  alive_.push_back(e);
  if (is_constant(*e)) return literal(*e);
  if (const std::string* known = find(*e)) return *known;
  bool pure = is_pure(e);
  std::vector<const Node*> once;
  for (const Node* n : post_order(e)) {
    if (is_buffer(*n) || is_constant(*n) || find(*n)) continue;
    if (is_splat(*n) && is_constant(*n->args[0])) continue; // written where it is used
    scopes_.back()[n] = declare(*n, lanes_of(*n), "v", compute(*n));
    if (!pure) once.push_back(n);
  }
  if (is_splat(*e) && is_constant(*e->args[0])) return operand(e, lanes_of(*e));
  std::string result = *find(*e);
  for (const Node* n : once) scopes_.back().erase(n);
  return result;
}

std::string CFunction::literal(const Node& n) const {
  char text[64];
  DType d = n.dtype();
  if (d == DType::f32) {
    auto v = static_cast<float>(n.attrs.number("value"));
    if (!std::isfinite(v)) {
      std::snprintf(text, sizeof text, "0x%08" PRIx32 "u", std::isnan(v) ? UINT32_C(0x7fc00000) : std::bit_cast<std::uint32_t>(v));
      return language_.bitcast(element(d), text);
    }
    std::snprintf(text, sizeof text, "%af", static_cast<double>(v));
  } else if (is_float(d)) {
    double v = n.attrs.number("value");
    if (!std::isfinite(v)) {
      std::snprintf(text, sizeof text, "0x%016" PRIx64, std::isnan(v) ? UINT64_C(0x7ff8000000000000) : std::bit_cast<std::uint64_t>(v));
      return language_.bitcast(element(d), text + std::string(language_.u64_suffix));
    }
    std::snprintf(text, sizeof text, "%a", v);
  } else {
    i64 v = n.attrs.integer("value");
    if (d == DType::bool_) return v ? "true" : "false";
    if (d == DType::u64) return std::to_string(static_cast<u64>(v)) + std::string(language_.u64_suffix);
    if (d == DType::u32) return std::to_string(static_cast<u32>(v)) + "u";
    if (v == std::numeric_limits<i64>::min()) return "(-9223372036854775807" + std::string(language_.i64_suffix) + " - 1)";
    if (d == DType::i32 && v == std::numeric_limits<i32>::min()) return "(-2147483647 - 1)";
    std::string plain = std::to_string(v) + (d == DType::i64 ? std::string(language_.i64_suffix) : "");
    if (size_of(d) < 4) return "(" + element(d) + ")" + (v < 0 ? "(" + plain + ")" : plain);
    return v < 0 ? "(" + plain + ")" : plain;
  }
  return text[0] == '-' ? "(" + std::string(text) + ")" : text;
}

std::string CFunction::repeated(const std::string& scalar, DType d, i64 lanes) const {
  if (lanes <= 1) return scalar;
  std::string of = d == DType::bool_ ? (scalar == "true" ? "-1" : scalar == "false" ? "0" : scalar + " ? -1 : 0") : scalar;
  return language_.vector(type(d, lanes), of);
}

std::string CFunction::operand(const Ref& x, i64 lanes) {
  if (is_splat(*x) && is_constant(*x->args[0])) return repeated(literal(*x->args[0]), x->dtype(), lanes_of(*x));
  if (x->rank() == 1) return value(x);
  return repeated(value(x), x->dtype(), lanes);
}

std::string CFunction::compute(const Node& n) {
  if (body_of<Pointwise>(n)) return pointwise(n);
  if (is_load(n)) return load(n);
  if (is_shuffle(n)) return shuffled(n);
  if (is_until_aligned(n))
    return "((" + type(DType::i64, 0) + ")((0 - (" + type(DType::u64, 0) + ")" + buffers_.at(n.args[0].get()) + ") & " + std::to_string(n.attrs.integer("bytes") - 1) + ") / " + std::to_string(size_of(n.args[0]->dtype())) + ")";
  if (body_of<View>(n) || body_of<Generator>(n)) return lanes_view(n);
  throw InternalError("[codegen] " + std::string(n.op->name) + " '" + std::string(user_name(n)) + "' is not bound here");
}

// Lane operations: ramps, splats, halves and single lanes.
std::string CFunction::lanes_view(const Node& n) {
  i64 lanes = lanes_of(n);
  if (body_of<Generator>(n)) {
    if (lanes <= 1) return "0";
    std::string all = "0";
    for (i64 i = 1; i < lanes; ++i) all += ", " + std::to_string(i);
    return language_.vector(type(n.dtype(), lanes), all);
  }
  if (is_splat(n)) return operand(n.args[0], lanes);
  i64 from_lanes = lanes_of(*n.args[0]), start = lanes == 0 ? 0 : constant_value(n.args[1]).value();
  std::string from = value(n.args[0]);
  if (from_lanes <= 1 || (lanes == from_lanes && start == 0)) return from;
  std::string part = language_.part(from, type(n.dtype(), lanes), start, std::max<i64>(lanes, 1));
  return lanes <= 1 && n.dtype() == DType::bool_ ? "(" + part + " != 0)" : part;
}

std::string CFunction::shuffled(const Node& n) {
  std::string from = value(n.args[0]), element_of = element(n.dtype() == DType::bool_ ? DType::i8 : n.dtype()), all;
  for (i64 k : n.attrs.integers("order")) all += (all.empty() ? "" : ", ") + language_.part(from, element_of, k, 1);
  return language_.vector(type(n.dtype(), lanes_of(n)), all);
}

// ---- pointwise --------------------------------------------------------------------------------------------------

std::string CFunction::pointwise(const Node& n) {
  std::string_view how = spelling(n, Dialect::c);
  if (how.empty() && language_.avx512 && is_native(n, {.avx512 = true})) {
    std::vector<std::string> operands;
    for (const Ref& x : n.args) operands.push_back(operand(x, lanes_of(n)));
    return language_.avx512(body_of<Pointwise>(n)->avx512, n.dtype(), operands);
  }
  if (how.empty()) throw InternalError("[codegen] " + std::string(n.op->name) + " on " + std::string(name(n.args.back()->dtype())) + " was not expanded");
  if (how == "select") return select(n);
  if (how == "cast") return cast(n);
  if (how == "bitcast") return language_.bitcast(type(n.dtype(), lanes_of(n)), operand(n.args[0], lanes_of(n)));
  return from_template(n, how);
}

// {0} is an operand; {u0} the operand as an unsigned number, where overflow wraps: such results are turned back.
std::string CFunction::from_template(const Node& n, std::string_view how) {
  i64 lanes = lanes_of(n);
  bool vector = lanes > 1, wraps = how.find("{u") != std::string_view::npos;
  DType from = n.args[0]->dtype();
  std::string text(how);
  for (std::size_t i = 0; i < n.args.size(); ++i) {
    std::string x = operand(n.args[i], lanes), index = std::to_string(i);
    if (wraps) {
      // Scalars narrower than an int would be promoted to a signed int.
      std::string wide = vector ? type(unsigned_twin(from), lanes) : element(size_of(from) == 8 ? DType::u64 : DType::u32);
      text = replaced(text, "{u" + index + "}", vector ? language_.bitcast(wide, x) : "(" + wide + ")" + x);
    }
    if (vector && from == DType::bool_ && n.op->group == "comparison") x = language_.bitcast(vector_of(element(DType::u8), lanes), x); // true is 255
    text = replaced(text, "{" + index + "}", x);
  }
  if (vector && !language_.scalar_only.empty() && how.substr(0, how.find('(')) == language_.scalar_only) return lane_by_lane(std::string(language_.scalar_only), n);
  auto* body = body_of<Pointwise>(n);
  if (wraps) return vector ? language_.bitcast(type(n.dtype(), lanes), text) : "(" + element(n.dtype()) + ")" + text;
  // A vector comparison has lanes as wide as its operands.
  if (vector && body->result == Pointwise::Result::boolean && size_of(from) != 1) return language_.convert(type(DType::bool_, lanes), text);
  return text;
}

std::string CFunction::select(const Node& n) {
  i64 lanes = lanes_of(n);
  std::string condition = value(n.args[0]), yes = operand(n.args[1], lanes), no = operand(n.args[2], lanes);
  if (lanes_of(*n.args[0]) <= 1) return condition + " ? " + yes + " : " + no;
  DType mask = n.dtype() == DType::bool_ ? DType::i8 : signed_twin(n.dtype());
  if (mask != DType::i8) condition = language_.convert(type(mask, lanes), condition);
  return "select(" + no + ", " + yes + ", " + condition + ")";
}

std::string CFunction::cast(const Node& n) {
  i64 lanes = lanes_of(n);
  DType from = n.args[0]->dtype(), to = n.dtype();
  std::string x = operand(n.args[0], lanes), target = type(to, lanes);
  if (from == to) return x;
  bool vector = lanes > 1;
  if (to == DType::bool_) {
    std::string test = "(" + x + " != " + repeated(literal(*constant_like(n.args[0], 0)), from, lanes) + ")";
    return vector && size_of(from) != 1 ? language_.convert(target, test) : test;
  }
  if (from == DType::bool_) {
    if (!vector) return "(" + target + ")" + x;
    std::string ones = "(" + x + " & " + repeated("1", DType::i8, lanes) + ")";
    return to == DType::i8 ? ones : language_.convert(target, ones);
  }
  if (is_float(from) && !is_float(to)) return language_.to_integer(target, x);
  return language_.convert(target, x);
}

} // namespace croton::codegen
