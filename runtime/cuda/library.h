// The functions of the driver and of NVRTC, found at run time. Only this folder includes the toolkit's headers.
#pragma once
#include <cuda.h>
#include <nvrtc.h>
#if __has_include(<cublasLt.h>)
#include <cublasLt.h>
#endif
#include <string>

// The header gives this the name of a version that drivers before 12.8 do not have.
#undef cuEventElapsedTime
extern "C" CUresult CUDAAPI cuEventElapsedTime(float* milliseconds, CUevent begin, CUevent end);

namespace croton::runtime::cuda {

#define CROTON_CUDA_FUNCTIONS(X)                                                                                       \
  X(cuInit) X(cuDriverGetVersion) X(cuDeviceGetCount) X(cuDeviceGet) X(cuDeviceGetName) X(cuDeviceTotalMem) X(cuDeviceGetAttribute)     \
  X(cuDevicePrimaryCtxRetain) X(cuCtxSetCurrent) X(cuStreamCreate) X(cuStreamSynchronize) X(cuEventCreate) X(cuEventRecord)             \
  X(cuEventSynchronize) X(cuMemAllocAsync) X(cuMemFreeAsync) X(cuDeviceGetDefaultMemPool) X(cuMemPoolSetAttribute) X(cuMemPoolTrimTo)   \
  X(cuMemHostAlloc) X(cuMemcpyHtoDAsync) X(cuMemcpyDtoHAsync) X(cuMemcpyDtoDAsync) X(cuMemsetD8Async) X(cuModuleLoadData) X(cuModuleUnload)                \
  X(cuModuleGetFunction) X(cuLaunchKernel) X(cuGetErrorName) X(cuGetErrorString) X(cuEventElapsedTime) X(cuEventDestroy)                \
  X(cuStreamBeginCapture) X(cuStreamEndCapture) X(cuGraphInstantiate) X(cuGraphLaunch) X(cuGraphExecDestroy) X(cuGraphDestroy)
#define CROTON_NVRTC_FUNCTIONS(X)                                                                                      \
  X(nvrtcVersion) X(nvrtcCreateProgram) X(nvrtcCompileProgram) X(nvrtcDestroyProgram) X(nvrtcGetProgramLogSize) X(nvrtcGetProgramLog)   \
  X(nvrtcGetCUBINSize) X(nvrtcGetCUBIN) X(nvrtcGetPTXSize) X(nvrtcGetPTX) X(nvrtcGetErrorString)

struct Driver {
#define CROTON_CUDA_MEMBER(name) decltype(&::name) name##_ = nullptr;
  CROTON_CUDA_FUNCTIONS(CROTON_CUDA_MEMBER)
};
struct Nvrtc {
  CROTON_NVRTC_FUNCTIONS(CROTON_CUDA_MEMBER)
};

/// Null when the library is not installed; then `why` says what to install. CROTON_CUDA_DRIVER and CROTON_NVRTC name
/// other files to open.
const Driver* driver(std::string* why = nullptr);
const Nvrtc* nvrtc(std::string* why = nullptr);

#if __has_include(<cublasLt.h>)
#define CROTON_CUBLASLT_FUNCTIONS(X)                                                                                   \
  X(cublasLtCreate) X(cublasLtGetVersion) X(cublasLtGetStatusString) X(cublasLtMatmul) X(cublasLtMatmulAlgoGetHeuristic)                \
  X(cublasLtMatmulDescCreate) X(cublasLtMatmulDescDestroy) X(cublasLtMatmulDescSetAttribute) X(cublasLtMatrixLayoutCreate)              \
  X(cublasLtMatrixLayoutDestroy) X(cublasLtMatrixLayoutSetAttribute) X(cublasLtMatmulPreferenceCreate)                                  \
  X(cublasLtMatmulPreferenceDestroy) X(cublasLtMatmulPreferenceSetAttribute)
struct CublasLt {
  CROTON_CUBLASLT_FUNCTIONS(CROTON_CUDA_MEMBER)
};
/// As above; CROTON_CUBLASLT names another file, or is "off".
const CublasLt* cublaslt(std::string* why = nullptr);
#endif
#undef CROTON_CUDA_MEMBER

/// Throws DeviceError "[cuda] WHAT failed: CUDA_ERROR_…: what the driver says" unless the code is CUDA_SUCCESS.
void check(const Driver& driver, CUresult code, const char* what);
std::string error_text(const Driver& driver, CUresult code);

} // namespace croton::runtime::cuda
