// Expressions as LLVM instructions.
#include "codegen/llvm_function.h"
#include <bit>
#include <cinttypes>
#include <cmath>
#include <numeric>

namespace croton::codegen {

using namespace ir;

namespace {

std::string with_lanes(const std::string& element, i64 lanes) {
  return lanes > 0 ? "<" + std::to_string(lanes) + " x " + element + ">" : element;
}

std::string element_type(DType d) {
  if (d == DType::f32) return "float";
  if (d == DType::f64) return "double";
  if (d == DType::bool_) return "i1";
  if (info(d).kind == DTypeKind::integer) return "i" + std::to_string(8 * size_of(d));
  throw UnsupportedError("[codegen] the CPU backend has no " + std::string(name(d)) + " yet. Cast to f32 or f64.");
}

bool is_splat(const Node& n) { return body_of<View>(n) && n.args[0]->rank() == 0; }

} // namespace

std::string llvm_type(DType dtype, i64 lanes) { return with_lanes(element_type(dtype), lanes); }
std::string memory_type(DType dtype, i64 lanes) { return with_lanes(dtype == DType::bool_ ? "i8" : element_type(dtype), lanes); }
std::string intrinsic_suffix(DType dtype, i64 lanes) {
  std::string element = dtype == DType::bool_ ? "i8" : is_float(dtype) ? "f" + std::to_string(8 * size_of(dtype)) : "i" + std::to_string(8 * size_of(dtype));
  return lanes > 0 ? "v" + std::to_string(lanes) + element : element;
}

const std::string* LlvmFunction::find(const Node& node) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
    if (auto found = scope->find(&node); found != scope->end()) return &found->second;
  return nullptr;
}

// A value that a store may change is read again by every statement.
bool LlvmFunction::is_pure(const Ref& e) const {
  for (const Node* n : post_order(e))
    if (is_load(*n) && written_.contains(n->args[0].get())) return false;
  return true;
}

std::string LlvmFunction::value(const Ref& e) {
  alive_.push_back(e);
  if (const std::string* known = find(*e)) return *known; // at once: operands are asked for again by each of their users
  bool pure = is_pure(e);
  std::unordered_map<const Node*, std::string> once;
  for (const Node* n : post_order(e)) {
    if (is_buffer(*n) || find(*n)) continue;
    if (is_constant(*n)) continue;
    std::string text = compute(*n);
    if (pure) scopes_.back()[n] = text;
    else once[n] = scopes_.back()[n] = text;
  }
  std::string result = is_constant(*e) ? literal(*e, 0) : *find(*e);
  for (auto& [n, _] : once) scopes_.back().erase(n);
  return result;
}

std::string LlvmFunction::literal(const Node& n, i64 lanes) const {
  char text[32];
  if (is_float(n.dtype())) {
    double v = n.attrs.number("value");
    std::snprintf(text, sizeof text, "0x%016" PRIX64, std::isnan(v) ? UINT64_C(0x7FF8000000000000) : std::bit_cast<std::uint64_t>(v));
  } else if (n.dtype() == DType::bool_) {
    std::snprintf(text, sizeof text, "%s", n.attrs.integer("value") ? "true" : "false");
  } else {
    std::snprintf(text, sizeof text, "%" PRId64, n.attrs.integer("value"));
  }
  if (lanes == 0) return text;
  std::string element = element_type(n.dtype()) + " " + text, all = "<";
  for (i64 i = 0; i < lanes; ++i) all += (i ? ", " : "") + element;
  return all + ">";
}

std::string LlvmFunction::operand(const Ref& x, i64 lanes) {
  if (is_splat(*x) && is_constant(*x->args[0])) return literal(*x->args[0], lanes_of(*x));
  if (is_constant(*x)) return literal(*x, lanes);
  std::string name = value(x);
  if (lanes == 0 || x->rank() == 1) return name;
  std::string type = llvm_type(x->dtype(), lanes);
  std::string one = emit("insertelement " + type + " poison, " + llvm_type(x->dtype(), 0) + " " + name + ", i64 0");
  return emit("shufflevector " + type + " " + one + ", " + type + " poison, <" + std::to_string(lanes) + " x i32> zeroinitializer");
}

std::string LlvmFunction::compute(const Node& n) {
  if (body_of<Pointwise>(n)) return pointwise(n);
  if (is_load(n)) return load(n);
  if (is_shuffle(n)) return shuffled(n, n.attrs.integers("order"));
  if (is_until_aligned(n)) return until_aligned(n);
  if (body_of<View>(n) || body_of<Generator>(n)) return lanes_view(n);
  throw InternalError("[llvm] " + std::string(n.op->name) + " '" + std::string(user_name(n)) + "' is not bound here");
}

std::string LlvmFunction::until_aligned(const Node& n) {
  std::string address = emit("ptrtoint ptr " + buffers_.at(n.args[0].get()) + " to i64"), back = emit("sub i64 0, " + address);
  std::string bytes = emit("and i64 " + back + ", " + std::to_string(n.attrs.integer("bytes") - 1));
  return emit("udiv i64 " + bytes + ", " + std::to_string(size_of(n.args[0]->dtype())));
}

