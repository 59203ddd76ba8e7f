// The parser of ir/kernel.h's text form, for text that may be hostile.
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/kernel.h"
#include "ir/kernel_verify.h"
#include "ir/kernel_words.h"
#include "ir/pattern_parser.h"
#include <charconv>
#include <unordered_map>

namespace croton::ir {

namespace {

constexpr int deepest_block = 100;
constexpr i64 most_lanes = 1024, most_threads = 65536;
constexpr std::size_t most_carried = 1024; ///< by one loop: each is checked with all that it shares with the others

/// One line, read from left to right; `place` must outlive it.
class Line {
public:
  Line(std::string_view text, const std::string& place) : lexer(text, place, Grammar::kernel), parser(lexer) {}
  Line(const Line&) = delete;

  Pattern expression() { return parser.expression(); }
  bool word(std::string_view w) { return lexer.accept_word(w); }
  void expect_word(std::string_view w) {
    if (!word(w)) lexer.fail("expected '" + std::string(w) + "'");
  }
  std::string name() {
    bool quoted = lexer.kind == Token::text;
    if (!quoted && lexer.kind != Token::name) lexer.fail("expected a name");
    std::string result = quoted ? lexer.text : std::string(lexer.lexeme);
    lexer.next();
    return result;
  }
  i64 number() {
    i64 value = 0;
    auto [end, error] = std::from_chars(lexer.lexeme.data(), lexer.lexeme.data() + lexer.lexeme.size(), value);
    if (lexer.kind != Token::number || error != std::errc() || end != lexer.lexeme.data() + lexer.lexeme.size()) lexer.fail("expected an integer");
    lexer.next();
    return value;
  }
  DType dtype() {
    auto found = lexer.kind == Token::name ? dtype_named(lexer.lexeme) : std::nullopt;
    if (!found) lexer.fail("expected a dtype");
    lexer.next();
    return *found;
  }
  void end() {
    if (lexer.kind != Token::end) lexer.fail("expected the end of the line");
  }

