#include "src/executable.h"
#include "src/driver/cpu_executable.h"
#include "src/driver/cuda_executable.h"
#include "src/driver/host_executable.h"
#include "src/driver/opencl_executable.h"
#include "src/driver/reference_executable.h"
#include <array>
#include <charconv>
#include <cstdlib>

namespace croton {

namespace {

struct Entry {
  Device device;
  std::shared_ptr<const Executable> (*compile)(const Program& program, int index);
};

template <std::shared_ptr<const Executable> (*compile)(const Program&)> std::shared_ptr<const Executable> only(const Program& program, int) { return compile(program); }

constexpr std::array entries{
    Entry{{"cpu", "compiled code on all cores"}, only<driver::compile_cpu>},
    Entry{{"opencl", "an OpenCL device: processors and GPUs of every vendor", true}, driver::compile_opencl},
    Entry{{"cuda", "an NVIDIA GPU; where there is none, its source can be dumped", true}, driver::compile_cuda},
    Entry{{"host", "kernels interpreted statement by statement: slow, exact, checks every access"}, only<driver::compile_host>},
    Entry{{"reference", "the graph as written, node by node: slow, what devices are tested against"}, only<driver::compile_reference>},
};

} // namespace

std::vector<Device> devices() {
  std::vector<Device> all;
  for (const Entry& e : entries) all.push_back(e.device);
  return all;
}

std::string default_device() {
  const char* wanted = std::getenv("CROTON_DEVICE");
  return wanted && *wanted ? wanted : "cpu";
}

std::shared_ptr<const Executable> compile(const Program& program, const std::string& device) {
  std::size_t colon = device.find(':');
  std::string_view kind = std::string_view(device).substr(0, colon), number = colon == std::string::npos ? "0" : std::string_view(device).substr(colon + 1);
  int index = -1;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
  bool is_number = error == std::errc() && end == number.data() + number.size() && index >= 0;
  std::string names;
  for (const Entry& e : entries) {
    if (e.device.name == kind && is_number && (e.device.numbered || colon == std::string::npos)) return e.compile(program, index);
    names += (names.empty() ? "" : &e == &entries.back() ? " or " : ", ") + std::string(e.device.name) + (e.device.numbered ? "[:NUMBER]" : "");
  }
  throw UnsupportedError("[compile] there is no device '" + device + "'. Use " + names + ".");
}

} // namespace croton
