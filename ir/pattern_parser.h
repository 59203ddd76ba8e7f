// The parser of ir/pattern.h, for the forms that are made of such expressions: rules, graphs and kernels.
#pragma once
#include "croton/error.h"
#include "ir/pattern.h"
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>

namespace croton::ir {

inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Infix {
  std::string_view symbol, op;
  int precedence;
};
// Longer symbols first.
inline constexpr std::array<Infix, 11> infixes{{{"<=", "less_equal", 1}, {">=", "greater_equal", 1}, {"==", "equal", 1},
                                         {"!=", "not_equal", 1}, {"//", "floor_divide", 3}, {"<", "less", 1},
                                         {">", "greater", 1}, {"+", "add", 2}, {"-", "subtract", 2},
                                         {"*", "multiply", 3}, {"/", "divide", 3}}};
inline constexpr int unary_precedence = 4;

// ---- tokens ---------------------------------------------------------------------------------------------------

enum class Token : unsigned char { end, number, name, text, symbol };

/// What the words of a line may be: names alone; labels "%12" too; or also names with points in them, loads and ranges.
enum class Grammar : unsigned char { rules, graph, kernel };

class Lexer {
public:
  Lexer(std::string_view source, std::string_view place, Grammar grammar) : source_(source), place_(place), grammar_(grammar) { next(); }

  Token kind = Token::end;
  std::string_view lexeme; ///< the token's characters
  std::string text;        ///< contents of a text token
  int column = 1;

  bool is(std::string_view symbol) const { return (kind == Token::symbol) && lexeme == symbol; }

  bool accept(std::string_view symbol) {
    if (!is(symbol)) return false;
    next();
    return true;
  }
  void expect(std::string_view symbol) {
    if (!accept(symbol)) fail("expected '" + std::string(symbol) + "'");
  }

  [[noreturn]] void fail(const std::string& expected) const {
    std::string found = kind == Token::end ? "the end" : quoted_text(lexeme.substr(0, 40));
    throw ValueError(std::string(place_) + std::to_string(column) + ": found " + found + ", " + expected + ".");
  }

  void next() {
    while (at_ < source_.size() && (source_[at_] == ' ' || source_[at_] == '\t' || source_[at_] == '\r')) ++at_;
    column = static_cast<int>(at_) + 1;
    std::size_t start = at_;
    if (at_ == source_.size()) kind = Token::end;
    else if (char c = source_[at_]; is_letter(c)) name();
    else if (is_digit(c)) number();
    else if (c == '"') string();
    else if (grammar_ != Grammar::rules && c == '%') label();
    else symbol();
    lexeme = source_.substr(start, at_ - start);
  }

  bool in_kernel() const { return grammar_ == Grammar::kernel; }
  /// Whether this symbol comes, without a space in front of it.
  bool touches(std::string_view symbol) const { return is(symbol) && column > 1 && source_[static_cast<std::size_t>(column) - 2] != ' '; }
  /// The word that comes, taken when it is this one.
  bool accept_word(std::string_view word) {
    if (kind != Token::name || lexeme != word) return false;
    next();
    return true;
  }
  /// The rest of the line from the current token on.
  std::string_view rest() const { return source_.substr(static_cast<std::size_t>(column - 1)); }

private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0'; }
  void digits() {
    while (is_digit(peek())) ++at_;
  }
  void name() {
    kind = Token::name;
    auto goes_on = [&] { return is_letter(peek()) || is_digit(peek()) || (in_kernel() && peek() == '.' && (is_letter(peek(1)) || is_digit(peek(1)))); };
    while (goes_on()) ++at_;
  }
  void label() {
    kind = Token::name;
    ++at_;
    if (!is_digit(peek())) bad("a label is '%' and a number");
    digits();
  }
  void number() {
    kind = Token::number;
    if (peek() == '0' && peek(1) == 'x') {
      at_ += 2;
      while (std::isxdigit(static_cast<unsigned char>(peek()))) ++at_;
    } else {
      digits();
      if (peek() == '.' && !(in_kernel() && peek(1) == '.')) {
        ++at_;
        digits();
      }
      std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
      if ((peek() == 'e' || peek() == 'E') && is_digit(peek(sign))) {
        at_ += sign;
        digits();
      }
    }
    if (is_letter(peek())) bad("expected a number");
  }
  void string() {
    kind = Token::text;
    text.clear();
    for (++at_; peek() != '"'; ++at_) {
      if (at_ >= source_.size()) bad("expected a closing quote");
      text += peek() == '\\' ? escape() : peek();
    }
    ++at_;
  }
  char escape() {
    char c = peek(1);
    ++at_;
    if (c == 'n') return '\n';
    if (c == '"' || c == '\\') return c;
    unsigned code = 0;
    if (c == 'x') {
      auto [end, error] = std::from_chars(source_.data() + at_ + 1, source_.data() + std::min(at_ + 3, source_.size()), code, 16);
      if (error == std::errc() && end == source_.data() + at_ + 3) {
        at_ += 2;
        return static_cast<char>(code);
      }
    }
    bad("expected \\n, \\\", \\\\ or \\x and two digits");
  }
  void symbol() {
    kind = Token::symbol;
    for (auto& infix : infixes)
      if (source_.substr(at_).starts_with(infix.symbol)) {
        at_ += infix.symbol.size();
        return;
      }
    if (in_kernel() && source_.substr(at_).starts_with("..")) {
      at_ += 2;
      return;
    }
    if (std::string_view(in_kernel() ? "()[]=,:;{}^" : "()[]=,:").find(peek()) == std::string_view::npos) bad("expected an expression");
    ++at_;
  }
  [[noreturn]] void bad(const std::string& expected) {
    column = static_cast<int>(at_) + 1;
    kind = at_ < source_.size() ? Token::symbol : Token::end;
    lexeme = source_.substr(std::min(at_, source_.size()), 1);
    fail(expected);
  }