  Lexer lexer;
  PatternParser parser;
};

class KernelParser {
public:
  KernelParser(std::string_view text, std::string_view file) : file_(file) {
    while (!text.empty()) {
      std::size_t end = std::min(text.find('\n'), text.size());
      lines_.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  std::vector<Kernel> parse() {
    std::vector<Kernel> kernels;
    while (more()) kernels.push_back(kernel());
    return kernels;
  }

private:
  std::string file_;
  std::vector<std::string_view> lines_;
  std::size_t at_ = 0; ///< the line that comes
  Maker maker_;
  std::unordered_map<std::string, Ref> parts_;                  ///< "%1", of the statement that comes: so a text's expressions grow no faster than it
  std::unordered_map<std::string, Ref> buffers_, names_;        ///< in scope
  std::vector<std::pair<std::string, Ref>> hidden_;             ///< what names were before, to go back to at the end of a block

  // ---- lines ----

  std::string place() const { return file_ + ":" + std::to_string(at_ + 1) + ":"; }
  [[noreturn]] void fail(int column, const std::string& what) const { throw IoError(place() + std::to_string(column) + ": " + what + "."); }

  bool more() {
    for (; at_ < lines_.size(); ++at_) {
      std::size_t first = lines_[at_].find_first_not_of(" \t\r");
      if (first != std::string_view::npos && lines_[at_][first] != '#') return true;
    }
    return false;
  }

  // What `read` takes from the line that comes; every mistake has its place.
  template <class F> void line(const F& read) {
    if (!more()) fail(1, "found the end, expected a statement or '}'");
    const std::string here = place();
    try {
      Line l(lines_[at_], here);
      read(l);
      l.end();
    } catch (const IoError&) {
      throw;
    } catch (const Error& e) {
      std::string message = e.what();
      if (message.starts_with(here)) throw IoError(message);
      fail(1, message.ends_with('.') ? message.substr(0, message.size() - 1) : message);
    }
    ++at_;
  }

  bool next_is(std::string_view word) {
    if (!more()) return false;
    std::string_view text = lines_[at_].substr(lines_[at_].find_first_not_of(" \t\r"));
    return text.starts_with(word) && (text.size() == word.size() || !(is_letter(text[word.size()]) || is_digit(text[word.size()]) || text[word.size()] == '.' || text[word.size()] == '['));
  }

  void close() {
    line([](Line& l) { l.lexer.expect("}"); });
  }

  // ---- scopes ----

  void bind(const std::string& name, const Ref& node) {
    Ref& slot = names_[name];
    hidden_.emplace_back(name, slot);
    slot = node;
  }
  void leave(std::size_t mark) {
    for (; hidden_.size() > mark; hidden_.pop_back()) names_[hidden_.back().first] = hidden_.back().second;
  }

  /// A register where it is bound; it has the natural type unless it says another.
  struct Named {
    std::string name;
    std::optional<Type> type;
  };
  static Named read_register(Line& l) {
    Named result{l.name(), {}};
    if (!l.lexer.touches("{")) return result;
    l.lexer.next();
    Type type{l.dtype(), {}};
    if (l.lexer.accept(";")) type.shape.push_back(constant_dim(lanes(l)));
    l.lexer.expect("}");
    result.type = type;
    return result;
  }
  static i64 lanes(Line& l) {
    i64 count = l.number();
    if (count < 1 || count > most_lanes) l.lexer.fail("expected 1 to " + std::to_string(most_lanes) + " lanes");
    return count;
  }
  Ref register_named(const Named& n, const Type& natural) {
    const Type& type = n.type ? *n.type : natural;
    if (type.rank() > 1 || (type.rank() == 1 && !constant_value(type.shape[0]))) throw ValueError("'" + n.name + "' would be no scalar and no vector: " + to_string(type.shape));
    Ref node = register_of(n.name, type.dtype, type.rank() ? *constant_value(type.shape[0]) : 0);
    bind(n.type ? n.name + key(type) : n.name, node);
    if (n.type && !names_[n.name]) bind(n.name, node);
    return node;
  }
  static std::string key(const Type& type) { return std::string("{") + std::string(name(type.dtype)) + ";" + (type.rank() ? std::to_string(constant_value(type.shape[0]).value_or(0)) : "0") + "}"; }

  // ---- expressions ----

  Ref expression(Line& l, std::optional<DType> as_real = {}) { return node(l.expression(), DType::i64, as_real); }

  Ref node(const Pattern& p, std::optional<DType> as_integer, std::optional<DType> as_real) {
    switch (p.kind) {
    case Pattern::Kind::literal: return literal(p, as_integer, as_real);
    case Pattern::Kind::variable: return p.name == "true" || p.name == "false" ? literal_of(DType::bool_, p.name) : named(p);
    case Pattern::Kind::text: return named(p);
    case Pattern::Kind::list: fail(p.column, "expected no list here");
    case Pattern::Kind::call: break;
    }
    if (p.name == "load" || p.name == "vload") return memory(p);
    const Op* op = find_op(p.name);
    bool of_buffer = p.name == "until_aligned";
    bool in_kernels = op && (!std::holds_alternative<Memory>(op->body) || p.name == "shuffle" || of_buffer) && (!std::holds_alternative<Leaf>(op->body) || p.name == "constant");
    if (!in_kernels) fail(p.column, "there is no op named " + quoted_text(p.name.substr(0, 60)) + " in kernels");
    if (p.name == "constant" && p.attribute("value")) fail(p.column, "expected a literal: 1.5:f32");
    Args args(p.args.size());
    for (std::size_t i = 0; i < args.size(); ++i)
      if (p.args[i].kind != Pattern::Kind::literal) args[i] = of_buffer ? buffer(p.args[i]) : node(p.args[i], {}, {});
    auto integer = literal_dtype(*op, args, true), real = literal_dtype(*op, args, false);
    for (std::size_t i = 0; i < args.size(); ++i)
      if (!args[i]) args[i] = node(p.args[i], integer, real);
    std::vector<std::pair<std::string, AttrValue>> attrs;
    for (auto& [k, v] : p.attributes) attrs.emplace_back(k, attribute_value(attribute_kind(*op, k), k, v, [&](int column, const std::string& what) { fail(column, what); }));
    return located(place() + std::to_string(p.column) + ": ", [&] { return maker_.make(*op, std::move(args), ordered(*op, std::move(attrs))); });
  }

  Ref literal(const Pattern& p, std::optional<DType> as_integer, std::optional<DType> as_real) const {
    auto dtype = p.is_integer_literal() ? as_integer : as_real;
    if (auto* written = p.attribute("dtype")) {
      dtype = dtype_named(written->name);
      if (!dtype) fail(written->column, "there is no dtype named " + quoted_text(written->name.substr(0, 60)));
    }
    if (!dtype) fail(p.column, "the dtype of the literal is not known: write " + p.name.substr(0, 60) + ":f32");
    return literal_of(*dtype, p.name);
  }

  Ref named(const Pattern& p) {
    if (p.name.starts_with('%')) {
      if (auto part = parts_.find(p.name); part != parts_.end()) return part->second;
      fail(p.column, p.name.substr(0, 60) + " is not defined");
    }
    std::string name = p.name;
    if (auto* dtype = p.attribute("dtype")) {
      auto* lanes = p.attribute("lanes");
      name += "{" + dtype->name + ";" + (lanes ? lanes->name : "0") + "}";
    }
    auto found = names_.find(name);
    if (found == names_.end() || !found->second) fail(p.column, quoted_text(p.name.substr(0, 60)) + " is not bound here");
    return found->second;
  }

  Ref buffer(const Pattern& p) const {
    bool is_name = (p.kind == Pattern::Kind::variable || p.kind == Pattern::Kind::text) && p.attributes.empty();
    auto found = is_name ? buffers_.find(p.name) : buffers_.end();
    if (found == buffers_.end()) fail(p.column, (is_name ? quoted_text(p.name.substr(0, 60)) : "this") + " is no buffer of the kernel");
    return found->second;
  }

  Ref memory(const Pattern& p) {
    if (p.args.size() < 2 || p.args.size() > 3) fail(p.column, "expected a buffer, an index and perhaps a mask");
    Ref from = buffer(p.args[0]), index = node(p.args[1], DType::i64, {}), mask = p.args.size() > 2 ? node(p.args[2], {}, {}) : Ref();
    expect_index(p.args[1].column, index);
    if (mask && mask->dtype() != DType::bool_) fail(p.args[2].column, "a mask is bool, found " + std::string(name(mask->dtype())));
    auto* lanes = p.attribute("lanes");
    if ((p.name == "vload") != (lanes != nullptr)) fail(p.column, "expected x[index; lanes]");
    if (!lanes) return load(from, index, mask);
    i64 count = 0;
    auto [end, error] = std::from_chars(lanes->name.data(), lanes->name.data() + lanes->name.size(), count);
    if (error != std::errc() || end != lanes->name.data() + lanes->name.size() || count < 1 || count > most_lanes) fail(lanes->column, "expected 1 to " + std::to_string(most_lanes) + " lanes");
    if (index->rank()) fail(p.args[1].column, "the index of neighbours is a scalar");
    return vload(from, index, count, mask);
  }

  void expect_index(int column, const Ref& index) const {
    if (!is_integer(index->dtype()) || index->rank() > 1) fail(column, "an index is an integer, found " + std::string(name(index->dtype())) + to_string(index->shape()));
  }

  // ---- kernels ----

  Kernel kernel() {
    parts_.clear(), buffers_.clear(), names_.clear(), hidden_.clear();
    std::size_t first = at_;
    Kernel k;
    line([&](Line& l) { header(l, k); });
    while (more() && !next_is("kernel")) k.phases.push_back(phase());
    if (k.phases.empty()) fail(1, "expected 'parallel'");
    try {
      verify(k);
    } catch (const InternalError& e) {
      at_ = first;
      fail(1, std::string(e.what()).substr(0, std::string(e.what()).find_last_not_of('.') + 1));
    }
    return k;
  }

  void header(Line& l, Kernel& k) {
    l.expect_word("kernel");
    k.name = l.name();
    l.lexer.expect("(");
    for (bool first = true; !l.lexer.accept(")"); first = false) {
      if (!first) l.lexer.expect(",");
      bool out = l.word("out");
      if (out || l.word("in")) {
        k.buffers.push_back({new_buffer(l), out});
        continue;
      }
      std::string name = l.name();
      if (names_.contains(name)) l.lexer.fail("expected each name once");
      k.scalars.push_back(symbol_dim(name));
      names_.emplace(name, k.scalars.back());
    }
  }

  Ref new_buffer(Line& l) {
    std::string name = l.name();
    l.lexer.expect(":");
    Ref buffer = buffer_of(name, l.dtype());
    if (!buffers_.emplace(name, buffer).second) l.lexer.fail("expected each buffer once");
    return buffer;
  }

  void part(Line& l) {
    std::string label(l.lexer.lexeme);
    l.lexer.next();
    l.lexer.expect("=");
    if (!parts_.emplace(label, expression(l)).second) l.lexer.fail("expected each label once");
  }
  bool part_here() {
    if (!next_is_label()) return false;
    line([&](Line& l) { part(l); });
    return true;
  }
  bool next_is_label() { return more() && lines_[at_][lines_[at_].find_first_not_of(" \t\r")] == '%'; }

  Phase phase() {
    while (part_here()) {}
    Phase p;
    std::size_t mark = hidden_.size();
    std::vector<std::string> local;
    line([&](Line& l) {
      p.rare = l.word("rare");
      l.expect_word("parallel");
      p.extent = expression(l);
      l.expect_word("as");
      Named begin = read_register(l);
      l.lexer.expect("..");
      Named end = read_register(l);
      Named index;
      if (l.word("by")) {
        p.threads.count = l.number();
        if (p.threads.count < 1 || p.threads.count > most_threads) l.lexer.fail("expected 1 to " + std::to_string(most_threads) + " threads");
        l.expect_word("threads");
        index = read_register(l);
      }
      l.expect_word("work");
      p.work = expression(l);
      l.lexer.expect("{");
      p.begin = register_named(begin, {DType::i64, {}});
      p.end = register_named(end, {DType::i64, {}});
      if (p.threads.count) p.threads.index = register_named(index, {DType::i64, {}});
    });
    parts_.clear();
    p.body = block(0, &p, &local);
    close();
    leave(mark);
    for (auto& name : local) buffers_.erase(name);
    return p;
  }

  bool scratch(Phase& p, std::vector<std::string>& local) {
    bool shared = next_is("shared");
    if (!shared && !next_is("scratch")) return false;
    line([&](Line& l) {
      l.lexer.next();
      Ref b = new_buffer(l);
      local.emplace_back(user_name(*b));
      l.lexer.expect("[");
      (shared ? p.threads.shared : p.scratch).push_back({b, expression(l)});
      l.lexer.expect("]");
    });
    parts_.clear();
    return true;
  }

  // Up to the '}' that closes it.
  Block block(int depth, Phase* phase = nullptr, std::vector<std::string>* local = nullptr) {
    if (depth > deepest_block) fail(1, "expected blocks at most " + std::to_string(deepest_block) + " deep");
    Block statements;
    while (!next_is("}")) {
      if (!more()) fail(1, "found the end, expected a statement or '}'");
      if (part_here() || (phase && statements.empty() && scratch(*phase, *local))) continue;
      if (next_is("next")) break;
      statements.push_back(statement(depth));
      parts_.clear();
    }
    return statements;
  }

  Stmt statement(int depth) {
    if (next_is("for")) return {loop(depth)};
    if (next_is("if")) return {branch(depth)};
    Stmt result{Barrier{}};
    line([&](Line& l) {
      if (l.word("barrier")) return;
      if (l.word("let")) result = let(l);
      else if (l.word("prefetch")) result = {prefetch(l)};
      else result = {store(l)};
    });
    return result;
  }

  // The value is read before its register is bound.
  Stmt let(Line& l) {
    Named var = read_register(l);
    l.lexer.expect("=");
    Ref value = expression(l);
    if (!l.word("of")) return {Let{register_named(var, value->type), value}};
    l.expect_word("thread");
    l.lexer.expect("^");
    i64 distance = l.number();
    return {Exchange{register_named(var, value->type), value, distance}};
  }

  std::pair<Ref, Ref> element(Line& l) {
    Pattern target = l.expression();
    if (target.kind != Pattern::Kind::call || target.name != "load" || target.args.size() != 2 || !target.attributes.empty()) fail(target.column, "expected buffer[index]");
    Ref to = buffer(target.args[0]), index = node(target.args[1], DType::i64, {});
    expect_index(target.args[1].column, index);
    return {to, index};
  }

  Store store(Line& l) {
    Store s;
    std::tie(s.buffer, s.index) = element(l);
    l.lexer.expect("=");
    s.value = expression(l);
    if (s.value->dtype() != s.buffer->dtype() || s.value->rank() > 1) l.lexer.fail("expected a value of the buffer's dtype");
    if (l.word("where")) s.mask = expression(l);
    if (s.mask && s.mask->dtype() != DType::bool_) l.lexer.fail("expected a mask that is bool");
    s.streaming = l.word("streaming");
    return s;
  }

  Prefetch prefetch(Line& l) {
    auto [buffer, index] = element(l);
    return {buffer, index, l.word("near")};
  }

  If branch(int depth) {
    If s;
    line([&](Line& l) {
      l.expect_word("if");
      s.condition = expression(l);
      if (s.condition->dtype() != DType::bool_) l.lexer.fail("expected a condition that is bool");
      l.lexer.expect("{");
    });
    parts_.clear();
    std::size_t mark = hidden_.size();
    s.body = block(depth + 1);
    leave(mark);
    close();
    return s;
  }

  For loop(int depth) {
    For s;
    Named var;
    std::vector<Named> carried;
    line([&](Line& l) {
      l.expect_word("for");
      var = read_register(l);
      l.expect_word("in");
      s.begin = expression(l);
      l.lexer.expect("..");
      s.end = expression(l);
      l.expect_word("step");
      s.step = l.number();
      while (l.lexer.accept(",")) {
        carried.push_back(read_register(l));
        l.lexer.expect("=");
        s.carried.push_back({nullptr, expression(l), nullptr});
        if (s.carried.size() > most_carried) l.lexer.fail("expected at most " + std::to_string(most_carried) + " carried values");
      }
      l.lexer.expect("{");
      for (std::size_t i = 0; i < carried.size(); ++i) s.carried[i].var = register_named(carried[i], s.carried[i].init->type);
    });
    parts_.clear();
    std::size_t mark = hidden_.size();
    s.var = register_named(var, {DType::i64, {}});
    s.body = block(depth + 1);
    for (Carried& c : s.carried) {
      while (part_here()) {}
      line([&](Line& l) {
        l.expect_word("next");
        if (expression(l) != c.var) l.lexer.fail("expected the value of " + std::string(user_name(*c.var)));
        l.lexer.expect("=");
        c.next = expression(l);
        if (c.next->type != c.var->type) l.lexer.fail("expected a value of the register's type");
      });
    }
    leave(mark);
    close();
    return s;
  }
};

} // namespace

std::vector<Kernel> parse_kernels(std::string_view text, std::string_view name) { return KernelParser(text, name).parse(); }

} // namespace croton::ir
