// A driver and an NVRTC for tests: a "cubin" is a shared object that the system's compiler made of the same text, memory is
// the host's with fences around it, and a launch runs the blocks on the CPU. Opened in place of NVIDIA's libraries by
// CROTON_CUDA_DRIVER and CROTON_NVRTC.
#include "tests/emulator/fake_driver.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cuda.h>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nvrtc.h>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

// The header gives this the name of a later version.
#undef cuEventElapsedTime

namespace {

namespace fs = std::filesystem;

constexpr char magic[] = "croton emulated cubin";
struct Header {
  char text[sizeof magic];
  std::uint64_t bytes;
};

using Kernel = void (*)(void**);
using Launch = const char* (*)(Kernel kernel, const unsigned* blocks, const unsigned* threads, unsigned shared_bytes, void** parameters, bool meets);

struct Function {
  Kernel kernel;
  Launch launch;
  bool meets;
  std::vector<unsigned> parameters; ///< the bytes of each
};
struct Module {
  void* handle;
  std::map<std::string, Function> functions;
};

/// What a stream was asked for while it recorded; replayed by a launch of the graph that was made of it.
using Work = std::vector<std::function<CUresult()>>;
struct Stream {
  std::unique_ptr<Work> recording;
};
struct Event {
  bool timed, recorded = false;
  std::chrono::steady_clock::time_point at = {};
};

bool records(CUstream stream) { return reinterpret_cast<Stream*>(stream)->recording != nullptr; }

struct Program {
  std::string source, log;
  std::vector<char> image;
};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

const fs::path& own_directory() {
  static const fs::path* path = [] {
    std::string name = (fs::temp_directory_path() / "croton-emulator-XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    std::atexit([] { fs::remove_all(own_directory()); });
    return new fs::path(name); // lives as long as the handler
  }();
  return *path;
}

std::string unique_name() {
  static std::mutex mutex;
  static int count = 0;
  std::lock_guard lock(mutex);
  return "m" + std::to_string(count++);
}

// For each entry a function that takes the driver's array of parameters, and whether its threads meet.
std::string wrappers(const std::string& source) {
  std::string text;
  const std::string head = "extern \"C\" __global__ void ";
  std::vector<std::pair<std::string, std::size_t>> entries;
  for (std::size_t at = source.find(head); at != std::string::npos; at = source.find(head, at + 1)) {
    std::size_t from = at + head.size();
    entries.emplace_back(source.substr(from, source.find('(', from) - from), from);
  }
  for (std::size_t k = 0; k < entries.size(); ++k) {
    std::size_t end = k + 1 < entries.size() ? entries[k + 1].second : source.size();
    std::string body = source.substr(entries[k].second, end - entries[k].second);
    bool meets = body.find("__syncthreads") != std::string::npos || body.find("exchange(") != std::string::npos;
    if (entries[k].first.starts_with("raw_")) meets = source.find("__syncthreads()") != std::string::npos; // a helper of the user's own may
    text += "extern \"C\" void emulated_" + entries[k].first + "(void** p) { emulator::call(" + entries[k].first + ", p); }\n";
    text += "extern \"C\" const bool meets_" + entries[k].first + " = " + (meets ? "true" : "false") + ";\n";
    text += "extern \"C\" unsigned sizes_" + entries[k].first + "(unsigned* bytes) { return emulator::sizes(" + entries[k].first + ", bytes); }\n";
  }
  return text + "const char* (*volatile croton_keep)(void (*)(void**), const unsigned*, const unsigned*, unsigned, void**, bool) = emulator_launch;\n";
}

constexpr std::size_t fence = 64;
struct Allocation {
  std::size_t bytes;
};
std::mutex allocations_mutex;
std::map<CUdeviceptr, Allocation> allocations;

bool fences_hold(CUdeviceptr address, std::size_t bytes) {
  auto* p = reinterpret_cast<const unsigned char*>(address);
  for (std::size_t k = 1; k <= fence; ++k)
    if (p[-static_cast<std::ptrdiff_t>(k)] != 0xa5 || p[bytes + k - 1] != 0xa5) return false;
  return true;
}

} // namespace

namespace emulator {

CUresult ask(CUstream stream, std::function<CUresult()> work) {
  auto* s = reinterpret_cast<Stream*>(stream);
  if (!s) return CUDA_ERROR_INVALID_HANDLE;
  if (!s->recording) return work();
  s->recording->push_back(std::move(work));
  return CUDA_SUCCESS;
}

bool is_inside(CUdeviceptr address, std::size_t bytes) {
  std::lock_guard lock(allocations_mutex);
  auto found = allocations.upper_bound(address);
  if (found == allocations.begin()) return false;
  --found;
  return address + bytes <= found->first + found->second.bytes;
}

} // namespace emulator

using emulator::ask, emulator::is_inside;

extern "C" {

// ---- the driver ----

CUresult cuInit(unsigned) { return CUDA_SUCCESS; }
CUresult cuDriverGetVersion(int* version) { return *version = EMULATOR_VERSION, CUDA_SUCCESS; }
CUresult cuDeviceGetCount(int* count) { return *count = 1, CUDA_SUCCESS; }
CUresult cuDeviceGet(CUdevice* device, int) { return *device = 0, CUDA_SUCCESS; }
CUresult cuDeviceGetName(char* name, int bytes, CUdevice) { return std::snprintf(name, static_cast<std::size_t>(bytes), "CUDA on the CPU, for tests"), CUDA_SUCCESS; }
CUresult cuDeviceTotalMem(std::size_t* bytes, CUdevice) { return *bytes = std::size_t(1) << 32, CUDA_SUCCESS; }
CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute what, CUdevice) {
  switch (what) {
  case CU_DEVICE_ATTRIBUTE_WARP_SIZE: *value = 32; break;
  case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = 64; break;
  case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: *value = 1; break;
  case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: *value = 49152; break;
  default: *value = 1;
  }
  return CUDA_SUCCESS;
}
CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice) { return *context = reinterpret_cast<CUcontext>(1), CUDA_SUCCESS; }
CUresult cuCtxSetCurrent(CUcontext context) { return context ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT; }
CUresult cuStreamCreate(CUstream* stream, unsigned) { return *stream = reinterpret_cast<CUstream>(new Stream), CUDA_SUCCESS; }
CUresult cuStreamSynchronize(CUstream stream) { return records(stream) ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS; }
CUresult cuEventCreate(CUevent* event, unsigned flags) { return *event = reinterpret_cast<CUevent>(new Event{!(flags & CU_EVENT_DISABLE_TIMING)}), CUDA_SUCCESS; }
CUresult cuEventDestroy(CUevent event) { return delete reinterpret_cast<Event*>(event), CUDA_SUCCESS; }
CUresult cuEventRecord(CUevent event, CUstream stream) {
  if (records(stream)) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED; // nothing here needs it
  auto* e = reinterpret_cast<Event*>(event);
  e->recorded = true;
  e->at = std::chrono::steady_clock::now();
  return CUDA_SUCCESS;
}
CUresult cuEventSynchronize(CUevent event) { return reinterpret_cast<Event*>(event)->recorded ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE; }
CUresult cuEventElapsedTime(float* milliseconds, CUevent begin, CUevent end) {
  const auto &b = *reinterpret_cast<Event*>(begin), &e = *reinterpret_cast<Event*>(end);
  if (!b.timed || !e.timed || !b.recorded || !e.recorded) return CUDA_ERROR_INVALID_HANDLE;
  *milliseconds = std::chrono::duration<float, std::milli>(e.at - b.at).count();
  return CUDA_SUCCESS;
}

