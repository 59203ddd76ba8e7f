// What a compiler says about a kernel that it made.
#pragma once
#include <cstddef>
#include <string>

namespace croton::runtime {

struct KernelFacts {
  std::string name;                     ///< of the entry in the source
  int registers = 0;                    ///< of a thread
  std::size_t shared_bytes = 0;         ///< of a block
  std::size_t stack_bytes = 0;          ///< of a thread
  std::size_t spill_store_bytes = 0, spill_load_bytes = 0; ///< registers that did not fit, written to memory and read back
};

} // namespace croton::runtime
