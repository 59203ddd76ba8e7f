// Loads and stores. What a language has no operation for (masks, gathers) is a helper function of the module.
#include "codegen/c_function.h"

namespace croton::codegen {

using namespace ir;

namespace {
constexpr std::string_view hex_digits = "0123456789abcdef";
std::string lane(const char* vector, i64 k) { return std::string(vector) + ".s" + hex_digits[static_cast<std::size_t>(k)]; }
DType in_memory(DType d) { return d == DType::bool_ ? DType::u8 : d; }
} // namespace

std::string CFunction::pointer(DType d, bool is_const) const {
  return std::string(language_.global_memory) + (is_const ? "const " : "") + element(in_memory(d)) + "* ";
}

// "load", "gather": values of lanes whose mask is false are 0 and nothing is read for them. "store", "scatter": nothing
// is written for them.
std::string CFunction::helper(const char* kind, DType d, i64 lanes) {
  std::string what = kind, values = vector_of(element(in_memory(d)), lanes), name = what + "_" + values;
  bool writes = what == "store" || what == "scatter", indexed = what == "gather" || what == "scatter";
  std::string mask = type(DType::bool_, lanes) + " m";
  std::string parameters = pointer(d, !writes) + "p" + (indexed ? ", " + type(DType::i64, lanes) + " i" : "") + (writes ? ", " + values + " v" : "") + ", " + mask;
  std::string body;
  for (i64 k = 0; k < lanes; ++k) {
    std::string at = "p[" + (indexed ? lane("i", k) : std::to_string(k)) + "]";
    if (writes) body += "  if (" + lane("m", k) + ") " + at + " = " + lane("v", k) + ";\n";
    else body += (k ? ",\n      " : "      ") + lane("m", k) + " ? " + at + " : 0";
  }
  if (!writes) body = "  return (" + values + ")(\n" + body + ");\n";
  module_.helper(name, std::string(language_.function) + (writes ? "void " : values + " ") + name + "(" + parameters + ") {\n" + body + "}\n");
  return name;
}

std::string CFunction::load(const Node& n) {
  const Ref &buffer = n.args[0], &index = n.args[1];
  Ref mask = n.args.size() > 2 ? n.args[2] : Ref();
  DType d = buffer->dtype();
  i64 lanes = lanes_of(n);
  std::string base = buffers_.at(buffer.get());
  if (lanes <= 1) {
    std::string at = base + "[" + value(index) + "]";
    if (d == DType::bool_) at = "(" + at + " != 0)";
    return mask ? value(mask) + " ? " + at + " : " + literal(*constant(d, 0)) : at;
  }
  std::string loaded, i = value(index);
  bool gather = lanes_of(*index) > 1;
  if (gather) loaded = helper("gather", d, lanes) + "(" + base + ", " + i + ", " + (mask ? operand(mask, lanes) : repeated("true", DType::bool_, lanes)) + ")";
  else if (mask) loaded = helper("load", d, lanes) + "(" + base + " + " + i + ", " + operand(mask, lanes) + ")";
  else loaded = "vload" + std::to_string(lanes) + "(0, " + base + " + " + i + ")";
  return d == DType::bool_ ? "(" + loaded + " != " + repeated("0", DType::u8, lanes) + ")" : loaded;
}

void CFunction::store(const Store& s) {
  DType d = s.buffer->dtype();
  i64 lanes = lanes_of(*s.value);
  std::string base = buffers_.at(s.buffer.get()), x = value(s.value), i = value(s.index);
  if (lanes <= 1) {
    std::string text = base + "[" + i + "] = " + x + ";";
    line(s.mask ? "if (" + value(s.mask) + ") " + text : text);
    return;
  }
  if (d == DType::bool_) x = language_.bitcast(vector_of(element(DType::u8), lanes), x + " & " + repeated("1", DType::i8, lanes));
  if (lanes_of(*s.index) > 1)
    line(helper("scatter", d, lanes) + "(" + base + ", " + i + ", " + x + ", " + (s.mask ? operand(s.mask, lanes) : repeated("true", DType::bool_, lanes)) + ");");
  else if (s.mask) line(helper("store", d, lanes) + "(" + base + " + " + i + ", " + x + ", " + operand(s.mask, lanes) + ");");
  else line("vstore" + std::to_string(lanes) + "(" + x + ", 0, " + base + " + " + i + ");");
}

} // namespace croton::codegen
