#include "runtime/opencl/library.h"
#include "croton/error.h"
#include <dlfcn.h>

namespace croton::runtime::opencl {

namespace {

struct Opened {
  Library functions;
  bool found = false;
  std::string why;

  Opened() {
    void* handle = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
      why = "libOpenCL.so.1 is not installed: install ocl-icd-libopencl1 and a driver, for processors pocl-opencl-icd";
      return;
    }
#define CROTON_OPENCL_LOAD(name)                                                                                       \
  functions.name = reinterpret_cast<decltype(functions.name)>(dlsym(handle, #name));                                   \
  if (!functions.name) {                                                                                               \
    why = "libOpenCL.so.1 has no " #name ": it is older than OpenCL 1.2. Install ocl-icd-libopencl1";                  \
    return;                                                                                                            \
  }
    CROTON_OPENCL_FUNCTIONS(CROTON_OPENCL_LOAD)
#undef CROTON_OPENCL_LOAD
    found = true;
  }
};

} // namespace

const Library* library(std::string* why) {
  static const Opened* opened = new Opened; // leaked: memory of devices is given back by static objects of the user
  if (why) *why = opened->why;
  return opened->found ? &opened->functions : nullptr;
}

std::string error_name(cl_int code) {
  switch (code) {
#define CROTON_OPENCL_ERROR(name) case name: return #name;
    CROTON_OPENCL_ERROR(CL_DEVICE_NOT_FOUND)
    CROTON_OPENCL_ERROR(CL_DEVICE_NOT_AVAILABLE)
    CROTON_OPENCL_ERROR(CL_COMPILER_NOT_AVAILABLE)
    CROTON_OPENCL_ERROR(CL_MEM_OBJECT_ALLOCATION_FAILURE)
    CROTON_OPENCL_ERROR(CL_OUT_OF_RESOURCES)
    CROTON_OPENCL_ERROR(CL_OUT_OF_HOST_MEMORY)
    CROTON_OPENCL_ERROR(CL_BUILD_PROGRAM_FAILURE)
    CROTON_OPENCL_ERROR(CL_INVALID_VALUE)
    CROTON_OPENCL_ERROR(CL_INVALID_BINARY)
    CROTON_OPENCL_ERROR(CL_INVALID_BUILD_OPTIONS)
    CROTON_OPENCL_ERROR(CL_INVALID_BUFFER_SIZE)
    CROTON_OPENCL_ERROR(CL_INVALID_KERNEL_NAME)
    CROTON_OPENCL_ERROR(CL_INVALID_ARG_INDEX)
    CROTON_OPENCL_ERROR(CL_INVALID_ARG_VALUE)
    CROTON_OPENCL_ERROR(CL_INVALID_ARG_SIZE)
    CROTON_OPENCL_ERROR(CL_INVALID_KERNEL_ARGS)
    CROTON_OPENCL_ERROR(CL_INVALID_WORK_GROUP_SIZE)
    CROTON_OPENCL_ERROR(CL_INVALID_GLOBAL_WORK_SIZE)
    CROTON_OPENCL_ERROR(CL_INVALID_MEM_OBJECT)
    CROTON_OPENCL_ERROR(CL_INVALID_OPERATION)
#undef CROTON_OPENCL_ERROR
  case -1001: return "CL_PLATFORM_NOT_FOUND_KHR";
  default: return "error " + std::to_string(code);
  }
}

void check(cl_int code, const char* what) {
  if (code != CL_SUCCESS) throw DeviceError("[opencl] " + std::string(what) + " failed: " + error_name(code) + ".");
}

} // namespace croton::runtime::opencl
