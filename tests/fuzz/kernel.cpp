// Any bytes, read as the text of kernels: kernels that print and parse to themselves, or an IoError.
#include "croton/error.h"
#include "ir/kernel.h"
#include <cstdint>
#include <cstdlib>

using namespace croton;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    for (const ir::Kernel& kernel : ir::parse_kernels({reinterpret_cast<const char*>(data), size})) {
      std::string text = ir::to_text(kernel);
      if (ir::to_text(ir::parse_kernels(text).at(0)) != text) std::abort();
    }
  } catch (const IoError&) {
  }
  return 0;
}
