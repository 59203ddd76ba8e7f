#include "ir/pattern.h"
#include "ir/pattern_parser.h"

namespace croton::ir {

namespace {

using Kind = Pattern::Kind;

// ---- printing -------------------------------------------------------------------------------------------------

const Infix* infix_of(const Pattern& p) {
  if (p.kind != Kind::call || p.args.size() != 2 || !p.attributes.empty()) return nullptr;
  auto found = std::find_if(infixes.begin(), infixes.end(), [&](auto& i) { return i.op == p.name; });
  return found == infixes.end() ? nullptr : &*found;
}

int precedence_of(const Pattern& p) {
  if (auto* infix = infix_of(p)) return infix->precedence;
  return p.kind == Kind::literal && p.name.starts_with('-') ? unary_precedence : unary_precedence + 1;
}

std::string print(const Pattern& p);

std::string wrapped(const Pattern& p, int precedence) {
  return precedence_of(p) < precedence ? "(" + print(p) + ")" : print(p);
}

std::string joined(const Pattern& p) {
  std::string text;
  for (const Pattern& a : p.args) text += (text.empty() ? "" : ", ") + print(a);
  for (const auto& [key, a] : p.attributes) text += (text.empty() ? "" : ", ") + key + "=" + print(a);
  return text;
}

std::string print(const Pattern& p) {
  switch (p.kind) {
  case Kind::variable: return p.name;
  case Kind::literal: return p.attributes.empty() ? p.name : p.name + ":" + p.attributes[0].value.name;
  case Kind::text: return quoted_text(p.name);
  case Kind::list: return "[" + joined(p) + "]";
  case Kind::call: break;
  }
  if (auto* infix = infix_of(p)) {
    int left = infix->precedence + (infix->precedence == 1); // comparisons do not chain
    return wrapped(p.args[0], left) + " " + std::string(infix->symbol) + " " + wrapped(p.args[1], infix->precedence + 1);
  }
  return p.name + "(" + joined(p) + ")";
}

} // namespace

const Pattern* Pattern::attribute(std::string_view key) const {
  for (auto& [k, v] : attributes)
    if (k == key) return &v;
  return nullptr;
}

bool Pattern::is_integer_literal() const {
  return kind == Kind::literal && name.find_first_not_of("-0123456789") == std::string::npos;
}

bool Pattern::operator==(const Pattern& other) const {
  return kind == other.kind && name == other.name && args == other.args && attributes == other.attributes;
}

Pattern parse_pattern(std::string_view text) {
  Lexer lexer(text, "[expression] column ", Grammar::rules);
  Pattern p = PatternParser(lexer).expression();
  if (lexer.kind != Token::end) lexer.fail("expected an operator or the end");
  return p;
}

std::string to_string(const Pattern& pattern) { return print(pattern); }

Statement parse_statement(std::string_view line, std::string_view place) {
  std::string prefix = std::string(place) + ":";
  Lexer lexer(line, prefix, Grammar::graph);
  PatternParser parser(lexer);
  Statement statement;
  if (lexer.kind != Token::name) lexer.fail("expected a label or return");
  if (lexer.lexeme == "return") {
    do {
      lexer.next();
      statement.values.push_back(parser.expression());
    } while (lexer.is(","));
    if (lexer.kind != Token::end) lexer.fail("expected ',' or the end");
    return statement;
  }
  statement.label = lexer.lexeme;
  lexer.next();
  lexer.expect("=");
  statement.values.push_back(parser.expression());
  if (lexer.accept(":")) {
    statement.type_column = lexer.column;
    for (char c : lexer.rest())
      if (c != ' ' && c != '\t' && c != '\r') statement.type += c;
    return statement;
  }
  if (lexer.kind != Token::end) lexer.fail("expected ':' or the end");
  return statement;
}

std::string quoted_text(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (char c : text) {
    auto code = static_cast<unsigned char>(c);
    if (c == '\n') result += "\\n";
    else if (c == '"' || c == '\\') (result += '\\') += c;
    else if (code < 0x20 || code == 0x7F) ((result += "\\x") += digits[code >> 4]) += digits[code & 15];
    else result += c;
  }
  return result + "\"";
}

bool is_identifier(std::string_view text) {
  constexpr std::array<std::string_view, 5> words{"inf", "nan", "true", "false", "return"};
  if (text.empty() || !is_letter(text[0])) return false;
  if (std::find(words.begin(), words.end(), text) != words.end()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

} // namespace croton::ir
