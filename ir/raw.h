// Raw kernels: code of the user's own as a node. This is what the attributes of a `raw` node say.
#pragma once
#include "ir/array.h"
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace croton::ir {

// ---- signatures -----------------------------------------------------------------------------------------------

/// "x: f32[..., n]": `...` stands for any axes in front, the same wherever it is written.
struct RawTensor {
  std::string name;
  DType dtype = DType::f32;
  bool has_leading = false;
  std::vector<Dim> dims; ///< behind the leading axes: expressions of the signature's symbols
};

/// "a: f32, x: f32[n], y: f32[n] -> z: f32[n]"
struct RawSignature {
  std::vector<RawTensor> operands;
  RawTensor result;
  std::vector<Ref> sizes; ///< its symbols, in order of appearance; each stands alone on some operand's axis
};

/// Throws ValueError with the column.
RawSignature parse_signature(std::string_view text);
std::string to_string(const RawTensor& tensor);

/// What the signature's sizes are for these operands.
struct RawSizes {
  std::vector<Ref> symbols;
  std::vector<Dim> values;
  Shape leading;
  /// An expression of the signature's symbols at these sizes.
  Dim at(const Dim& expression) const;
};
/// `require` is told the sizes of operands that the signature says are equal.
RawSizes bind_sizes(const RawSignature& signature, const Args& operands, const Require& require);

// ---- bodies ---------------------------------------------------------------------------------------------------

enum class RawLanguage : std::uint8_t { c, opencl, cuda };
/// "C", "OpenCL C", "CUDA C"
std::string_view name(RawLanguage language);
/// The attribute that holds a body: "c", "opencl", "cuda".
std::string_view attribute(RawLanguage language);

/// Statements, and what stands in front of the function that they become.
struct RawBody {
  std::string text, preamble;
};

/// What the attributes of a node say, checked: ValueError, UnsupportedError.
struct RawKernel {
  std::string name;
  RawSignature signature;
  bool zeroed = false;
  /// How often the body runs, each time with another `i`: for each element of the result when null.
  Dim items;
  /// Blocks and their threads along up to three axes, and bytes of memory that a block's threads share, where OpenCL and
  /// CUDA run the body once in each thread instead; no groups: they run it for each item.
  std::vector<Dim> groups, threads;
  Dim shared;
};
RawKernel raw_kernel_of(const Attrs& attrs);
RawBody raw_body_of(const Attrs& attrs, RawLanguage language);
bool is_raw(const Node& node);

// ---- functions of the user's program --------------------------------------------------------------------------

struct RawFunctions {
  std::function<Array(const std::vector<const Array*>& operands)> reference;
  std::function<std::vector<Ref>(const Node& node, const Ref& cotangent)> gradient;
};
/// Keeps them for the rest of the process, for kernels of this name and signature; returns the number that nodes hold.
i64 keep_functions(std::string name, std::string signature, RawFunctions functions);
/// Those of the node; null where it has none in this process.
const RawFunctions* functions_of(const Node& node);
/// A node that can be interpreted: any but a raw kernel without a reference body.
bool has_value_on_host(const Node& node);
/// ", which … could not carry", for nodes of a document whose functions were those of another process; else "".
std::string_view lost_functions(const Node& node);

} // namespace croton::ir
