#include "runtime/cuda/library.h"
#include "croton/error.h"
#include <cstdlib>
#include <dlfcn.h>
#include <initializer_list>
#include <string_view>

namespace croton::runtime::cuda {

namespace {

// A file that a variable names is the only one tried, and `why` says what is wrong with it.
void* open_first(const char* variable, std::initializer_list<const char*> names, std::string& why) {
  if (const char* wanted = std::getenv(variable)) {
    void* handle = dlopen(wanted, RTLD_NOW | RTLD_LOCAL);
    if (!handle) why = std::string(variable) + ": " + dlerror();
    return handle;
  }
  for (const char* name : names)
    if (void* handle = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return handle;
  return nullptr;
}

// The toolkit's headers give functions the name of their current version by macros.
#define CROTON_CUDA_TEXT(name) #name
#define CROTON_CUDA_LOAD(name)                                                                                         \
  functions.name##_ = reinterpret_cast<decltype(functions.name##_)>(dlsym(handle, CROTON_CUDA_TEXT(name)));            \
  if (!functions.name##_) {                                                                                            \
    why = std::string(file) + " has no " CROTON_CUDA_TEXT(name) ": " + older;                                          \
    return;                                                                                                            \
  }

struct OpenedDriver {
  Driver functions;
  bool found = false;
  std::string why;

  OpenedDriver() {
    const char *file = "libcuda.so.1", *older = "install a driver of CUDA 12 or later";
    void* handle = open_first("CROTON_CUDA_DRIVER", {file}, why);
    if (!handle) {
      if (why.empty()) why = "libcuda.so.1 is not installed: it comes with NVIDIA's driver (Debian: nvidia-driver or libcuda1)";
      return;
    }
    CROTON_CUDA_FUNCTIONS(CROTON_CUDA_LOAD)
    found = true;
  }
};

struct OpenedNvrtc {
  Nvrtc functions;
  bool found = false;
  std::string why;

  OpenedNvrtc() {
    const char *file = "libnvrtc.so", *older = "install NVRTC of CUDA 12 or later";
    void* handle = open_first("CROTON_NVRTC", {"libnvrtc.so.13", "libnvrtc.so.12", "/usr/local/cuda/lib64/libnvrtc.so", "libnvrtc.so"}, why);
    if (!handle) {
      if (why.empty()) why = "libnvrtc.so.13 or .12 is not installed: it comes with the CUDA toolkit (package cuda-nvrtc-13-0 of NVIDIA, libnvrtc12 of Debian)";
      return;
    }
    CROTON_NVRTC_FUNCTIONS(CROTON_CUDA_LOAD)
    found = true;
  }
};

#if __has_include(<cublasLt.h>)
struct OpenedCublasLt {
  CublasLt functions;
  bool found = false;
  std::string why;

  OpenedCublasLt() {
    if (const char* wanted = std::getenv("CROTON_CUBLASLT"); wanted && std::string_view(wanted) == "off") {
      why = "CROTON_CUBLASLT is off";
      return;
    }
    const char *file = "libcublasLt.so", *older = "install cuBLAS of CUDA 12 or later";
    void* handle = open_first("CROTON_CUBLASLT", {"libcublasLt.so.13", "libcublasLt.so.12", "/usr/local/cuda/lib64/libcublasLt.so", "libcublasLt.so"}, why);
    if (!handle) {
      if (why.empty()) why = "libcublasLt.so.13 or .12 is not installed: it comes with the CUDA toolkit (package libcublas-13-0 of NVIDIA, libcublaslt12 of Debian)";
      return;
    }
    CROTON_CUBLASLT_FUNCTIONS(CROTON_CUDA_LOAD)
    found = true;
  }
};
#endif

} // namespace

#if __has_include(<cublasLt.h>)
const CublasLt* cublaslt(std::string* why) {
  static const OpenedCublasLt* opened = new OpenedCublasLt;
  if (why) *why = opened->why;
  return opened->found ? &opened->functions : nullptr;
}
#endif

const Driver* driver(std::string* why) {
  static const OpenedDriver* opened = new OpenedDriver; // leaked: memory of devices is given back by static objects of the user
  if (why) *why = opened->why;
  return opened->found ? &opened->functions : nullptr;
}

const Nvrtc* nvrtc(std::string* why) {
  static const OpenedNvrtc* opened = new OpenedNvrtc;
  if (why) *why = opened->why;
  return opened->found ? &opened->functions : nullptr;
}

std::string error_text(const Driver& d, CUresult code) {
  const char *name = nullptr, *text = nullptr;
  if (d.cuGetErrorName_(code, &name) != CUDA_SUCCESS || !name) return "error " + std::to_string(code);
  return d.cuGetErrorString_(code, &text) == CUDA_SUCCESS && text ? std::string(name) + ": " + text : name;
}

void check(const Driver& d, CUresult code, const char* what) {
  if (code != CUDA_SUCCESS) throw DeviceError("[cuda] " + std::string(what) + " failed: " + error_text(d, code) + ".");
}

} // namespace croton::runtime::cuda
