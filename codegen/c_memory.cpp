// Loads and stores. What a language has no operation for (masks, gathers) is a helper function of the module.
#include "codegen/c_function.h"

namespace croton::codegen {

using namespace ir;

namespace {
DType in_memory(DType d) { return d == DType::bool_ ? DType::u8 : d; }
} // namespace

std::string CFunction::pointer(DType d, bool is_const) const {
  return std::string(language_.global_memory) + (is_const ? "const " : "") + element(in_memory(d)) + "* ";
}

// "load", "gather": values of lanes whose mask is false are 0, and nothing is read for them. "store",
// "scatter": nothing is written for them. Loops and not sixteen branches: compilers take far longer over those.
std::string CFunction::helper(const char* kind, DType d, i64 lanes) {
  std::string what = kind, one = element(in_memory(d)), values = vector_of(one, lanes), name = what + "_" + values, n = std::to_string(lanes);
  bool writes = what == "store" || what == "scatter", indexed = what == "gather" || what == "scatter";
  std::string index = element(DType::i64), lane = "k";
  std::string text = std::string(language_.function) + (writes ? "void " : values + " ") + name + "(" + pointer(d, !writes) + "p, const " +
                     (indexed ? type(DType::i64, lanes) : index) + " i, " + (writes ? "const " + values + " v, " : "") + "const " + type(DType::bool_, lanes) + " m) {\n";
  text += "  " + element(DType::i8) + " on[" + n + "];\n  vstore" + n + "(m, 0, on);\n";
  std::string at = "i + k";
  if (indexed) {
    text += "  " + index + " at[" + n + "];\n  vstore" + n + "(i, 0, at);\n";
    at = "at[k]";
  }
  text += "  " + one + " x[" + n + "];\n";
  if (writes) text += "  vstore" + n + "(v, 0, x);\n";
  text += "  " + std::string(language_.rolled) + "for (int k = 0; k < " + n + "; ++k)\n";
  if (writes) text += "    if (on[k]) p[" + at + "] = x[k];\n";
  else text += "    x[k] = on[k] ? p[" + at + "] : 0;\n  return vload" + n + "(0, x);\n";
  module_.helper(name, text + "}\n");
  return name;
}

// Compilers that are Clang store a vector of loose alignment by one instruction, and vstore of PoCL in four pieces.
std::string CFunction::whole_store(DType d, i64 lanes) {
  std::string one = element(in_memory(d)), values = vector_of(one, lanes), name = "put_" + values;
  module_.helper(name, "#ifdef __clang__\ntypedef " + values + " __attribute__((aligned(" + std::to_string(size_of(d)) + "))) loose_" + values + ";\n#define " + name + "(x, p) (*(" +
                           std::string(language_.global_memory) + "loose_" + values + "*)(p) = (x))\n#else\n#define " + name + "(x, p) vstore" + std::to_string(lanes) + "(x, 0, p)\n#endif\n");
  return name;
}

// Past the cache, at an address that a whole vector fits.
std::string CFunction::streaming_store(DType d, i64 lanes) {
  std::string values = vector_of(element(in_memory(d)), lanes), name = "past_" + values;
  module_.helper(name, "#ifdef __clang__\n#define " + name + "(x, p) __builtin_nontemporal_store(x, (" + std::string(language_.global_memory) + values + "*)(p))\n#else\n#define " + name + "(x, p) vstore" +
                           std::to_string(lanes) + "(x, 0, p)\n#endif\n");
  return name;
}

std::string CFunction::lane_by_lane(const std::string& function, const Node& n) {
  i64 lanes = lanes_of(n);
  std::string one = element(n.dtype()), values = type(n.dtype(), lanes), count = std::to_string(lanes), name = function + "_" + values, parameters, body, call, arguments;
  for (std::size_t k = 0; k < n.args.size(); ++k) {
    std::string x = "x" + std::to_string(k), comma = k ? ", " : "";
    parameters += comma + "const " + values + " v" + std::to_string(k);
    body += "  " + one + " " + x + "[" + count + "];\n  vstore" + count + "(v" + std::to_string(k) + ", 0, " + x + ");\n";
    call += comma + x + "[k]";
    arguments += comma + operand(n.args[k], lanes);
  }
  module_.helper(name, std::string(language_.function) + values + " " + name + "(" + parameters + ") {\n" + body + "  " + std::string(language_.rolled) + "for (int k = 0; k < " + count +
                           "; ++k) x0[k] = " + function + "(" + call + ");\n  return vload" + count + "(0, x0);\n}\n");
  return name + "(" + arguments + ")";
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
  else if (mask) loaded = helper("load", d, lanes) + "(" + base + ", " + i + ", " + operand(mask, lanes) + ")";
  else loaded = std::string(language_.wide_load) + std::to_string(lanes) + "(0, " + base + " + " + i + ")";
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
  else if (s.mask) line(helper("store", d, lanes) + "(" + base + ", " + i + ", " + x + ", " + operand(s.mask, lanes) + ");");
  else if (language_.wide_store.empty()) line((s.streaming ? streaming_store(d, lanes) : whole_store(d, lanes)) + "(" + x + ", " + base + " + " + i + ");");
  else line(std::string(language_.wide_store) + std::to_string(lanes) + "(" + x + ", 0, " + base + " + " + i + ");");
}

} // namespace croton::codegen
