#include "src/executable.h"
#include "src/driver/cpu_executable.h"
#include "src/driver/host_executable.h"
#include "src/driver/reference_executable.h"
#include <array>

namespace croton {

namespace {

struct Entry {
  Device device;
  std::shared_ptr<const Executable> (*compile)(const Program& program);
};

constexpr std::array entries{
    Entry{{"cpu", "compiled code on all cores"}, driver::compile_cpu},
    Entry{{"host", "kernels interpreted statement by statement: slow, exact, checks every access"}, driver::compile_host},
    Entry{{"reference", "the graph as written, node by node: slow, what devices are tested against"}, driver::compile_reference},
};

} // namespace

std::vector<Device> devices() {
  std::vector<Device> all;
  for (const Entry& e : entries) all.push_back(e.device);
  return all;
}

std::shared_ptr<const Executable> compile(const Program& program, const std::string& device) {
  std::string names;
  for (const Entry& e : entries) {
    if (e.device.name == device) return e.compile(program);
    names += (names.empty() ? "" : &e == &entries.back() ? " or " : ", ") + std::string(e.device.name);
  }
  throw UnsupportedError("[compile] there is no device '" + device + "'. Use " + names + ".");
}

} // namespace croton
