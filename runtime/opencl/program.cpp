// Programs: compiled from source, or loaded from the binary that an earlier process left in the disk cache.
#include "croton/error.h"
#include "runtime/disk_cache.h"
#include "runtime/opencl/device.h"
#include <cstdlib>
#include <optional>
#include <string_view>

namespace croton::runtime::opencl {

namespace {

// Contraction is decided by passes, and the source switches it off; subnormals and signed zeros stay as they are.
std::string build_options(const DeviceFacts& facts) {
  std::string options = "-cl-std=CL1.2";
  if (facts.exact_division) options += " -cl-fp32-correctly-rounded-divide-sqrt";
  return options;
}

// PoCL keeps what it compiles itself, and making a binary would compile every kernel a second time.
bool keeps_binaries(const DeviceFacts& facts) {
  if (const char* wanted = std::getenv("CROTON_OPENCL_BINARIES")) return std::string_view(wanted) != "off" && std::string_view(wanted) != "0";
  return facts.platform != "Portable Computing Language";
}

std::string build_log(const Library& cl, cl_program program, cl_device_id device) {
  std::size_t bytes = 0;
  if (cl.clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, nullptr, &bytes) != CL_SUCCESS) return "";
  std::string log(bytes, '\0');
  if (cl.clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes, log.data(), nullptr) != CL_SUCCESS) return "";
  while (!log.empty() && (log.back() == '\0' || log.back() == '\n')) log.pop_back();
  constexpr std::size_t most = 2000;
  return log.size() > most ? log.substr(0, most) + "…" : log;
}

std::shared_ptr<OpenclModule> with_kernels(const Library& cl, std::shared_ptr<OpenclModule> module, cl_program program, std::span<const std::string> entries) {
  for (const std::string& entry : entries) {
    cl_int code = CL_SUCCESS;
    cl_kernel kernel = cl.clCreateKernel(program, entry.c_str(), &code);
    check(code, ("clCreateKernel of " + entry).c_str());
    module->kernels.push_back(kernel);
    module->entries.push_back(entry);
  }
  return module;
}

// Null when the binary does not load: a driver may refuse what the same version wrote on another machine.
std::shared_ptr<OpenclModule> from_binary(const Library& cl, cl_context context, cl_device_id device, std::span<const std::byte> binary, std::span<const std::string> entries,
                                          const std::string& options) {
  std::size_t bytes = binary.size();
  auto* data = reinterpret_cast<const unsigned char*>(binary.data());
  cl_int code = CL_SUCCESS, status = CL_SUCCESS;
  cl_program program = cl.clCreateProgramWithBinary(context, 1, &device, &bytes, &data, &status, &code);
  if (code != CL_SUCCESS || status != CL_SUCCESS) {
    if (program) cl.clReleaseProgram(program);
    return nullptr;
  }
  auto module = std::make_shared<OpenclModule>(cl, program);
  if (cl.clBuildProgram(program, 1, &device, options.c_str(), nullptr, nullptr) != CL_SUCCESS) return nullptr;
  try {
    with_kernels(cl, module, program, entries);
  } catch (const DeviceError&) {
    return nullptr;
  }
  module->from_cache = true;
  return module;
}

std::vector<std::byte> binary_of(const Library& cl, cl_program program) {
  std::size_t bytes = 0;
  if (cl.clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof bytes, &bytes, nullptr) != CL_SUCCESS || bytes == 0) return {};
  std::vector<std::byte> binary(bytes);
  auto* data = reinterpret_cast<unsigned char*>(binary.data());
  if (cl.clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof data, &data, nullptr) != CL_SUCCESS) return {};
  return binary;
}

} // namespace

OpenclModule::~OpenclModule() {
  for (cl_kernel k : kernels) cl_.clReleaseKernel(k);
  cl_.clReleaseProgram(program_);
}

bool compiles(const Library& cl, cl_context context, cl_device_id device, const char* source) {
  cl_int code = CL_SUCCESS;
  cl_program program = cl.clCreateProgramWithSource(context, 1, &source, nullptr, &code);
  if (code != CL_SUCCESS) return false;
  code = cl.clBuildProgram(program, 1, &device, "-cl-std=CL1.2", nullptr, nullptr);
  cl.clReleaseProgram(program);
  return code == CL_SUCCESS;
}

std::shared_ptr<const DeviceModule> load_program(const Library& cl, cl_context context, cl_device_id device, const DeviceFacts& facts,
                                                 const std::string& source, std::span<const std::string> entries, const std::string& name) {
  std::string options = build_options(facts), key = "opencl\n" + facts.platform + "\n" + facts.version + "\n" + facts.title + "\n" + options + "\n" + source;
  auto disk = keeps_binaries(facts) ? DiskCache::shared() : nullptr;
  if (auto binary = disk ? disk->find(key) : std::nullopt)
    if (auto module = from_binary(cl, context, device, *binary, entries, options)) return module;
  const char* text = source.c_str();
  cl_int code = CL_SUCCESS;
  cl_program program = cl.clCreateProgramWithSource(context, 1, &text, nullptr, &code);
  check(code, "clCreateProgramWithSource");
  auto module = std::make_shared<OpenclModule>(cl, program);
  code = cl.clBuildProgram(program, 1, &device, options.c_str(), nullptr, nullptr);
  if (code != CL_SUCCESS) {
    std::string file = keep_failed_source(source, name, ".cl");
    throw DeviceError("[opencl] " + facts.name + " does not compile the kernels of '" + name + "' (" + error_name(code) + ")" + (file.empty() ? "" : "; the source is in " + file) + ":\n" +
                      build_log(cl, program, device));
  }
  with_kernels(cl, module, program, entries);
  if (disk)
    if (std::vector<std::byte> binary = binary_of(cl, program); !binary.empty()) disk->store(key, binary);
  return module;
}

} // namespace croton::runtime::opencl
