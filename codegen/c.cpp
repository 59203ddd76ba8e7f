#include "codegen/c.h"
#include "codegen/c_function.h"
#include "codegen/raw.h"

namespace croton::codegen {

using namespace ir;

namespace {

// A name that every language takes; users name programs as they like.
std::string identifier(std::string_view text) {
  std::string name = "k_";
  for (char c : text) name += std::isalnum(static_cast<unsigned char>(c)) && static_cast<unsigned char>(c) < 128 ? c : '_';
  return name;
}

} // namespace

CSource c_module(std::span<const Kernel> kernels, const CLanguage& language, std::span<const Ref> raws, const WantedPhases& wanted) {
  CModule module(language);
  CSource source;
  std::set<std::string> taken;
  for (const Kernel& kernel : kernels) {
    auto& entries = source.entries.emplace_back();
    for (std::size_t k = 0; k < kernel.phases.size(); ++k) {
      if (wanted && !wanted(source.entries.size() - 1, k)) {
        entries.emplace_back();
        continue;
      }
      std::string stem = identifier(kernel.name) + "_" + std::to_string(k), name = stem;
      for (int again = 2; !taken.insert(name).second; ++again) name = stem + "x" + std::to_string(again);
      entries.push_back(module.function(kernel, kernel.phases[k], name));
    }
  }
  source.text = module.text();
  add_raw(source, raws, language);
  return source;
}

// Clang's builtin function for an instruction: operands, the immediate, what masked lanes would hold, a mask of all lanes, and
// the rounding of the moment.
static std::string avx512_builtin(std::string_view instruction, DType dtype, const std::vector<std::string>& operands) {
  auto space = instruction.find(' ');
  bool single = dtype == DType::f32;
  std::string call = "__builtin_ia32_" + std::string(instruction.substr(0, space)) + (single ? "ps512_mask(" : "pd512_mask(");
  for (const std::string& x : operands) call += x + ", ";
  if (space != std::string_view::npos) call += std::string(instruction.substr(space + 1)) + ", ";
  return call + operands[0] + (single ? ", (ushort)-1, 4)" : ", (uchar)-1, 4)");
}

// ---- OpenCL C ---------------------------------------------------------------------------------------------------

const CLanguage& opencl_c() {
  static const CLanguage language{
      .name = "OpenCL C",
      .prologue = "#pragma OPENCL FP_CONTRACT OFF\n"
                  "#ifdef cl_khr_fp64\n"
                  "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
                  "#endif\n",
      .types = {"bool", "char", "short", "int", "long", "uchar", "ushort", "uint", "ulong", "", "", "float", "double", "", ""},
      .i64_suffix = "L",
      .u64_suffix = "UL",
      .has_vectors = true,
      .vector_mark = "",
      .wide_load = "vload",
      .wide_store = "", // by one instruction where the compiler has one
      .vector = [](const std::string& type, const std::string& values) { return "(" + type + ")(" + values + ")"; },
      .part = [](const std::string& x, const std::string&, i64 start, i64 lanes) {
        std::string part = x + ".s";
        for (i64 i = start; i < start + lanes; ++i) part += "0123456789abcdef"[i];
        return part;
      },
      .global_memory = "__global ",
      .kernel = "__kernel void ",
      .function = "static inline ",
      .scalar_only = "fmod", // PoCL 3.1: that of double8 gives 0.0625 for 76 and −9
      .rolled = "__attribute__((opencl_unroll_hint(1))) ",
      .worker = "(long)get_group_id(0)",
      .thread = "(long)get_local_id(0)",
      .shared_memory = "__local ",
      .barrier = "barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);",
      .prefetch = "#ifdef POCL_DEVICE_ADDRESS_BITS\n" // the prefetch of PoCL does nothing
                  "#define ahead(p, level) __builtin_prefetch((const void*)(size_t)(p), 0, level)\n"
                  "#else\n"
                  "#define ahead(p, level) prefetch(p, 1)\n"
                  "#endif\n",
      .exchange = nullptr,
      .buffers_have_offsets = true,
      .avx512 = avx512_builtin,
      .bitcast = [](const std::string& type, const std::string& x) { return "as_" + type + "(" + x + ")"; },
      .to_integer = [](const std::string& type, const std::string& x) { return "convert_" + type + "_sat(" + x + ")"; },
      .convert = [](const std::string& type, const std::string& x) { return "convert_" + type + "(" + x + ")"; },
      .raw = RawLanguage::opencl,
      .raw_prologue = "typedef char i8;\ntypedef short i16;\ntypedef int i32;\ntypedef long i64;\ntypedef uchar u8;\ntypedef ushort u16;\ntypedef uint u32;\n"
                      "typedef ulong u64;\ntypedef float f32;\n#ifdef cl_khr_fp64\ntypedef double f64;\n#endif\n",
      .no_alias = "restrict ",
      .threads = "(long)get_local_size(0)",
      .shared_parameter = "__local uchar* shared",
      .shared_statement = "",
  };
  return language;
}

} // namespace croton::codegen
