// The functions of the ICD loader, found at run time. The only places that include OpenCL's headers are this folder's.
#pragma once
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>
#include <string>

namespace croton::runtime::opencl {

#define CROTON_OPENCL_FUNCTIONS(X)                                                                                     \
  X(clGetPlatformIDs) X(clGetPlatformInfo) X(clGetDeviceIDs) X(clGetDeviceInfo) X(clCreateContext) X(clCreateCommandQueue)              \
  X(clCreateBuffer) X(clReleaseMemObject) X(clEnqueueReadBuffer) X(clEnqueueWriteBuffer) X(clEnqueueCopyBuffer) X(clEnqueueFillBuffer)  \
  X(clEnqueueMapBuffer) X(clEnqueueUnmapMemObject) X(clCreateProgramWithSource) X(clCreateProgramWithBinary) X(clBuildProgram)          \
  X(clGetProgramBuildInfo) X(clGetProgramInfo) X(clReleaseProgram) X(clCreateKernel) X(clReleaseKernel) X(clSetKernelArg)               \
  X(clEnqueueNDRangeKernel) X(clFinish) X(clFlush) X(clReleaseEvent) X(clGetEventProfilingInfo)

struct Library {
#define CROTON_OPENCL_MEMBER(name) decltype(&::name) name = nullptr;
  CROTON_OPENCL_FUNCTIONS(CROTON_OPENCL_MEMBER)
#undef CROTON_OPENCL_MEMBER
};

/// Null when the loader is not installed; then `why` says what to install.
const Library* library(std::string* why = nullptr);

/// "CL_OUT_OF_RESOURCES", or the number.
std::string error_name(cl_int code);
/// Throws DeviceError "[opencl] WHAT failed: CL_…" unless the code is CL_SUCCESS.
void check(cl_int code, const char* what);

} // namespace croton::runtime::opencl
