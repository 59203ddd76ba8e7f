// The printer of one phase as an LLVM function.
#pragma once
#include "ir/build.h"
#include "ir/kernel.h"
#include "ir/op.h"
#include <set>
#include <string>
#include <unordered_map>

namespace croton::codegen {

/// "float", "<16 x float>"; bool is i1 in registers and i8 in memory.
std::string llvm_type(DType dtype, i64 lanes);
std::string memory_type(DType dtype, i64 lanes);
/// "v16f32" or "f32", as in intrinsics' names.
std::string intrinsic_suffix(DType dtype, i64 lanes);

class LlvmModule {
public:
  /// Prints the phase as `symbol`, unless it reads like one printed before; returns the symbol to call.
  std::string function(const ir::Kernel& kernel, const ir::Phase& phase, const std::string& symbol);
  std::string text() const;
  void declare(const std::string& declaration) { declarations_.insert(declaration); }

private:
  std::string functions_;
  std::unordered_map<std::string, std::string> symbol_of_; ///< by the text behind the symbol
  std::set<std::string> declarations_;
};

class LlvmFunction {
public:
  LlvmFunction(LlvmModule& module, const ir::Kernel& kernel, const ir::Phase& phase);
  /// Parameters and body: what follows the symbol in a definition.
  const std::string& text() const { return text_; }

private:
  LlvmModule& module_;
  std::string text_;
  std::string block_ = "entry"; ///< label of the block being printed
  int values_ = 0, labels_ = 0;
  std::unordered_map<const ir::Node*, std::string> buffers_; ///< base pointers
  std::vector<std::unordered_map<const ir::Node*, std::string>> scopes_;
  std::vector<ir::Ref> alive_;
  std::set<const ir::Node*> written_;

  void prologue(const ir::Kernel& kernel, const ir::Phase& phase);
  void print(const ir::Block& block);
  void print(const ir::Let& let);
  void print(const ir::Store& store);
  void print(const ir::Prefetch& prefetch);
  void print(const ir::For& loop);
  void print(const ir::If& branch);
  [[noreturn]] void print(const ir::Barrier& barrier);
  [[noreturn]] void print(const ir::Exchange& exchange);

  // ---- expressions ----
  /// The name or literal of a value; prints what is not printed yet.
  std::string value(const ir::Ref& expression);
  std::string compute(const ir::Node& node);
  std::string pointwise(const ir::Node& node);
  std::string intrinsic(const ir::Node& node, const std::string& name);
  std::string avx512(const ir::Node& node, std::string_view instruction);
  std::string cast(const ir::Node& node);
  std::string lanes_view(const ir::Node& node);
  std::string shuffled(const ir::Node& node, const std::vector<i64>& order);
  std::string until_aligned(const ir::Node& node);
  std::string load(const ir::Node& node);
  std::string literal(const ir::Node& node, i64 lanes) const;
  /// An operand in the lanes of the whole: scalars are repeated.
  std::string operand(const ir::Ref& x, i64 lanes);
  std::string address(const ir::Ref& buffer, const ir::Ref& index);
  std::string emit(const std::string& instruction); ///< "%7 = …" and returns "%7"
  void line(const std::string& text);
  const std::string* find(const ir::Node& node) const;
  bool is_pure(const ir::Ref& expression) const;
  std::string to_memory(DType dtype, i64 lanes, const std::string& name);
  std::string from_memory(DType dtype, i64 lanes, const std::string& name);
};

} // namespace croton::codegen