// ---- graphs ----

CUresult cuStreamBeginCapture(CUstream stream, CUstreamCaptureMode) {
  if (records(stream)) return CUDA_ERROR_ILLEGAL_STATE;
  reinterpret_cast<Stream*>(stream)->recording = std::make_unique<Work>();
  return CUDA_SUCCESS;
}
CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
  if (!records(stream)) return CUDA_ERROR_ILLEGAL_STATE;
  *graph = reinterpret_cast<CUgraph>(reinterpret_cast<Stream*>(stream)->recording.release());
  return CUDA_SUCCESS;
}
CUresult cuGraphInstantiate(CUgraphExec* ready, CUgraph graph, unsigned long long flags) {
  if (flags != 0) return CUDA_ERROR_INVALID_VALUE;
  *ready = reinterpret_cast<CUgraphExec>(new Work(*reinterpret_cast<Work*>(graph)));
  return CUDA_SUCCESS;
}
CUresult cuGraphDestroy(CUgraph graph) { return delete reinterpret_cast<Work*>(graph), CUDA_SUCCESS; }
CUresult cuGraphExecDestroy(CUgraphExec graph) { return delete reinterpret_cast<Work*>(graph), CUDA_SUCCESS; }
CUresult cuGraphLaunch(CUgraphExec graph, CUstream stream) {
  if (records(stream)) return CUDA_ERROR_ILLEGAL_STATE;
  for (const auto& work : *reinterpret_cast<Work*>(graph))
    if (CUresult code = work(); code != CUDA_SUCCESS) return code;
  return CUDA_SUCCESS;
}

