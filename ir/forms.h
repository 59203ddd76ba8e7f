// What the text and the JSON form of a graph share: dims as expressions, literals, and making nodes of files that may be
// hostile.
#pragma once
#include "ir/op.h"
#include "ir/pattern.h"
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>

namespace croton::ir {

std::optional<DType> dtype_named(std::string_view name);

// ---- dims ----

/// The dim an expression stands for: integers, symbols (quoted when they are no identifiers), + - * // and calls of
/// floor_divide, remainder, minimum, maximum.
Dim dim_of(const Pattern& pattern);
Dim parse_dim(std::string_view text);

/// Bounds the work on index expressions: a file can write ones whose canonical form is exponentially large.
class IndexCosts {
public:
  /// A rough count of the terms of an i64 scalar; saturates at `refused`.
  double of(const Ref& scalar);
  /// The dim's expression where it is small and parses back to the same node.
  const std::optional<std::string>& text(const Ref& scalar);
  /// "f32[batch, 64]"; only the dtype where a size has no expression.
  std::string type_text(const Type& type);
  static constexpr double refused = 1024;

private:
  struct Cost {
    double terms;
    int depth;
  };
  Cost compute(const Node& node) const;
  std::unordered_map<Ref, Cost> costs_;
  std::unordered_map<Ref, std::optional<std::string>> texts_;
};

// ---- literals ----

/// A scalar constant's value, exact: "1.5", "-3", "true", "nan", "0x7fc00001" (the bits of another NaN).
std::string literal_text(const Node& constant);
/// The constant so spelled; throws ValueError when the dtype cannot hold it.
Ref literal_of(DType dtype, const std::string& spelled);
/// The dtype of a bare literal at a place of the arguments, where literals are null: that of the last other operand of a
/// Pointwise op; elsewhere i64 when it is spelled as an integer. Nothing: it has to be written.
std::optional<DType> literal_dtype(const Op& op, std::span<const Ref> args, bool spelled_as_integer);

// ---- attributes ----

/// "int", "ints", "dtype", … of an attribute of the op; "" where it has none of that name.
std::string_view attribute_kind(const Op& op, std::string_view key);
std::string attribute_text(std::string_view kind, const AttrValue& value);
/// The value that attribute_text() spells; `fail` is told the column and what is wrong, and throws.
AttrValue attribute_value(std::string_view kind, const std::string& key, const Pattern& spelled, const std::function<void(int column, const std::string& what)>& fail);

// ---- nodes ----

/// Makes nodes from a file: everything a type rule takes for granted of callers in the program is checked.
class Maker {
public:
  /// Throws the rule's own error, or ValueError and ShapeError for what only a file can hold.
  Ref make(const Op& op, Args args, Attrs attrs);
  IndexCosts& costs() { return costs_; }

private:
  void check_operands(const Op& op, const Args& args);
  void check_result(const Op& op, const Type& type);
  IndexCosts costs_;
};

/// The op a file may name; throws ValueError.
const Op& op_in_file(std::string_view name);
/// The attributes in the schema's order; throws ValueError when one is missing or not in the schema.
Attrs ordered(const Op& op, std::vector<std::pair<std::string, AttrValue>> given);

/// A message with its place in front; one that begins with the place, or one inside it, stays as it is.
inline std::string placed(const std::string& place, std::string message) {
  bool known = place.size() > 2 && message.starts_with(std::string_view(place).substr(0, place.size() - 2));
  return known ? message : place + message;
}

/// Runs f; errors keep their type and gain the place in front: "graph.json: nodes[3]: …". An IoError has its place already.
template <class F> auto located(const std::string& place, F f) {
  try {
    return f();
  } catch (const IoError&) {
    throw;
  } catch (const ShapeError& e) {
    throw ShapeError(placed(place, e.what()));
  } catch (const DTypeError& e) {
    throw DTypeError(placed(place, e.what()));
  } catch (const UnsupportedError& e) {
    throw UnsupportedError(placed(place, e.what()));
  } catch (const IndexError& e) {
    throw IndexError(placed(place, e.what()));
  } catch (const Error& e) { // a rule that takes its callers for Croton itself reports an internal error
    throw ValueError(placed(place, e.what()));
  }
}

} // namespace croton::ir
