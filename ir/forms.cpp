#include "ir/forms.h"
#include "ir/build.h"
#include "ir/verify.h"
#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

namespace croton::ir {

std::optional<DType> dtype_named(std::string_view text) {
  for (int i = 0; i < dtype_count; ++i)
    if (name(static_cast<DType>(i)) == text) return static_cast<DType>(i);
  return {};
}

// ---- dims -----------------------------------------------------------------------------------------------------

namespace {

[[noreturn]] void bad_dim(const Pattern& p) {
  throw ValueError("[dim] column " + std::to_string(p.column) + ": found " + quoted_text(to_string(p).substr(0, 60)) +
                   ", expected an integer, a symbol, or + - * // minimum maximum remainder of them.");
}

struct IndexOp {
  std::string_view name;
  Ref (*build)(const Ref& a, const Ref& b);
};
constexpr std::array<IndexOp, 7> index_ops{{{"add", index_add}, {"subtract", index_sub}, {"multiply", index_mul},
                                            {"floor_divide", index_div}, {"remainder", index_mod},
                                            {"minimum", index_min}, {"maximum", index_max}}};

// Patterns are at most 200 deep; the terms are counted before anything is multiplied out.
Dim build_dim(const Pattern& p, IndexCosts& costs) {
  if (p.kind == Pattern::Kind::text || (p.kind == Pattern::Kind::variable && is_identifier(p.name))) return symbol_dim(p.name);
  if (p.kind == Pattern::Kind::literal && p.is_integer_literal() && p.attributes.empty()) return literal_of(DType::i64, p.name);
  if (p.kind != Pattern::Kind::call || !p.attributes.empty()) bad_dim(p);
  if (p.name == "negative" && p.args.size() == 1) return index_sub(constant_dim(0), build_dim(p.args[0], costs));
  auto op = std::find_if(index_ops.begin(), index_ops.end(), [&](auto& o) { return o.name == p.name; });
  if (op == index_ops.end() || p.args.size() != 2) bad_dim(p);
  Dim a = build_dim(p.args[0], costs), b = build_dim(p.args[1], costs);
  if (costs.of(a) * costs.of(b) >= IndexCosts::refused)
    throw ValueError("[dim] column " + std::to_string(p.column) + ": the expression has too many terms.");
  return op->build(a, b);
}

bool stands_for(const std::string& text, const Ref& scalar) {
  try {
    return parse_dim(text) == scalar;
  } catch (const Error&) { // a name that is no identifier, an op that is no index arithmetic
    return false;
  }
}

// Of an expression that IndexCosts found small and shallow; symbols that are no identifiers become quoted texts.
Pattern pattern_of(const Node& n) {
  Pattern p{.name = {}, .args = {}, .attributes = {}};
  if (auto k = constant_value(Ref(&n))) {
    p.kind = Pattern::Kind::literal;
    p.name = std::to_string(*k);
  } else if (!body_of<Pointwise>(n)) {
    p.name = user_name(n);
    if (!is_identifier(p.name)) p.kind = Pattern::Kind::text;
  } else {
    p.kind = Pattern::Kind::call;
    p.name = n.op->name;
    for (const Ref& a : n.args) p.args.push_back(pattern_of(*a));
  }
  return p;
}

} // namespace

Dim dim_of(const Pattern& pattern) {
  IndexCosts costs;
  return build_dim(pattern, costs);
}
Dim parse_dim(std::string_view text) { return dim_of(parse_pattern(text)); }

IndexCosts::Cost IndexCosts::compute(const Node& n) const {
  double sum = 1, product = 1;
  int depth = 0;
  for (const Ref& a : n.args) {
    const Cost& c = costs_.at(a);
    sum += c.terms;
    product *= c.terms;
    depth = std::max(depth, c.depth);
  }
  return {depth >= max_pattern_depth / 2 ? refused : std::min(refused, std::max(sum, product)), depth + 1};
}

double IndexCosts::of(const Ref& scalar) {
  std::vector<const Node*> stack{scalar.get()};
  while (!stack.empty()) {
    Ref n(stack.back());
    if (costs_.contains(n)) {
      stack.pop_back();
      continue;
    }
    bool descend = n->rank() == 0 && n->dtype() == DType::i64 && body_of<Pointwise>(n);
    std::size_t before = stack.size();
    if (descend)
      for (const Ref& a : n->args)
        if (!costs_.contains(a)) stack.push_back(a.get());
    if (stack.size() == before) costs_.emplace(n, descend ? compute(*n) : Cost{1, 1});
  }
  return costs_.at(scalar).terms;
}

const std::optional<std::string>& IndexCosts::text(const Ref& scalar) {
  auto found = texts_.find(scalar);
  if (found != texts_.end()) return found->second;
  std::optional<std::string> text;
  if (scalar->rank() == 0 && scalar->dtype() == DType::i64 && of(scalar) < refused) {
    text = to_string(Dim(scalar));
    if (!stands_for(*text, scalar)) text = to_string(pattern_of(*scalar));
    if (!stands_for(*text, scalar)) text.reset();
  }
  return texts_.emplace(scalar, std::move(text)).first->second;
}

std::string IndexCosts::type_text(const Type& type) {
  std::string result(name(type.dtype)), separator = "[";
  for (const Dim& d : type.shape) {
    auto& size = text(d);
    if (!size) return std::string(name(type.dtype));
    result += std::exchange(separator, ", ") + *size;
  }
  return result + (type.shape.empty() ? "[]" : "]");
}

// ---- literals -------------------------------------------------------------------------------------------------

namespace {

template <class T> std::string shortest(T value) {
  std::array<char, 64> buffer;
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  std::string text(buffer.data(), end);
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string bits_text(double value) {
  std::array<char, 32> buffer;
  auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::bit_cast<u64>(value), 16).ptr;
  return "0x" + std::string(buffer.data(), end);
}

[[noreturn]] void bad_literal(DType dtype, const std::string& spelled) {
  throw ValueError("[literal] " + quoted_text(spelled.substr(0, 60)) + " is no " + std::string(name(dtype)) + ".");
}

double real_of(DType dtype, const std::string& spelled) {
  const char *first = spelled.data(), *last = first + spelled.size();
  if (spelled == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (spelled.starts_with("0x")) {
    u64 bits = 0;
    auto [end, error] = std::from_chars(first + 2, last, bits, 16);
    if (error != std::errc() || end != last) bad_literal(dtype, spelled);
    return std::bit_cast<double>(bits);
  }
  double value = 0;
  auto [end, error] = std::from_chars(first, last, value);
  if (error != std::errc() || end != last) bad_literal(dtype, spelled);
  if (dtype == DType::f32) { // straight to f32: through double it would round twice
    float narrow = 0;
    if (std::from_chars(first, last, narrow).ec == std::errc()) return static_cast<double>(narrow);
    if (std::isfinite(value) && std::fabs(value) > 1) bad_literal(dtype, spelled);
  }
  return value;
}

} // namespace

std::string literal_text(const Node& n) {
  const AttrValue& v = *n.attrs.find("value");
  if (auto* k = std::get_if<i64>(&v)) {
    if (n.dtype() == DType::bool_ && (*k == 0 || *k == 1)) return *k ? "true" : "false";
    return n.dtype() == DType::u64 ? std::to_string(static_cast<u64>(*k)) : std::to_string(*k);
  }
  double value = std::get<double>(v);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (std::isnan(value) && std::bit_cast<u64>(value) != std::bit_cast<u64>(nan)) return bits_text(value);
  bool is_f32 = n.dtype() == DType::f32 && static_cast<double>(static_cast<float>(value)) == value;
  return is_f32 ? shortest(static_cast<float>(value)) : shortest(value);
}

Ref literal_of(DType dtype, const std::string& spelled) {
  if (is_float(dtype)) {
    double value = real_of(dtype, spelled);
    if (std::isnan(value)) return make(*find_op("constant"), {}, {{"dtype", dtype}, {"value", value}}); // keeps the bits
    return constant(dtype, value);
  }
  if (spelled == "true" || spelled == "false") {
    if (dtype != DType::bool_) bad_literal(dtype, spelled);
    return constant_int(dtype, spelled == "true");
  }
  if (dtype == DType::bool_) bad_literal(dtype, spelled);
  const char *first = spelled.data(), *last = first + spelled.size();
  i64 value = 0;
  u64 large = 0;
  if (auto [end, error] = std::from_chars(first, last, value); error == std::errc() && end == last) {
    Ref result = constant_int(dtype, value);
    if (std::get<i64>(*result->attrs.find("value")) != value || (dtype == DType::u64 && value < 0)) bad_literal(dtype, spelled);
    return result;
  }
  auto [end, error] = std::from_chars(first, last, large);
  if (dtype != DType::u64 || error != std::errc() || end != last) bad_literal(dtype, spelled);
  return constant_int(dtype, static_cast<i64>(large));
}

std::optional<DType> literal_dtype(const Op& op, std::span<const Ref> args, bool spelled_as_integer) {
  if (spelled_as_integer && !std::holds_alternative<Pointwise>(op.body)) return DType::i64;
  for (std::size_t i = args.size(); i-- > 0;)
    if (args[i]) return args[i]->dtype();
  if (spelled_as_integer) return DType::i64;
  return {};
}

// ---- attributes -----------------------------------------------------------------------------------------------

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

struct PrintAttr {
  std::string_view kind;
  std::string operator()(i64 v) const { return kind == "bool" && (v == 0 || v == 1) ? (v ? "true" : "false") : std::to_string(v); }
  std::string operator()(double v) const { return literal_text(*make(*find_op("constant"), {}, {{"dtype", DType::f64}, {"value", v}})); }
  std::string operator()(const std::string& v) const { return quoted_text(v); }
  std::string operator()(DType v) const { return std::string(name(v)); }
  std::string operator()(const std::vector<i64>& v) const {
    std::string text = "[";
    for (std::size_t i = 0; i < v.size(); ++i) text += (i ? ", " : "") + std::to_string(v[i]);
    return text + "]";
  }
  std::string operator()(const Bytes& v) const {
    std::string text = "\"";
    for (std::byte b : *v) (text += hex_digits[static_cast<u8>(b) >> 4]) += hex_digits[static_cast<u8>(b) & 15];
    return text + "\"";
  }
};

class AttributeReader {
public:
  explicit AttributeReader(const std::function<void(int, const std::string&)>& told) : told_(told) {}

