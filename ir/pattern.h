// Expressions as small trees: the form of rewrite rules, of dims in files and of a graph's text lines.
//
//   expression  := sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
//   sum         := product { ("+" | "-") product }
//   product     := unary { ("*" | "/" | "//") unary }
//   unary       := "-" unary | primary
//   primary     := number [ ":" dtype ] | name | name "(" [ item { "," item } ] ")" | "[" [ expression { "," … } ] "]"
//                | string | "(" expression ")"
//   item        := expression | name "=" expression
//
// Operators are calls of their ops: "1 + x" is add(1, x), "x // y" is floor_divide(x, y), "-x" is negative(x); "-2" is
// a literal. `inf` and `nan` are literals. Trees are at most 200 deep, so functions on them may recurse.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace croton::ir {

struct PatternAttribute;

struct Pattern {
  enum class Kind : unsigned char { variable, literal, call, text, list };
  Kind kind = Kind::variable;
  std::string name;          ///< of the variable or op; a literal's own spelling; a text's contents
  double value = 0;          ///< of a literal
  std::vector<Pattern> args; ///< of a call or list
  /// key=value attributes of a call; a literal "1.5:f32" has the attribute dtype.
  std::vector<PatternAttribute> attributes;
  int depth = 1;
  int column = 1; ///< where it starts in the source, from 1

  const Pattern* attribute(std::string_view key) const;
  /// True for a literal without a point or exponent: it may stand for an integer.
  bool is_integer_literal() const;
  /// The same expression, wherever it was written.
  bool operator==(const Pattern& other) const;
};

/// key=value
struct PatternAttribute {
  std::string key;
  Pattern value;
  bool operator==(const PatternAttribute& other) const = default;
};

/// How deep expressions may nest.
inline constexpr int max_pattern_depth = 200;

/// Throws ValueError with the column.
Pattern parse_pattern(std::string_view text);

/// The canonical spelling; parses back to an equal pattern.
std::string to_string(const Pattern& pattern);

// ---- for the graph's text form ----

/// One statement "label = expression : type", or "return expression, …" with an empty label.
struct Statement {
  std::string label;
  std::vector<Pattern> values;
  std::string type; ///< as written, without spaces; may be empty
  int type_column = 0;
};

/// Names may also be labels "%12". Throws ValueError: "`place`:column: …".
Statement parse_statement(std::string_view line, std::string_view place);

/// "text" with quotes, escapes for control characters, quotes and backslashes.
std::string quoted_text(std::string_view text);
/// True for letters, digits and "_", not starting with a digit, and not a word of the grammar.
bool is_identifier(std::string_view text);

} // namespace croton::ir