// Lane operations: ramps, splats, halves and single lanes.
std::string LlvmFunction::lanes_view(const Node& n) {
  i64 lanes = lanes_of(n);
  if (body_of<Generator>(n)) {
    std::string all = "<", element = element_type(n.dtype()) + " ";
    for (i64 i = 0; i < lanes; ++i) all += (i ? ", " : "") + element + std::to_string(i);
    return all + ">";
  }
  if (is_splat(n)) return operand(n.args[0], lanes);
  std::string type = llvm_type(n.dtype(), lanes_of(*n.args[0])), from = value(n.args[0]);
  if (lanes == 0) return emit("extractelement " + type + " " + from + ", i64 0");
  std::vector<i64> order(static_cast<std::size_t>(lanes));
  std::iota(order.begin(), order.end(), constant_value(n.args[1]).value());
  return shuffled(n, order);
}

std::string LlvmFunction::shuffled(const Node& n, const std::vector<i64>& order) {
  std::string type = llvm_type(n.dtype(), lanes_of(*n.args[0])), from = value(n.args[0]), lanes = "<";
  for (std::size_t i = 0; i < order.size(); ++i) lanes += (i ? ", i32 " : "i32 ") + std::to_string(order[i]);
  return emit("shufflevector " + type + " " + from + ", " + type + " poison, <" + std::to_string(order.size()) + " x i32> " + lanes + ">");
}

std::string LlvmFunction::pointwise(const Node& n) {
  i64 lanes = lanes_of(n);
  std::string_view how = spelling(n, Dialect::llvm);
  if (how.empty()) return avx512(n, body_of<Pointwise>(n)->avx512);
  if (how == "cast") return cast(n);
  const Ref& x = n.args[0];
  std::string type = llvm_type(x->dtype(), lanes);
  if (how == "bitcast" && (x->dtype() == DType::bool_ || n.dtype() == DType::bool_)) return cast(n); // a byte in memory, a bit in a register
  if (how == "bitcast") return emit("bitcast " + type + " " + operand(x, lanes) + " to " + llvm_type(n.dtype(), lanes));
  if (how == "select") {
    std::string t = llvm_type(n.dtype(), lanes);
    i64 condition_lanes = lanes_of(*x);
    std::string a = operand(n.args[1], lanes), b = operand(n.args[2], lanes);
    return emit("select " + llvm_type(DType::bool_, condition_lanes) + " " + value(x) + ", " + t + " " + a + ", " + t + " " + b);
  }
  if (how == "neg") return emit("sub " + type + " " + operand(constant_like(x, 0), lanes) + ", " + operand(x, lanes));
  if (how == "not") return emit("xor " + type + " " + operand(x, lanes) + ", " + operand(constant_int(x->dtype(), x->dtype() == DType::bool_ ? 1 : -1), lanes));
  if (how.starts_with('@')) return intrinsic(n, std::string(how.substr(1)));
  std::string text = std::string(how) + " " + type + " ";
  for (std::size_t i = 0; i < n.args.size(); ++i) {
    if (i) text += ", ";
    text += operand(n.args[i], lanes);
  }
  return emit(text);
}

std::string LlvmFunction::intrinsic(const Node& n, const std::string& base) {
  i64 lanes = lanes_of(n);
  std::string type = llvm_type(n.dtype(), lanes), name = "@" + base + "." + intrinsic_suffix(n.dtype(), lanes);
  std::string text, types;
  for (std::size_t i = 0; i < n.args.size(); ++i) {
    text += (i ? ", " : "") + type + " " + operand(n.args[i], lanes);
    types += (i ? ", " : "") + type;
  }
  module_.declare(type + " " + name + "(" + types + ")");
  return emit("call " + type + " " + name + "(" + text + ")");
}

// What `expand` left because the machine has them: the operands, the immediate, and a mask of all lanes.
std::string LlvmFunction::avx512(const Node& n, std::string_view instruction) {
  if (instruction.empty()) throw InternalError("[llvm] " + std::string(n.op->name) + " has no spelling and was not expanded");
  i64 lanes = lanes_of(n);
  auto space = instruction.find(' ');
  std::string type = llvm_type(n.dtype(), lanes), mask = "i" + std::to_string(lanes);
  std::string name = "@llvm.x86.avx512.mask." + std::string(instruction.substr(0, space)) + (n.dtype() == DType::f32 ? ".ps.512" : ".pd.512");
  std::string text, types;
  for (const Ref& x : n.args) text += type + " " + operand(x, lanes) + ", ", types += type + ", ";
  if (space != std::string_view::npos) text += "i32 " + std::string(instruction.substr(space + 1)) + ", ", types += "i32 immarg, ";
  module_.declare(type + " " + name + "(" + types + type + ", " + mask + ", i32 immarg)");
  return emit("call " + type + " " + name + "(" + text + type + " zeroinitializer, " + mask + " -1, i32 4)");
}