  AttrValue read(std::string_view kind, const std::string& key, const Pattern& p) const {
    if (kind.empty()) fail(p, "there is no attribute " + quoted_text(key.substr(0, 60)));
    bool is_bool = p.kind == Pattern::Kind::variable && (p.name == "true" || p.name == "false");
    if (kind == "bool" && is_bool) return i64(p.name == "true");
    if (kind == "int" || kind == "functions" || kind == "bool" || (kind == "number" && p.is_integer_literal())) return integer(p);
    if (kind == "number" && p.kind == Pattern::Kind::literal && p.attributes.empty()) return std::get<double>(*literal_of(DType::f64, p.name)->attrs.find("value"));
    if (kind == "text" && p.kind == Pattern::Kind::text) return p.name;
    if (kind == "data" && p.kind == Pattern::Kind::text) return bytes(p);
    if (kind == "dtype" && p.kind == Pattern::Kind::variable)
      if (auto dtype = dtype_named(p.name)) return *dtype;
    if (kind != "ints" || p.kind != Pattern::Kind::list) fail(p, key.substr(0, 60) + " must be of the kind " + std::string(kind));
    std::vector<i64> values;
    for (const Pattern& element : p.args) values.push_back(integer(element));
    return values;
  }

private:
  const std::function<void(int, const std::string&)>& told_;

