// CUDA C to cubins, by NVRTC.
#include "croton/error.h"
#include "runtime/cuda/cuda.h"
#include "runtime/cuda/library.h"

namespace croton::runtime::cuda {

namespace {

// Contraction is decided by passes; quotients and roots are correctly rounded and subnormals kept unless asked otherwise.
constexpr const char* options[] = {"--fmad=false", "--std=c++17", "--disable-warnings"};

std::string log_of(const Nvrtc& n, nvrtcProgram program) {
  std::size_t bytes = 0;
  if (n.nvrtcGetProgramLogSize_(program, &bytes) != NVRTC_SUCCESS || bytes == 0) return "";
  std::string log(bytes, '\0');
  if (n.nvrtcGetProgramLog_(program, log.data()) != NVRTC_SUCCESS) return "";
  while (!log.empty() && (log.back() == '\0' || log.back() == '\n')) log.pop_back();
  constexpr std::size_t most = 2000;
  return log.size() > most ? log.substr(0, most) + "…" : log;
}

} // namespace

std::string missing_compiler() {
  std::string why;
  return nvrtc(&why) ? "" : why;
}

std::vector<std::byte> compile(const std::string& source, const std::string& architecture, const std::string& name) {
  std::string why;
  const Nvrtc* n = nvrtc(&why);
  if (!n) throw DeviceError("[cuda] " + why + ".");
  auto check = [&](nvrtcResult code, const char* what) {
    if (code != NVRTC_SUCCESS) throw DeviceError("[cuda] " + std::string(what) + " failed: " + n->nvrtcGetErrorString_(code) + ".");
  };
  struct Program {
    const Nvrtc* n;
    nvrtcProgram handle = nullptr;
    ~Program() {
      if (handle) n->nvrtcDestroyProgram_(&handle);
    }
  } program{n};
  check(n->nvrtcCreateProgram_(&program.handle, source.c_str(), (name + ".cu").c_str(), 0, nullptr, nullptr), "nvrtcCreateProgram");
  std::string target = "--gpu-architecture=" + architecture;
  std::vector<const char*> all{target.c_str()};
  for (const char* o : options) all.push_back(o);
  int major = 0, minor = 0;
  check(n->nvrtcVersion_(&major, &minor), "nvrtcVersion");
  if (major >= 13) all.push_back("--Ofast-compile=min"); // less than half the time; older ones do not know it
  nvrtcResult code = n->nvrtcCompileProgram_(program.handle, static_cast<int>(all.size()), all.data());
  if (code != NVRTC_SUCCESS) {
    std::string file = keep_failed_source(source, name, ".cu");
    throw DeviceError("[cuda] NVRTC does not compile the kernels of '" + name + "' for " + architecture + " (" + n->nvrtcGetErrorString_(code) + ")" +
                      (file.empty() ? "" : "; the source is in " + file) + ":\n" + log_of(*n, program.handle));
  }
  std::size_t bytes = 0;
  check(n->nvrtcGetCUBINSize_(program.handle, &bytes), "nvrtcGetCUBINSize");
  std::vector<std::byte> cubin(bytes);
  check(n->nvrtcGetCUBIN_(program.handle, reinterpret_cast<char*>(cubin.data())), "nvrtcGetCUBIN");
  return cubin;
}

} // namespace croton::runtime::cuda