CUresult cuDeviceGetDefaultMemPool(CUmemoryPool* pool, CUdevice) { return *pool = reinterpret_cast<CUmemoryPool>(4), CUDA_SUCCESS; }
CUresult cuMemPoolSetAttribute(CUmemoryPool, CUmemPool_attribute, void*) { return CUDA_SUCCESS; }
CUresult cuMemPoolTrimTo(CUmemoryPool, std::size_t) { return CUDA_SUCCESS; }
CUresult cuMemHostAlloc(void** data, std::size_t bytes, unsigned) { return *data = std::malloc(bytes), *data ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY; }

CUresult cuMemAllocAsync(CUdeviceptr* address, std::size_t bytes, CUstream stream) {
  if (bytes == 0 || records(stream)) return CUDA_ERROR_INVALID_VALUE;
  if (bytes > (std::size_t(1) << 32)) return CUDA_ERROR_OUT_OF_MEMORY;
  std::size_t room = (bytes + 2 * fence + 255) / 256 * 256 + 256;
  auto* p = static_cast<unsigned char*>(std::aligned_alloc(256, room));
  std::memset(p, 0xa5, room);
  p += 256; // as aligned as the driver's
  std::memset(p, 0xff, bytes);
  *address = reinterpret_cast<CUdeviceptr>(p);
  std::lock_guard lock(allocations_mutex);
  allocations[*address] = {bytes};
  return CUDA_SUCCESS;
}
CUresult cuMemFreeAsync(CUdeviceptr address, CUstream) {
  std::lock_guard lock(allocations_mutex);
  auto found = allocations.find(address);
  if (found == allocations.end()) return CUDA_ERROR_INVALID_VALUE;
  if (!fences_hold(address, found->second.bytes)) {
    std::fprintf(stderr, "emulator: memory around an allocation of %zu bytes was written\n", found->second.bytes);
    std::abort();
  }
  std::free(reinterpret_cast<unsigned char*>(address) - 256);
  allocations.erase(found);
  return CUDA_SUCCESS;
}
CUresult cuMemcpyHtoDAsync(CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream) {
  if (!is_inside(to, bytes) || records(stream)) return CUDA_ERROR_INVALID_VALUE;
  return std::memcpy(reinterpret_cast<void*>(to), from, bytes), CUDA_SUCCESS;
}
CUresult cuMemcpyDtoHAsync(void* to, CUdeviceptr from, std::size_t bytes, CUstream stream) {
  if (!is_inside(from, bytes) || records(stream)) return CUDA_ERROR_INVALID_VALUE;
  return std::memcpy(to, reinterpret_cast<void*>(from), bytes), CUDA_SUCCESS;
}
CUresult cuMemcpyDtoDAsync(CUdeviceptr to, CUdeviceptr from, std::size_t bytes, CUstream stream) {
  return ask(stream, [=] {
    if (!is_inside(from, bytes) || !is_inside(to, bytes)) return CUDA_ERROR_INVALID_VALUE;
    return std::memmove(reinterpret_cast<void*>(to), reinterpret_cast<void*>(from), bytes), CUDA_SUCCESS;
  });
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, std::size_t bytes, CUstream) {
  if (!is_inside(to, bytes)) return CUDA_ERROR_INVALID_VALUE;
  return std::memset(reinterpret_cast<void*>(to), value, bytes), CUDA_SUCCESS;
}