  [[noreturn]] void fail(const Pattern& p, const std::string& what) const {
    told_(p.column, what);
    throw InternalError("[text] a mistake that nobody reports: " + what);
  }

  i64 integer(const Pattern& p) const {
    i64 value = 0;
    auto [end, error] = std::from_chars(p.name.data(), p.name.data() + p.name.size(), value);
    bool whole = p.is_integer_literal() && p.attributes.empty() && error == std::errc() && end == p.name.data() + p.name.size();
    if (!whole) fail(p, "expected an integer of 64 bits");
    return value;
  }

  Bytes bytes(const Pattern& p) const {
    std::vector<std::byte> data;
    for (std::size_t i = 0; i < p.name.size(); i += 2) {
      std::size_t high = hex_digits.find(p.name[i]), low = i + 1 < p.name.size() ? hex_digits.find(p.name[i + 1]) : std::string_view::npos;
      if (high == std::string_view::npos || low == std::string_view::npos) fail(p, "expected pairs of hexadecimal digits");
      data.push_back(static_cast<std::byte>(high * 16 + low));
    }
    return std::make_shared<const std::vector<std::byte>>(std::move(data));
  }
};

} // namespace

std::string_view attribute_kind(const Op& op, std::string_view key) {
  for (const AttrSpec& spec : op.attr_specs)
    if (spec.name == key) return spec.kind;
  return "";
}

std::string attribute_text(std::string_view kind, const AttrValue& value) { return std::visit(PrintAttr{kind}, value); }

AttrValue attribute_value(std::string_view kind, const std::string& key, const Pattern& spelled, const std::function<void(int, const std::string&)>& fail) {
  return AttributeReader(fail).read(kind, key, spelled);
}

// ---- nodes ----------------------------------------------------------------------------------------------------

void Maker::check_operands(const Op& op, const Args& args) {
  auto refuse = [&] { throw ShapeError("[" + std::string(op.name) + "] the sizes are expressions of too many terms. Use symbols of their own."); };
  bool pointwise = std::holds_alternative<Pointwise>(op.body);
  double dims = 1, sum = 0;
  for (const Ref& a : args) {
    double elements = 1;
    for (const Dim& d : a->shape()) {
      elements *= costs_.of(d);
      if (!constant_value(d)) sum += costs_.of(d);
    }
    if (!pointwise && a->rank() == 0 && a->dtype() == DType::i64) dims *= costs_.of(a);
    if (!pointwise && elements > 65536) refuse();
  }
  if (dims >= 65536 || (args.size() > 8 && sum > 8192)) refuse();
  for (const Ref& a : args)
    if (!pointwise && a->rank() == 0 && a->dtype() == DType::i64 && costs_.of(a) >= IndexCosts::refused) refuse();
}

void Maker::check_result(const Op& op, const Type& type) {
  auto refuse = [&](const std::string& what) { throw ShapeError("[" + std::string(op.name) + "] " + what + "."); };
  if (type.rank() > max_rank) refuse("the rank is " + std::to_string(type.rank()) + ", expected at most " + std::to_string(max_rank));
  i64 count = 16; // bytes of the widest element
  for (const Dim& d : type.shape) {
    if (costs_.of(d) >= IndexCosts::refused) refuse("a size is an expression of too many terms");
    auto size = constant_value(d);
    if (size && *size < 0) refuse("the size " + std::to_string(*size) + " is negative");
    if (size && *size > 1 && __builtin_mul_overflow(count, *size, &count)) refuse("the shape has more elements than memory can hold");
  }
}

Ref Maker::make(const Op& op, Args args, Attrs attrs) {
  check_operands(op, args);
  Ref node = ir::make(op, std::move(args), std::move(attrs));
  check_result(op, node->type);
  return node;
}

const Op& op_in_file(std::string_view name) {
  if (const Op* op = find_op(name)) return *op;
  throw ValueError("there is no op named " + quoted_text(name.substr(0, 60)) + ".");
}

Attrs ordered(const Op& op, std::vector<std::pair<std::string, AttrValue>> given) {
  static const Op& constant_op = *find_op("constant"); // a scalar or an array: it has one of two sets
  Attrs attrs;
  std::size_t used = 0;
  for (const AttrSpec& spec : op.attr_specs) {
    auto found = std::find_if(given.begin(), given.end(), [&](auto& g) { return g.first == spec.name; });
    if (found != given.end()) {
      attrs.set(spec.name, std::move(found->second));
      ++used;
    } else if (&op != &constant_op) {
      throw ValueError("[" + std::string(op.name) + "] the attribute '" + std::string(spec.name) + "' is missing: " + std::string(spec.doc) + ".");
    }
  }
  if (used == given.size() && (&op != &constant_op || attrs.find("value") || (attrs.find("shape") && attrs.find("data")))) return attrs;
  if (used == given.size()) throw ValueError("[constant] a value, or a shape and data, are missing.");
  for (auto& [key, value] : given)
    if (!attrs.find(key)) throw ValueError("[" + std::string(op.name) + "] there is no attribute " + quoted_text(key.substr(0, 60)) + ".");
  throw ValueError("[" + std::string(op.name) + "] an attribute is given twice.");
}

} // namespace croton::ir
