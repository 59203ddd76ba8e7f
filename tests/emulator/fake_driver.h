// What the parts of the emulated driver share.
#pragma once
#include <cstddef>
#include <cuda.h>
#include <functional>

namespace emulator {

/// Runs it, or keeps it where the stream records.
CUresult ask(CUstream stream, std::function<CUresult()> work);
/// Whether [address, address + bytes) lies in one allocation, as a real driver would check it.
bool is_inside(CUdeviceptr address, std::size_t bytes);

} // namespace emulator
