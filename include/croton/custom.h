// Elementwise functions of the user's own, with a derivative of the user's own.
#pragma once
#include "croton/expr.h"
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace croton {

namespace detail {
struct Custom;
}

/// What an own op is made of.
struct CustomOp {
  /// The value of one element from those of the operands: elementwise functions only, of operands that all have the dtype
  /// the op is called with; the result has that dtype.
  std::function<Expr(const std::vector<Expr>& args)> value;
  /// The operands' cotangents from (operands, result, the result's cotangent); an empty Expr stands for none. Without it
  /// the derivative is that of `value`.
  std::function<std::vector<Expr>(const std::vector<Expr>& args, const Expr& result, const Expr& cotangent)> gradient = {};
  int operands = 1; ///< 1 to 3
  std::string doc = {};
};

/// An elementwise op made by custom_op(). Calling it promotes and broadcasts as `+` does; integers and bool become the
/// default float.
class CustomFunction {
public:
  Expr operator()(In x) const { return call({x}); }
  Expr operator()(In x, In y) const { return call({x, y}); }
  Expr operator()(In x, In y, In z) const { return call({x, y, z}); }

private:
  friend CustomFunction custom_op(std::string name, CustomOp op, std::source_location here);
  Expr call(std::initializer_list<In> args) const;
  std::shared_ptr<detail::Custom> custom_;
};

/// Registers an op for the rest of the process. ValueError when the name is taken or the operands are not 1 to 3. `value` is
/// traced at the first call with each float dtype (UnsupportedError when it holds anything but elementwise ops).
/// At most 64 own ops may exist in a process.
CustomFunction custom_op(std::string name, CustomOp op, std::source_location here = std::source_location::current());
/// An op of one operand with the derivative of its value: `custom_op("wave", [](Expr x) { return sin(x) / x; })`
template <class F>
  requires std::is_invocable_r_v<Expr, F, Expr>
CustomFunction custom_op(std::string name, F value, std::source_location here = std::source_location::current()) {
  return custom_op(std::move(name), CustomOp{.value = [value](const std::vector<Expr>& args) { return value(args[0]); }}, here);
}

} // namespace croton