CUresult cuModuleLoadData(CUmodule* module, const void* image) {
  Header header;
  std::memcpy(&header, image, sizeof header);
  if (std::memcmp(header.text, magic, sizeof magic) != 0) return CUDA_ERROR_INVALID_IMAGE;
  fs::path file = own_directory() / (unique_name() + ".so");
  std::ofstream(file, std::ios::binary).write(static_cast<const char*>(image) + sizeof header, static_cast<std::streamsize>(header.bytes));
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    std::fprintf(stderr, "emulator: %s\n", dlerror());
    return CUDA_ERROR_INVALID_IMAGE;
  }
  fs::remove(file);
  *module = reinterpret_cast<CUmodule>(new Module{handle, {}});
  return CUDA_SUCCESS;
}
CUresult cuModuleUnload(CUmodule module) {
  auto* m = reinterpret_cast<Module*>(module);
  dlclose(m->handle);
  delete m;
  return CUDA_SUCCESS;
}
CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
  auto* m = reinterpret_cast<Module*>(module);
  auto kernel = reinterpret_cast<Kernel>(dlsym(m->handle, (std::string("emulated_") + name).c_str()));
  auto* launch = reinterpret_cast<Launch*>(dlsym(m->handle, "croton_keep"));
  auto* meets = static_cast<const bool*>(dlsym(m->handle, (std::string("meets_") + name).c_str()));
  auto sizes = reinterpret_cast<unsigned (*)(unsigned*)>(dlsym(m->handle, (std::string("sizes_") + name).c_str()));
  if (!kernel || !launch || !meets || !sizes) return CUDA_ERROR_NOT_FOUND;
  std::vector<unsigned> parameters(4096);
  parameters.resize(sizes(parameters.data()));
  *function = reinterpret_cast<CUfunction>(&(m->functions[name] = {kernel, *launch, *meets, std::move(parameters)}));
  return CUDA_SUCCESS;
}

CUresult cuLaunchKernel(CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared_bytes, CUstream stream, void** parameters, void**) {
  const std::array<unsigned, 3> blocks{gx, gy, gz}, threads{bx, by, bz};
  if (gx == 0 || gy == 0 || gz == 0 || bx == 0 || by == 0 || bz == 0 || bx * by * bz > 1024 || shared_bytes > 49152) return CUDA_ERROR_INVALID_VALUE;
  auto* f = reinterpret_cast<const Function*>(function);
  static const bool idle = std::getenv("CROTON_EMULATOR_IDLE"); // kernels do nothing: what is left is the host's side
  if (idle) return ask(stream, [] { return CUDA_SUCCESS; });
  // A stream that records keeps the values of the parameters, not where the caller had them.
  std::vector<std::vector<char>> values;
  if (records(stream))
    for (std::size_t k = 0; k < f->parameters.size(); ++k) values.emplace_back(static_cast<char*>(parameters[k]), static_cast<char*>(parameters[k]) + f->parameters[k]);
  return ask(stream, [=, values = std::move(values)]() mutable {
    std::vector<void*> own;
    for (auto& v : values) own.push_back(v.data());
    const char* error = f->launch(f->kernel, blocks.data(), threads.data(), shared_bytes, own.empty() ? parameters : own.data(), f->meets);
    if (!error) return CUDA_SUCCESS;
    std::fprintf(stderr, "emulator: %s\n", error);
    return CUDA_ERROR_LAUNCH_FAILED;
  });
}

