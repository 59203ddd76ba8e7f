#include "codegen/raw.h"
#include "codegen/c_function.h"
#include "ir/build.h"
#include <functional>
#include <map>
#include <set>

namespace croton::codegen {

using namespace ir;

namespace {

std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (std::size_t i = 0; i < all.size(); ++i) text += (i ? ", " : "") + all[i];
  return text;
}

// As bodies know it; a bool is a byte in memory, 0 or 1.
std::string element(DType d) { return std::string(name(d == DType::bool_ ? DType::u8 : d)); }

// How a language writes the frame.
struct Frame {
  std::string_view memory, no_alias, function;

  std::string pointer(const RawTensor& t, bool is_const) const { return std::string(memory) + (is_const ? "const " : "") + element(t.dtype) + "* "; }
  /// An operand without axes is its value, everything else the address of its first element.
  bool by_value(const RawTensor& t) const { return t.dims.empty() && !t.has_leading; }
  std::string named(const RawTensor& t, bool is_result) const {
    if (!is_result && by_value(t)) return "const " + element(t.dtype) + " " + t.name;
    return pointer(t, !is_result) + std::string(no_alias) + t.name;
  }

  // The user's statements as a function that runs one item.
  std::string item(const RawKernel& k, const std::string& function_name, const std::string& body) const {
    std::vector<std::string> all{"const i64 i", "const i64 items"};
    for (const RawTensor& t : k.signature.operands) all.push_back(named(t, false));
    all.push_back(named(k.signature.result, true));
    for (const Ref& size : k.signature.sizes) all.push_back("const i64 " + std::string(user_name(*size)));
    return std::string(function) + "void " + function_name + "(" + joined(all) + ") {\n" + body + "}\n";
  }
  /// A call of it; `buffer` gives the address of operand or result k.
  std::string call(const RawKernel& k, const std::string& name, const std::function<std::string(std::size_t)>& buffer, const std::function<std::string(std::size_t)>& number) const {
    std::vector<std::string> all{"i", number(k.signature.sizes.size())};
    for (std::size_t b = 0; b < k.signature.operands.size(); ++b) all.push_back((by_value(k.signature.operands[b]) ? "*" : "") + buffer(b));
    all.push_back(buffer(k.signature.operands.size()));
    for (std::size_t n = 0; n < k.signature.sizes.size(); ++n) all.push_back(number(n));
    return name + "(" + joined(all) + ")";
  }
};

// So that compilers quote the user's own lines.
std::string statements(const RawKernel& k, const RawBody& body, std::string_view extension) {
  return "#line 1 \"" + k.name + std::string(extension) + "\"\n" + body.text + "\n";
}
std::string preamble(const RawBody& body) { return body.preamble.empty() ? "" : body.preamble + "\n"; }

std::string_view extension(RawLanguage language) { return language == RawLanguage::c ? ".c" : language == RawLanguage::opencl ? ".cl" : ".cu"; }

class DeviceKernel {
public:
  DeviceKernel(const Node& node, const CLanguage& language) : language_(language), kernel_(raw_kernel_of(node.attrs)), body_(raw_body_of(node.attrs, language.raw)), frame_{language.global_memory, language.no_alias, language.function} {}

  const std::string& name() const { return kernel_.name; }
  std::string preamble() const { return codegen::preamble(body_); }
  std::string text(const std::string& entry) const {
    std::string body = statements(kernel_, body_, extension(language_.raw)), head = std::string(language_.kernel) + entry, item = "croton_" + entry;
    std::vector<std::string> all = parameters();
    if (kernel_.groups.empty()) {
      for (std::string& parameter : part_parameters("i64")) all.push_back(std::move(parameter));
      std::string call = frame_.call(kernel_, item, [&](std::size_t b) { return address(b); }, [](std::size_t n) { return "croton_n" + std::to_string(n); });
      return frame_.item(kernel_, item, body) + head + "(" + joined(all) + ") {\n" + part_of_worker(language_, "i64", "  ") + "  for (i64 i = begin + " + std::string(language_.thread) +
             "; i < end; i += " + std::string(language_.threads) + ")\n    " + call + ";\n}\n";
    }
    if (kernel_.shared && !language_.shared_parameter.empty()) all.emplace_back(language_.shared_parameter);
    return head + "(" + joined(all) + ") {\n" + declarations() + body + "}\n";
  }

private:
  const CLanguage& language_;
  const RawKernel kernel_;
  const RawBody body_;
  const Frame frame_;

  std::size_t buffers() const { return kernel_.signature.operands.size() + 1; }
  const RawTensor& tensor(std::size_t b) const { return b + 1 == buffers() ? kernel_.signature.result : kernel_.signature.operands[b]; }