  std::string_view source_, place_;
  Grammar grammar_;
  std::size_t at_ = 0;
};

// ---- expressions ----------------------------------------------------------------------------------------------

class PatternParser {
public:
  explicit PatternParser(Lexer& lexer) : lex_(lexer) {}

  Pattern expression(int precedence = 1) {
    Depth guard(*this);
    Pattern left = unary();
    while (const Infix* infix = infix_here()) {
      if (infix->precedence < precedence) break;
      int column = left.column;
      lex_.next();
      Pattern right = expression(infix->precedence + 1);
      left = call(std::string(infix->op), {}, column, std::move(left), std::move(right));
      if (infix->precedence == 1 && infix_here() && infix_here()->precedence == 1) lex_.fail("expected one comparison only");
    }
    return left;
  }

private:
  struct Depth {
    explicit Depth(PatternParser& p) : parser(p) { parser.check_depth(++parser.depth_); }
    ~Depth() { --parser.depth_; }
    PatternParser& parser;
  };

  void check_depth(int depth) const {
    if (depth > max_pattern_depth) lex_.fail("expected an expression at most " + std::to_string(max_pattern_depth) + " deep");
  }

  const Infix* infix_here() const {
    if (lex_.kind != Token::symbol) return nullptr;
    auto found = std::find_if(infixes.begin(), infixes.end(), [&](auto& i) { return i.symbol == lex_.lexeme; });
    return found == infixes.end() ? nullptr : &*found;
  }

  template <class... P> Pattern call(std::string name, std::vector<Pattern> args, int column, P... more) {
    (args.push_back(std::move(more)), ...);
    Pattern result{.kind = Pattern::Kind::call, .name = std::move(name), .args = std::move(args), .attributes = {}, .column = column};
    return with_depth(std::move(result));
  }
  Pattern with_depth(Pattern p) const {
    for (const Pattern& a : p.args) p.depth = std::max(p.depth, a.depth + 1);
    for (const auto& [key, a] : p.attributes) p.depth = std::max(p.depth, a.depth + 1);
    check_depth(p.depth);
    return p;
  }

  Pattern unary() {
    if (!lex_.is("-")) return primary();
    int column = lex_.column;
    lex_.next();
    bool number = lex_.kind == Token::number || (lex_.kind == Token::name && lex_.lexeme == "inf");
    Pattern operand = expression(unary_precedence);
    if (!number || operand.kind != Pattern::Kind::literal || operand.name.starts_with('-')) return call("negative", {}, column, std::move(operand));
    operand.name.insert(0, "-");
    operand.value = -operand.value;
    operand.column = column;
    return operand;
  }

  Pattern primary() {
    int column = lex_.column;
    if (lex_.accept("(")) {
      Pattern inner = expression();
      lex_.expect(")");
      return inner;
    }
    if (lex_.accept("[")) return list(column);
    switch (lex_.kind) {
    case Token::number: return literal(column);
    case Token::name: return name(column);
    case Token::text: {
      Pattern p{.kind = Pattern::Kind::text, .name = lex_.text, .args = {}, .attributes = {}, .column = column};
      lex_.next();
      return lex_.in_kernel() ? in_memory(typed(std::move(p))) : p;
    }
    case Token::symbol:
    case Token::end: break;
    }
    lex_.fail("expected an expression");
  }

