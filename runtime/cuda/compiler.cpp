// CUDA C to cubins, by NVRTC.
#include "croton/error.h"
#include "runtime/cuda/cuda.h"
#include "runtime/cuda/library.h"
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <sstream>

namespace croton::runtime::cuda {

namespace {

// Contraction is decided by passes; quotients and roots are correctly rounded and subnormals kept unless asked otherwise.
constexpr const char* options[] = {"--fmad=false", "--std=c++17", "--disable-warnings"};

// A source that NVRTC has compiled for a target, "sm_90" or "compute_90".
class Compiled {
public:
  Compiled(const std::string& source, const std::string& target, const std::string& name, std::vector<const char*> more = {}) : n_(loaded()) {
    check(n_.nvrtcCreateProgram_(&program_, source.c_str(), (name + ".cu").c_str(), 0, nullptr, nullptr), "nvrtcCreateProgram");
    std::string architecture = "--gpu-architecture=" + target;
    std::vector<const char*> all{architecture.c_str()};
    all.insert(all.end(), std::begin(options), std::end(options));
    all.insert(all.end(), more.begin(), more.end());
    int major = 0, minor = 0;
    check(n_.nvrtcVersion_(&major, &minor), "nvrtcVersion");
    if (major >= 13) all.push_back("--Ofast-compile=min"); // less than half the time; older ones do not know it
    nvrtcResult code = n_.nvrtcCompileProgram_(program_, static_cast<int>(all.size()), all.data());
    if (code == NVRTC_SUCCESS) return;
    std::string file = keep_failed_source(source, name, ".cu"), text = log();
    constexpr std::size_t most = 2000;
    if (text.size() > most) text = text.substr(0, most) + "…";
    throw DeviceError("[cuda] NVRTC does not compile the kernels of '" + name + "' for " + target + " (" + n_.nvrtcGetErrorString_(code) + ")" +
                      (file.empty() ? "" : "; the source is in " + file) + ":\n" + text);
  }
  ~Compiled() { n_.nvrtcDestroyProgram_(&program_); }
  Compiled(const Compiled&) = delete;

  std::string log() const {
    std::size_t bytes = 0;
    if (n_.nvrtcGetProgramLogSize_(program_, &bytes) != NVRTC_SUCCESS || bytes == 0) return "";
    std::string log(bytes, '\0');
    if (n_.nvrtcGetProgramLog_(program_, log.data()) != NVRTC_SUCCESS) return "";
    while (!log.empty() && (log.back() == '\0' || log.back() == '\n')) log.pop_back();
    return log;
  }
  std::vector<std::byte> cubin() const {
    std::size_t bytes = 0;
    check(n_.nvrtcGetCUBINSize_(program_, &bytes), "nvrtcGetCUBINSize");
    std::vector<std::byte> cubin(bytes);
    check(n_.nvrtcGetCUBIN_(program_, reinterpret_cast<char*>(cubin.data())), "nvrtcGetCUBIN");
    return cubin;
  }
  std::string ptx() const {
    std::size_t bytes = 0;
    check(n_.nvrtcGetPTXSize_(program_, &bytes), "nvrtcGetPTXSize");
    std::string text(bytes, '\0');
    check(n_.nvrtcGetPTX_(program_, text.data()), "nvrtcGetPTX");
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
  }

private:
  static const Nvrtc& loaded() {
    std::string why;
    const Nvrtc* n = nvrtc(&why);
    if (!n) throw DeviceError("[cuda] " + why + ".");
    return *n;
  }
  void check(nvrtcResult code, const char* what) const {
    if (code != NVRTC_SUCCESS) throw DeviceError("[cuda] " + std::string(what) + " failed: " + n_.nvrtcGetErrorString_(code) + ".");
  }

  const Nvrtc& n_;
  nvrtcProgram program_ = nullptr;
};

// The number in front of a word of the assembler's report: "Used 80 registers, 256 bytes smem".
std::size_t number_before(const std::string& line, const char* word) {
  std::size_t at = line.find(word);
  if (at == std::string::npos || at == 0) return 0;
  std::size_t begin = line.find_last_not_of("0123456789", at - 1);
  return std::strtoull(line.c_str() + (begin == std::string::npos ? 0 : begin + 1), nullptr, 10);
}

} // namespace

std::string missing_compiler() {
  std::string why;
  return nvrtc(&why) ? "" : why;
}

std::vector<std::byte> compile(const std::string& source, const std::string& architecture, const std::string& name) {
  return Compiled(source, architecture, name).cubin();
}

std::string compile_to_ptx(const std::string& source, const std::string& architecture, const std::string& name) {
  std::string target = architecture;
  if (target.starts_with("sm_")) target = "compute_" + target.substr(3);
  return Compiled(source, target, name).ptx();
}

// The assembler's report has several lines for each entry, and for functions that were not inlined.
std::vector<KernelFacts> kernel_facts(const std::string& source, const std::string& architecture, const std::string& name) {
  std::istringstream log(Compiled(source, architecture, name, {"--ptxas-options=-v"}).log());
  std::vector<KernelFacts> all;
  for (std::string line; std::getline(log, line);) {
    if (std::size_t at = line.find("Compiling entry function '"); at != std::string::npos) {
      std::size_t begin = line.find('\'', at) + 1;
      all.push_back({.name = line.substr(begin, line.find('\'', begin) - begin)});
    } else if (all.empty()) {
      continue;
    } else if (line.find("bytes stack frame") != std::string::npos) {
      KernelFacts& k = all.back();
      k.stack_bytes = std::max(k.stack_bytes, number_before(line, " bytes stack frame"));
      k.spill_store_bytes += number_before(line, " bytes spill stores");
      k.spill_load_bytes += number_before(line, " bytes spill loads");
    } else if (line.find("Used ") != std::string::npos) {
      all.back().registers = static_cast<int>(number_before(line, " registers"));
      all.back().shared_bytes = number_before(line, " bytes smem");
    }
  }
  std::sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.name < b.name; });
  return all;
}

} // namespace croton::runtime::cuda
