// Kernels of the user's own: statements in C, OpenCL C and CUDA C as a node of the graph. docs/raw-kernels.md begins at the
// beginning; include/croton/expression_kernels.h has kernels that are one expression.
#pragma once
#include "croton/array.h"
#include "croton/expr.h"
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

namespace croton {

/// Statements of one language, and what stands in front of the function that they become: helpers, #defines, #includes.
struct RawBody {
  std::string statements = {}, preamble = {};

  RawBody() = default;
  RawBody(const char* text) : statements(text) {}
  RawBody(std::string text, std::string in_front = {}) : statements(std::move(text)), preamble(std::move(in_front)) {}
};

/// A launch of the user's own on OpenCL and CUDA; each text is an expression of the signature's sizes, or up to three,
/// divided by commas. The statements then run once in each thread, there is no `i`, and they may share memory and wait for
/// each other.
struct RawLaunch {
  std::string groups = {};  ///< "(n + 255) // 256"; empty: none of its own, the statements run once for each item
  std::string threads = {}; ///< of a group; empty: 1
  std::string shared = {};  ///< bytes of a group, as `shared`, an array of unsigned bytes; empty: none
};

/// What a raw kernel is made of. A body may use
///   each operand and the result by its name: the value of an operand without axes, else the address of the first element
///     of a dense row-major array;
///   each size of the signature, the number of `items`, and `i`, from 0 to items − 1: an i64;
///   u8, u16, u32, u64, i8, i16, i32, i64, f32, f64 in every language. A bool is a u8 in memory, 0 or 1.
/// It must write every element of the result (unless `zeroed`), reads no other memory, and `return` ends the item. Items run
/// in any order and at the same time.
struct RawKernel {
  RawBody body = {};              ///< for every language below that has none of its own
  RawBody c = {};                 ///< on device cpu, compiled by the system's compiler (`cc`, or the one that CROTON_CC names)
  RawBody opencl = {}, cuda = {}; ///< on the devices of these names
  /// How often the body runs: an expression of the signature's sizes. Empty: for each element of the result.
  std::string items = {};
  RawLaunch launch = {};
  bool zeroed = false; ///< the result is 0 before the kernel runs, for bodies that add to it
  /// The value in plain C++: on devices host and reference, and for compare() and debug modes. It must not throw.
  std::function<Array(const std::vector<Array>& operands)> reference = {};
  /// The operands' cotangents from (operands, result, the result's cotangent), as expressions; an empty Expr stands for none.
  std::function<std::vector<Expr>(const std::vector<Expr>& operands, const Expr& result, const Expr& cotangent)> gradient = {};
};

/// A kernel made by raw_kernel(), called with as many operands as its signature has. Literals take the dtype of their
/// operand; other dtypes than the signature's are a DTypeError, other shapes a ShapeError.
class RawFunction {
public:
  using Here = std::source_location;
  Expr operator()(Here here = Here::current()) const { return call({}, here); }
  Expr operator()(In a) const { return call({a}, a.where()); }
  Expr operator()(In a, In b) const { return call({a, b}, a.where()); }
  Expr operator()(In a, In b, In c) const { return call({a, b, c}, a.where()); }
  Expr operator()(In a, In b, In c, In d) const { return call({a, b, c, d}, a.where()); }
  Expr operator()(In a, In b, In c, In d, In e) const { return call({a, b, c, d, e}, a.where()); }
  Expr operator()(In a, In b, In c, In d, In e, In f) const { return call({a, b, c, d, e, f}, a.where()); }
  /// Any number of operands.
  Expr call(const std::vector<In>& operands, Location here = Here::current()) const;

private:
  friend RawFunction raw_kernel(std::string name, std::string signature, RawKernel kernel, std::source_location here);
  struct Definition;
  std::shared_ptr<const Definition> definition_;
};

/// A kernel from its name, its signature, "a: f32, x: f32[n], y: f32[n] -> z: f32[n]", and its bodies. The signature names
/// operands, result and sizes; equal sizes must be equal at a call; sizes of the result are expressions (`n + 1`, `n // 2`);
/// `...` in front stands for any axes, the same wherever it is written: `x: f32[..., n] -> s: f32[...]`.
/// ValueError for a name or signature that is none; UnsupportedError for several results. Nothing is compiled before a
/// function is made: then a missing body is an UnsupportedError that names kernel and device, and one that the compiler
/// refuses a DeviceError that quotes it.
RawFunction raw_kernel(std::string name, std::string signature, RawKernel kernel, std::source_location here = std::source_location::current());

} // namespace croton
