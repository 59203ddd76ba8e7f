// Matrix products by CLBlast, opened at run time. Its functions in C take plain types, so its headers are not needed.
#pragma once
#include "runtime/device.h"
#include "runtime/opencl/library.h"

namespace croton::runtime::opencl {

struct Operand {
  cl_mem memory;
  std::size_t offset; ///< in bytes, a multiple of the element
};

/// Whether the library is there; `why`: what to install.
bool has_clblast(std::string* why = nullptr);
/// Enqueues the product; it has no epilogue. DeviceError with the library's code when it fails.
void clblast_multiply(const Product& product, Operand a, Operand b, Operand c, cl_command_queue queue);

} // namespace croton::runtime::opencl