CUresult cuGetErrorName(CUresult code, const char** text) {
  *text = code == CUDA_ERROR_LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED" : code == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : code == CUDA_ERROR_INVALID_VALUE ? "CUDA_ERROR_INVALID_VALUE" : "CUDA_ERROR_UNKNOWN";
  return CUDA_SUCCESS;
}
CUresult cuGetErrorString(CUresult, const char** text) { return *text = "as the emulator says", CUDA_SUCCESS; }

// ---- the compiler ----

nvrtcResult nvrtcVersion(int* major, int* minor) { return *major = 0, *minor = EMULATOR_VERSION % 1000, NVRTC_SUCCESS; }
nvrtcResult nvrtcCreateProgram(nvrtcProgram* program, const char* source, const char*, int, const char* const*, const char* const*) {
  *program = reinterpret_cast<nvrtcProgram>(new Program{source, {}, {}});
  return NVRTC_SUCCESS;
}
nvrtcResult nvrtcDestroyProgram(nvrtcProgram* program) {
  delete reinterpret_cast<Program*>(*program);
  return *program = nullptr, NVRTC_SUCCESS;
}
nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int, const char* const*) {
  auto& p = *reinterpret_cast<Program*>(program);
  fs::path stem = own_directory() / unique_name(), source = stem, object = stem, log = stem;
  source += ".cpp", object += ".so", log += ".log";
  std::ofstream(source) << "#include \"" EMULATOR_HEADER "\"\n" << p.source << "\n" << wrappers(p.source);
  const char* optimize = std::getenv("CROTON_EMULATOR_OPTIMIZE");
  std::string command = EMULATOR_CXX " -std=c++17 " + std::string(optimize ? optimize : "-O0") + " -w -shared -fPIC -ffp-contract=off -fsanitize=alignment,bounds -fsanitize-undefined-trap-on-error -o '" + object.string() + "' '" +
                        source.string() + "' 2> '" + log.string() + "'";
  int code = std::system(command.c_str());
  p.log = read_file(log);
  if (code != 0) return NVRTC_ERROR_COMPILATION;
  std::string bytes = read_file(object);
  Header header{{}, bytes.size()};
  std::memcpy(header.text, magic, sizeof magic);
  p.image.resize(sizeof header + bytes.size());
  std::memcpy(p.image.data(), &header, sizeof header);
  std::memcpy(p.image.data() + sizeof header, bytes.data(), bytes.size());
  for (const fs::path& file : {source, object, log}) fs::remove(file);
  return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, std::size_t* bytes) { return *bytes = reinterpret_cast<Program*>(program)->log.size() + 1, NVRTC_SUCCESS; }
nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char* text) {
  const std::string& log = reinterpret_cast<Program*>(program)->log;
  std::memcpy(text, log.c_str(), log.size() + 1);
  return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, std::size_t* bytes) { return *bytes = reinterpret_cast<Program*>(program)->image.size(), NVRTC_SUCCESS; }
nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char* image) {
  const auto& from = reinterpret_cast<Program*>(program)->image;
  std::memcpy(image, from.data(), from.size());
  return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetPTXSize(nvrtcProgram, std::size_t* bytes) { return *bytes = 0, NVRTC_ERROR_INVALID_INPUT; } // it has none
nvrtcResult nvrtcGetPTX(nvrtcProgram, char*) { return NVRTC_ERROR_INVALID_INPUT; }
const char* nvrtcGetErrorString(nvrtcResult code) { return code == NVRTC_SUCCESS ? "NVRTC_SUCCESS" : code == NVRTC_ERROR_COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR"; }

} // extern "C"