  Pattern list(int column) {
    Pattern result{.kind = Pattern::Kind::list, .name = {}, .args = {}, .attributes = {}, .column = column};
    while (!lex_.accept("]")) {
      if (!result.args.empty()) lex_.expect(",");
      result.args.push_back(expression());
    }
    return with_depth(std::move(result));
  }

  Pattern literal(int column) {
    Pattern p{.kind = Pattern::Kind::literal, .name = std::string(lex_.lexeme), .args = {}, .attributes = {}, .column = column};
    const char *first = p.name.data(), *last = first + p.name.size();
    if (p.name.starts_with("0x")) {
      unsigned long long bits = 0;
      auto [end, error] = std::from_chars(first + 2, last, bits, 16);
      if (error != std::errc() || end != last) lex_.fail("expected at most 16 hexadecimal digits");
      p.value = static_cast<double>(bits);
    } else if (std::from_chars(first, last, p.value).ec != std::errc()) {
      lex_.fail("expected a number that a double can hold");
    }
    lex_.next();
    return with_dtype(std::move(p));
  }

  Pattern with_dtype(Pattern p) {
    if (!lex_.accept(":")) return p;
    if (lex_.kind != Token::name) lex_.fail("expected a dtype");
    Pattern dtype{.name = std::string(lex_.lexeme), .args = {}, .attributes = {}, .column = lex_.column};
    p.attributes.push_back({"dtype", std::move(dtype)});
    lex_.next();
    return p;
  }

  Pattern name(int column) {
    Pattern p{.name = std::string(lex_.lexeme), .args = {}, .attributes = {}, .column = column};
    lex_.next();
    if (p.name == "inf" || (p.name == "nan" && !lex_.is("("))) {
      p.kind = Pattern::Kind::literal;
      p.value = p.name == "inf" ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
      return with_dtype(std::move(p));
    }
    if (lex_.in_kernel()) p = in_memory(typed(std::move(p)));
    if (p.kind != Pattern::Kind::variable || !p.attributes.empty() || p.name.starts_with('%') || !lex_.accept("(")) return p;
    p.kind = Pattern::Kind::call;
    bool first = true;
    while (!lex_.accept(")")) {
      if (!std::exchange(first, false)) lex_.expect(",");
      item(p);
    }
    return with_depth(std::move(p));
  }

  // In kernels: x{f32; 16} says which x it is.
  Pattern typed(Pattern p) {
    if (p.name.starts_with('%') || !lex_.touches("{")) return p;
    lex_.next();
    if (lex_.kind != Token::name) lex_.fail("expected a dtype");
    p.attributes.push_back({"dtype", Pattern{.name = std::string(lex_.lexeme), .args = {}, .attributes = {}, .column = lex_.column}});
    lex_.next();
    if (lex_.accept(";")) p.attributes.push_back({"lanes", count()});
    lex_.expect("}");
    return p;
  }
  Pattern count() {
    if (lex_.kind != Token::number) lex_.fail("expected a number");
    return literal(lex_.column);
  }

  // In kernels: x[index], x[index; 16] for neighbours, x[index if mask].
  Pattern in_memory(Pattern buffer) {
    if (!lex_.accept("[")) return buffer;
    int column = buffer.column;
    Pattern index = expression(), result = call("load", {}, column, std::move(buffer), std::move(index));
    if (lex_.accept(";")) {
      result.name = "vload";
      result.attributes.push_back({"lanes", count()});
    }
    if (lex_.accept_word("if")) result.args.push_back(expression());
    lex_.expect("]");
    return with_depth(std::move(result));
  }

  void item(Pattern& call) {
    int column = lex_.column;
    Pattern value = expression();
    if (!lex_.is("=")) {
      call.args.push_back(std::move(value));
      return;
    }
    if (value.kind != Pattern::Kind::variable || value.name.starts_with('%') || value.column != column) lex_.fail("expected ',' or ')'");
    if (call.attribute(value.name)) lex_.fail("expected each attribute once");
    lex_.next();
    call.attributes.push_back({std::move(value.name), expression()});
  }

  Lexer& lex_;
  int depth_ = 0;
};

} // namespace croton::ir
