// Prints kernels as text of a C-family language. Decides nothing: vectors, masks, unrolling and expansions are in the
// kernel already, and all that differs between languages is one struct of spellings.
#pragma once
#include "codegen/wanted.h"
#include "ir/kernel.h"
#include "ir/raw.h"
#include <array>
#include <string>
#include <vector>

namespace croton::codegen {

/// A language: how it writes what the printer needs. A further C-like backend is one more of these.
struct CLanguage {
  std::string_view name; ///< for messages
  std::string_view prologue;
  std::array<std::string_view, dtype_count> types; ///< by DType; "" where the language has none
  std::string_view i64_suffix, u64_suffix;
  bool has_vectors;               ///< float16 and its kin, with vload and vstore
  std::string_view vector_mark;   ///< between an element's name and the number of lanes
  std::string_view wide_load, wide_store; ///< functions, up to the number of lanes, for elements side by side; "": the printer writes its own
  std::string (*vector)(const std::string& type, const std::string& values); ///< of one value, or of one for each lane
  std::string (*part)(const std::string& x, const std::string& type, i64 start, i64 lanes); ///< of a vector; 1: a scalar
  std::string_view global_memory; ///< in front of a pointer to a buffer's elements
  std::string_view kernel;        ///< in front of an entry's name
  std::string_view function;      ///< in front of a helper's result type
  std::string_view scalar_only;   ///< a function whose vector form is not to be trusted: called lane by lane
  std::string_view rolled;        ///< in front of a loop that is not to be unrolled
  std::string_view worker;        ///< the number of the block that runs one part of a phase, an i64
  std::string_view thread;        ///< the number of a thread in its block, an i64
  std::string_view shared_memory; ///< in front of an array of the block's
  std::string_view barrier;       ///< the statement
  std::string_view prefetch;      ///< the definition of `ahead(p, level)`, which asks for the line of an address, level 3 for use at once; "" where there is none
  /// The value of the thread whose number differs by `distance`; null: threads exchange through shared memory only.
  std::string (*exchange)(const std::string& x, i64 distance);
  /// A buffer is passed as the memory object it lies in and an offset in bytes, not as an address.
  bool buffers_have_offsets;
  /// An instruction of AVX-512 (ir::Pointwise::avx512) on vectors that fill a register, where `expand` left it; null: none.
  std::string (*avx512)(std::string_view instruction, DType dtype, const std::vector<std::string>& operands);
  std::string (*bitcast)(const std::string& type, const std::string& x);
  /// A float as an integer: towards zero, saturating, NaN is 0.
  std::string (*to_integer)(const std::string& type, const std::string& x);
  std::string (*convert)(const std::string& type, const std::string& x); ///< any other conversion
  // ---- what raw kernels need ----
  ir::RawLanguage raw;
  std::string_view raw_prologue;     ///< the names u8 … f64, once in front of all
  std::string_view no_alias;         ///< behind a pointer's star
  std::string_view threads;          ///< of a block, an i64
  std::string_view shared_parameter; ///< memory of a block that is asked for at launch, as a parameter …
  std::string_view shared_statement; ///< … or as a declaration in front of the body
};

const CLanguage& opencl_c();
/// What NVRTC takes: C++ without headers, with the vectors it lacks in the prologue. Entries are extern "C".
const CLanguage& cuda_c();

struct CSource {
  std::string text;
  /// entries[kernel][phase], a name; phases that print alike share one. Parameters, in order: for each of the kernel's
  /// buffers its place; each scalar of the kernel; the Partition that cuts the phase's extent (units_each, units_left,
  /// multiple, end), one block for each of its chunks; and, when the phase has scratch, the place of all workers'
  /// scratch, the bytes of one worker's, and the offset of each buffer in it. Numbers are i64.
  std::vector<std::vector<std::string>> entries;
  /// Of raw nodes; nodes of one kernel share one. Parameters: the places of operands and result; the signature's sizes and
  /// the items; then the Partition that cuts the items, or, where the kernel has a launch of its own that asks for memory,
  /// that memory if it is a parameter.
  std::vector<std::string> raw_entries;
};

/// `wanted` empty: all phases. UnsupportedError, by name, for a dtype or a number of lanes that the language has not.
CSource c_module(std::span<const ir::Kernel> kernels, const CLanguage& language, std::span<const ir::Ref> raws = {}, const WantedPhases& wanted = {});

/// A raw node's kernel as a file of plain C with one function:
///   void croton_raw(void* const* buffers, const int64_t* numbers, int64_t begin, int64_t end, void* const* unused)
/// runs the items from begin to end; numbers are the signature's sizes, then the items.
std::string raw_c_file(const ir::Node& raw);

} // namespace croton::codegen