  std::vector<std::string> parameters() const {
    std::vector<std::string> all;
    for (std::size_t b = 0; b < buffers(); ++b) {
      std::string k = std::to_string(b);
      if (language_.buffers_have_offsets) {
        all.push_back(std::string(language_.global_memory) + "u8* croton_m" + k);
        all.push_back("const i64 croton_o" + k);
      } else {
        all.push_back(frame_.pointer(tensor(b), b + 1 < buffers()) + "croton_b" + k);
      }
    }
    for (std::size_t n = 0; n <= kernel_.signature.sizes.size(); ++n) all.push_back("const i64 croton_n" + std::to_string(n));
    return all;
  }
  std::string address(std::size_t b) const {
    std::string k = std::to_string(b);
    if (!language_.buffers_have_offsets) return "croton_b" + k;
    std::string pointer = frame_.pointer(tensor(b), b + 1 < buffers());
    return "((" + pointer.substr(0, pointer.size() - 1) + ")(croton_m" + k + " + croton_o" + k + "))";
  }

  // The names that the body uses, where it is the kernel itself.
  std::string declarations() const {
    std::string text;
    for (std::size_t b = 0; b < buffers(); ++b) {
      bool result = b + 1 == buffers(), value = !result && frame_.by_value(tensor(b));
      text += "  " + frame_.named(tensor(b), result) + " = " + (value ? "*" : "") + address(b) + ";\n";
    }
    for (std::size_t n = 0; n < kernel_.signature.sizes.size(); ++n)
      text += "  const i64 " + std::string(user_name(*kernel_.signature.sizes[n])) + " = croton_n" + std::to_string(n) + ";\n";
    text += "  const i64 items = croton_n" + std::to_string(kernel_.signature.sizes.size()) + ";\n";
    if (kernel_.shared && !language_.shared_statement.empty()) text += "  " + std::string(language_.shared_statement) + "\n";
    return text;
  }
};

} // namespace

void add_raw(CSource& source, std::span<const Ref> raws, const CLanguage& language) {
  if (raws.empty()) return;
  source.text += "\n" + std::string(language.raw_prologue);
  std::map<std::string, std::string> entry_of; // by what is printed
  std::map<std::string, int> names;
  std::set<std::string> preambles; // kernels may share one
  for (const Ref& node : raws) {
    DeviceKernel kernel(*node, language);
    std::string preamble = kernel.preamble();
    auto [known, fresh] = entry_of.try_emplace(preamble + kernel.text(""), "raw_" + kernel.name());
    if (fresh) {
      if (int again = names[kernel.name()]++) known->second += "_" + std::to_string(again); // another kernel of the same name
      if (preambles.insert(preamble).second) source.text += "\n" + preamble;
      source.text += "\n" + kernel.text(known->second);
    }
    source.raw_entries.push_back(known->second);
  }
}

// ---- plain C ----------------------------------------------------------------------------------------------------

std::string raw_c_file(const Node& raw) {
  // <tgmath.h> so that exp(x) of an f32 is computed in f32, as in the other languages.
  static constexpr std::string_view prologue =
      "#include <math.h>\n#include <stdbool.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n#include <tgmath.h>\n#undef I\n#undef complex\n"
      "typedef int8_t i8;\ntypedef int16_t i16;\ntypedef int32_t i32;\ntypedef int64_t i64;\ntypedef uint8_t u8;\ntypedef uint16_t u16;\ntypedef uint32_t u32;\n"
      "typedef uint64_t u64;\ntypedef float f32;\ntypedef double f64;\n";
  RawKernel k = raw_kernel_of(raw.attrs);
  RawBody body = raw_body_of(raw.attrs, RawLanguage::c);
  Frame frame{"", "restrict ", "static inline "};
  std::size_t operands = k.signature.operands.size();
  auto buffer = [&](std::size_t b) {
    const RawTensor& t = b == operands ? k.signature.result : k.signature.operands[b];
    std::string pointer = frame.pointer(t, b < operands);
    return "((" + pointer.substr(0, pointer.size() - 1) + ")buffers[" + std::to_string(b) + "])";
  };
  std::string item = "croton_" + k.name, call = frame.call(k, item, buffer, [](std::size_t n) { return "numbers[" + std::to_string(n) + "]"; });
  return std::string(prologue) + "\n" + preamble(body) + frame.item(k, item, statements(k, body, ".c")) +
         "\nvoid croton_raw(void* const* buffers, const int64_t* numbers, int64_t begin, int64_t end, void* const* unused) {\n  (void)unused;\n"
         "  for (i64 i = begin; i < end; ++i)\n    " + call + ";\n}\n";
}

} // namespace croton::codegen
