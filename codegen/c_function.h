// The printer of one phase as a function of a C-family language. Every value is a constant of its own.
#pragma once
#include "codegen/c.h"
#include "ir/build.h"
#include "ir/op.h"
#include <map>
#include <set>
#include <unordered_map>

namespace croton::codegen {

/// The parameters of a Partition, and the lines that define `begin` and `end`, a worker's part of it.
std::vector<std::string> part_parameters(const std::string& i64_type);
std::string part_of_worker(const CLanguage& language, const std::string& i64_type, const std::string& pad);

class CModule {
public:
  explicit CModule(const CLanguage& language) : language_(language) {}

  /// Prints the phase as `entry`, unless it reads like one printed before; returns the entry to launch.
  std::string function(const ir::Kernel& kernel, const ir::Phase& phase, const std::string& entry);
  std::string text() const;

  const CLanguage& language() const { return language_; }
  /// A function that others call, printed once in front of them.
  void helper(const std::string& name, const std::string& text) { helpers_.emplace(name, text); }

private:
  const CLanguage& language_;
  std::string functions_;
  std::unordered_map<std::string, std::string> entry_of_; ///< by the text behind the entry's name
  std::map<std::string, std::string> helpers_;
};

class CFunction {
public:
  CFunction(CModule& module, const ir::Kernel& kernel, const ir::Phase& phase);
  /// Parameters and body: what follows the name in a definition.
  const std::string& text() const { return text_; }

private:
  CModule& module_;
  const CLanguage& language_;
  std::string text_, pad_ = "  ";
  int values_ = 0;
  std::unordered_map<const ir::Node*, std::string> buffers_;
  std::vector<std::unordered_map<const ir::Node*, std::string>> scopes_;
  std::vector<ir::Ref> alive_;
  std::set<const ir::Node*> written_;

  // ---- frame and statements (c_function.cpp) ----
  void parameters(const ir::Kernel& kernel, const ir::Phase& phase);
  void prologue(const ir::Kernel& kernel, const ir::Phase& phase);
  void print(const ir::Block& block);
  void print(const ir::Let& let);
  void print(const ir::Store& store);
  void print(const ir::For& loop);
  void print(const ir::If& branch);
  void print(const ir::Barrier& barrier);
  void print(const ir::Exchange& exchange);
  void print(const ir::Prefetch& prefetch);
  void line(const std::string& text) { text_ += pad_ + text + "\n"; }
  void open(const std::string& head);
  void close();
  std::string fresh(const std::string& stem) { return stem + std::to_string(values_++); }
  std::string declare(const ir::Node& like, i64 lanes, const std::string& stem, const std::string& value, bool is_const = true);

  // ---- expressions (c_expression.cpp) ----
  /// The name or literal of a value; prints what is not printed yet.
  std::string value(const ir::Ref& expression);
  std::string compute(const ir::Node& node);
  std::string pointwise(const ir::Node& node);
  std::string from_template(const ir::Node& node, std::string_view how);
  std::string select(const ir::Node& node);
  std::string cast(const ir::Node& node);
  std::string lanes_view(const ir::Node& node);
  std::string shuffled(const ir::Node& node);
  std::string literal(const ir::Node& node) const;
  /// An operand in the lanes of the whole: scalars are repeated.
  std::string operand(const ir::Ref& x, i64 lanes);
  std::string repeated(const std::string& scalar, DType dtype, i64 lanes) const;
  const std::string* find(const ir::Node& node) const;
  bool is_pure(const ir::Ref& expression) const;

  // ---- types (c_expression.cpp) ----
  std::string element(DType dtype) const;
  std::string type(DType dtype, i64 lanes) const; ///< in registers: a bool vector is one of bytes, 0 or −1
  std::string vector_of(const std::string& element, i64 lanes) const;

  // ---- memory (c_memory.cpp) ----
  std::string load(const ir::Node& node);
  void store(const ir::Store& store);
  std::string pointer(DType dtype, bool is_const) const;
  std::string helper(const char* kind, DType dtype, i64 lanes);
  std::string whole_store(DType dtype, i64 lanes);
  std::string streaming_store(DType dtype, i64 lanes);
  std::string lane_by_lane(const std::string& function, const ir::Node& node);
};

} // namespace croton::codegen