std::string LlvmFunction::cast(const Node& n) {
  i64 lanes = lanes_of(n);
  DType from = n.args[0]->dtype(), to = n.dtype();
  std::string a = llvm_type(from, lanes), b = llvm_type(to, lanes), x = operand(n.args[0], lanes);
  if (from == to) return x;
  auto convert = [&](const char* how) { return emit(std::string(how) + " " + a + " " + x + " to " + b); };
  if (to == DType::bool_) {
    std::string zero = operand(constant_like(n.args[0], 0), lanes);
    return emit(std::string(is_float(from) ? "fcmp une " : "icmp ne ") + a + " " + x + ", " + zero);
  }
  if (is_float(from) && is_float(to)) return convert(size_of(from) < size_of(to) ? "fpext" : "fptrunc");
  if (is_float(to)) return convert(info(from).is_signed ? "sitofp" : "uitofp");
  if (is_float(from)) {
    std::string name = std::string(info(to).is_signed ? "@llvm.fptosi.sat." : "@llvm.fptoui.sat.") + intrinsic_suffix(to, lanes) + "." + intrinsic_suffix(from, lanes);
    module_.declare(b + " " + name + "(" + a + ")");
    return emit("call " + b + " " + name + "(" + a + " " + x + ")");
  }
  std::size_t from_bits = from == DType::bool_ ? 1 : 8 * size_of(from), to_bits = 8 * size_of(to);
  if (from_bits == to_bits) return x;
  if (from_bits > to_bits) return convert("trunc");
  return convert(info(from).is_signed ? "sext" : "zext");
}

// ---- memory ---------------------------------------------------------------------------------------------------

std::string LlvmFunction::address(const Ref& buffer, const Ref& index) {
  i64 lanes = lanes_of(*index);
  return emit("getelementptr " + memory_type(buffer->dtype(), 0) + ", ptr " + buffers_.at(buffer.get()) + ", " + llvm_type(DType::i64, lanes) + " " + operand(index, lanes));
}

std::string LlvmFunction::from_memory(DType dtype, i64 lanes, const std::string& name) {
  if (dtype != DType::bool_) return name;
  return emit("icmp ne " + memory_type(dtype, lanes) + " " + name + ", zeroinitializer");
}
std::string LlvmFunction::to_memory(DType dtype, i64 lanes, const std::string& name) {
  if (dtype != DType::bool_) return name;
  return emit("zext " + llvm_type(dtype, lanes) + " " + name + " to " + memory_type(dtype, lanes));
}

std::string LlvmFunction::load(const Node& n) {
  const Ref &buffer = n.args[0], &index = n.args[1];
  Ref mask = n.args.size() > 2 ? n.args[2] : Ref();
  DType dtype = buffer->dtype();
  i64 lanes = lanes_of(n);
  std::string type = memory_type(dtype, lanes), align = std::to_string(size_of(dtype));
  std::string invariant = written_.contains(buffer.get()) ? "" : ", !invariant.load !0";
  if (lanes == 0) {
    if (!mask) return from_memory(dtype, 0, emit("load " + type + ", ptr " + address(buffer, index) + ", align " + align + invariant));
    // Element 0 always exists; what is read there is discarded.
    std::string inside = value(mask), safe = emit("select i1 " + inside + ", i64 " + operand(index, 0) + ", i64 0");
    std::string at = emit("getelementptr " + memory_type(dtype, 0) + ", ptr " + buffers_.at(buffer.get()) + ", i64 " + safe);
    std::string loaded = from_memory(dtype, 0, emit("load " + type + ", ptr " + at + ", align " + align));
    return emit("select i1 " + inside + ", " + llvm_type(dtype, 0) + " " + loaded + ", " + llvm_type(dtype, 0) + " " + literal(*constant(dtype, 0), 0));
  }
  bool gather = lanes_of(*index) > 0;
  std::string where = address(buffer, index);
  if (!gather && !mask) return from_memory(dtype, lanes, emit("load " + type + ", ptr " + where + ", align " + align + invariant));
  std::string bools = llvm_type(DType::bool_, lanes), on = mask ? operand(mask, lanes) : literal(*constant_int(DType::bool_, 1), lanes);
  std::string pointers = gather ? "<" + std::to_string(lanes) + " x ptr>" : "ptr";
  std::string name = std::string(gather ? "@llvm.masked.gather." : "@llvm.masked.load.") + intrinsic_suffix(dtype, lanes) + (gather ? ".v" + std::to_string(lanes) + "p0" : ".p0");
  module_.declare(type + " " + name + "(" + pointers + ", i32 immarg, " + bools + ", " + type + ")");
  return from_memory(dtype, lanes, emit("call " + type + " " + name + "(" + pointers + " " + where + ", i32 " + align + ", " + bools + " " + on + ", " + type + " zeroinitializer)"));
}

} // namespace croton::codegen
