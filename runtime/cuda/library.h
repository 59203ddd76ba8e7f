// The functions of the driver and of NVRTC, found at run time. Only this folder includes the toolkit's headers.
#pragma once
#include <cuda.h>
#include <nvrtc.h>
#include <string>

namespace croton::runtime::cuda {

#define CROTON_CUDA_FUNCTIONS(X)                                                                                       \
  X(cuInit) X(cuDriverGetVersion) X(cuDeviceGetCount) X(cuDeviceGet) X(cuDeviceGetName) X(cuDeviceTotalMem) X(cuDeviceGetAttribute)     \
  X(cuDevicePrimaryCtxRetain) X(cuCtxSetCurrent) X(cuStreamCreate) X(cuStreamSynchronize) X(cuEventCreate) X(cuEventRecord)             \
  X(cuEventSynchronize) X(cuMemAllocAsync) X(cuMemFreeAsync) X(cuDeviceGetDefaultMemPool) X(cuMemPoolSetAttribute) X(cuMemPoolTrimTo)   \
  X(cuMemHostAlloc) X(cuMemcpyHtoDAsync) X(cuMemcpyDtoHAsync) X(cuMemcpyDtoDAsync) X(cuMemsetD8Async) X(cuModuleLoadData) X(cuModuleUnload) \
  X(cuModuleGetFunction) X(cuLaunchKernel) X(cuGetErrorName) X(cuGetErrorString)
#define CROTON_NVRTC_FUNCTIONS(X)                                                                                      \
  X(nvrtcVersion) X(nvrtcCreateProgram) X(nvrtcCompileProgram) X(nvrtcDestroyProgram) X(nvrtcGetProgramLogSize) X(nvrtcGetProgramLog)   \
  X(nvrtcGetCUBINSize) X(nvrtcGetCUBIN) X(nvrtcGetPTXSize) X(nvrtcGetPTX) X(nvrtcGetErrorString)

struct Driver {
#define CROTON_CUDA_MEMBER(name) decltype(&::name) name##_ = nullptr;
  CROTON_CUDA_FUNCTIONS(CROTON_CUDA_MEMBER)
};
struct Nvrtc {
  CROTON_NVRTC_FUNCTIONS(CROTON_CUDA_MEMBER)
#undef CROTON_CUDA_MEMBER
};

/// Null when the library is not installed; then `why` says what to install. CROTON_CUDA_DRIVER and CROTON_NVRTC name
/// other files to open.
const Driver* driver(std::string* why = nullptr);
const Nvrtc* nvrtc(std::string* why = nullptr);

/// Throws DeviceError "[cuda] WHAT failed: CUDA_ERROR_…: what the driver says" unless the code is CUDA_SUCCESS.
void check(const Driver& driver, CUresult code, const char* what);
std::string error_text(const Driver& driver, CUresult code);

} // namespace croton::runtime::cuda
