// Rules of algebra compiled for matching: names resolved, variables numbered, one variant for every order of the
// operands of commutative ops.
#pragma once
#include "ir/pattern.h"
#include "passes/rules.h"

namespace croton::passes {

/// A pattern with its names resolved.
struct Term {
  enum class Kind : std::uint8_t { variable, constant, literal, call };
  struct Attribute {
    std::string_view key; ///< the schema's own spelling
    int slot = -1;        ///< of an attribute variable, or
    ir::AttrValue value;  ///< the value itself
  };
  Kind kind = Kind::variable;
  const ir::Op* op = nullptr;
  double value = 0;
  int slot = -1;
  std::vector<Term> args;
  std::vector<Attribute> attributes;
};

struct Guard {
  int slot = -1; ///< −1: the node replaced
  bool (*holds)(const ir::Ref& x) = nullptr;
};

class Matcher {
public:
  /// Throws InternalError for a rule that is not well formed.
  explicit Matcher(const Rule& rule);
  const ir::Op& root() const { return *variants_.front().op; }
  ir::Ref apply(const ir::Node& node) const;

private:
  struct Binding {
    std::vector<ir::Ref> nodes;
    std::vector<const ir::AttrValue*> attributes;
  };
  Term resolve(const ir::Pattern& pattern, bool left);
  int slot_of(std::vector<std::string>& names, const std::string& name, bool left);
  void parse_guards(std::string_view text);
  bool match(const Term& term, const ir::Ref& node, Binding& binding) const;
  bool match_call(const Term& term, const ir::Node& node, Binding& binding) const;
  ir::Ref build(const Term& term, const Binding& binding, DType dtype) const;
  [[noreturn]] void fail(const std::string& what) const;

  const Rule& rule_;
  std::vector<std::string> variables_, attribute_variables_;
  std::vector<Term> variants_;
  Term result_;
  std::vector<Guard> guards_;
};

} // namespace croton::passes
