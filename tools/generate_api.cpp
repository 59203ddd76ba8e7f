// Writes the pointwise functions of the public API from the op records.
//   croton_generate_api --write    rewrites include/croton/pointwise.h and src/api/pointwise.cpp
//   croton_generate_api --check    fails when they are not what would be written (CROTON_UPDATE=1: writes them instead)
#include "ir/op.h"
#include "ir/ops/record.h"
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>

namespace {

using croton::ir::Accepts;
using croton::ir::Op;

// Functions of operands of one dtype and without attributes; the others are written by hand.
bool is_plain(const Op& op) {
  return std::holds_alternative<croton::ir::Pointwise>(op.body) && op.group != "internal" && op.attr_specs.empty() &&
         op.type == croton::ir::pointwise_type;
}

std::string dtypes(const Op& op) {
  switch (op.accepts) {
  case Accepts::any: return "Takes any dtype.";
  case Accepts::numeric: return "Takes numbers.";
  case Accepts::real_number: return "Takes real numbers.";
  case Accepts::floating: return "Takes floats; integers and bool become the default float.";
  case Accepts::integer: return "Takes integers.";
  case Accepts::boolean: return "Takes bool.";
  case Accepts::bits: return "Takes integers or bool.";
  case Accepts::index: return "Takes i64.";
  }
  return "";
}

std::string parameters(const Op& op, std::string_view type, std::string_view separator) {
  std::string text;
  for (std::string_view p : op.params) {
    if (!text.empty()) text += separator;
    text += type;
    text += p;
  }
  return text;
}

// Comment lines of at most 120 columns.
std::string wrapped(const std::string& text) {
  std::istringstream words(text);
  std::string result, line = "///", word;
  while (words >> word) {
    if (line.size() + 1 + word.size() > 118) {
      result += line + "\n";
      line = "///";
    }
    line += " " + word;
  }
  return result + line + "\n";
}

std::string header() {
  std::ostringstream out;
  out << "// Elementwise functions, generated from the op records by tools/generate_api.cpp: edit the records in ir/ops/.\n"
         "// Operands are promoted (docs/semantics.md) and broadcast; the result has their common shape. Operands that do not\n"
         "// fit throw DTypeError, shapes that do not broadcast ShapeError, with the caller's line.\n"
         "#pragma once\n#include \"croton/expr.h\"\n\nnamespace croton {\n";
  std::string_view group;
  for (const Op* op : croton::ir::all_ops()) {
    if (!is_plain(*op)) continue;
    if (op->group != group) out << "\n// ---- " << (group = op->group) << " ----\n";
    out << wrapped(std::string(op->doc) + " " + dtypes(*op));
    out << "Expr " << op->name << "(" << parameters(*op, "In ", ", ") << ");\n";
  }
  out << "\n} // namespace croton\n";
  return out.str();
}

std::string source() {
  std::ostringstream out;
  out << "// Generated from the op records by tools/generate_api.cpp: edit the records in ir/ops/.\n"
         "#include \"croton/pointwise.h\"\n#include \"src/api/promote.h\"\n\nnamespace croton {\n\n";
  for (const Op* op : croton::ir::all_ops())
    if (is_plain(*op))
      out << "Expr " << op->name << "(" << parameters(*op, "In ", ", ") << ") { return api::pointwise(\"" << op->name
          << "\", {" << parameters(*op, "", ", ") << "}); }\n";
  out << "\n} // namespace croton\n";
  return out.str();
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool handle(const std::string& path, const std::string& text, bool write) {
  if (read(path) == text) return true;
  if (!write) {
    std::cerr << path << " is not what the op records give. Run croton_generate_api --write.\n";
    return false;
  }
  std::ofstream(path, std::ios::binary) << text;
  std::cout << "wrote " << path << "\n";
  return true;
}

} // namespace

int main(int argc, char** argv) {
  std::string mode = argc == 2 ? argv[1] : "";
  if (mode != "--write" && mode != "--check") {
    std::cerr << "usage: croton_generate_api --write | --check\n";
    return 2;
  }
  const char* update = std::getenv("CROTON_UPDATE");
  bool write = mode == "--write" || (update && std::string(update) == "1");
  std::string root = CROTON_SOURCE_DIR;
  bool fine = handle(root + "/include/croton/pointwise.h", header(), write);
  fine &= handle(root + "/src/api/pointwise.cpp", source(), write);
  return fine ? 0 : 1;
}
