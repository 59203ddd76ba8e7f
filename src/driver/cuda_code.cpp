#include "src/driver/cuda_code.h"
#include "croton/error.h"
#include "runtime/cuda/cuda.h"
#include "src/io/file.h"
#include "src/io/temporary_folder.h"
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <span>

namespace croton::driver {

namespace {

void need_compiler(std::string_view stage) {
  if (std::string missing = runtime::cuda::missing_compiler(); !missing.empty())
    throw UnsupportedError("[dump] the stage '" + std::string(stage) + "' needs NVIDIA's compiler: " + missing + ".");
}

// In the folders of PATH, then where the toolkit usually is.
std::string program_named(const std::string& name) {
  std::string folders;
  if (const char* path = std::getenv("PATH")) folders = path;
  for (const char* variable : {"CUDA_HOME", "CUDA_PATH"})
    if (const char* root = std::getenv(variable)) folders += ":" + std::string(root) + "/bin";
  folders += ":/usr/local/cuda/bin";
  for (std::size_t at = 0; at < folders.size();) {
    std::size_t end = std::min(folders.find(':', at), folders.size());
    std::filesystem::path file = std::filesystem::path(folders.substr(at, end - at)) / name;
    std::error_code ignored;
    if (end > at && std::filesystem::is_regular_file(file, ignored)) return file.string();
    at = end + 1;
  }
  return "";
}

std::string in_shell(const std::string& path) {
  std::string text = "'";
  for (char c : path) c == '\'' ? text += "'\\''" : text += c;
  return text + "'";
}

std::string disassembled(std::span<const std::byte> cubin) {
  std::string program = program_named("nvdisasm");
  if (program.empty())
    throw UnsupportedError("[dump] the stage 'sass' needs NVIDIA's program nvdisasm, which is not installed. Install the package cuda-nvdisasm of NVIDIA, or nvidia-cuda-toolkit of Debian; the stages ptx and cubin do without.");
  io::TemporaryFolder folder;
  io::OutputFile file(folder / "kernels.cubin");
  file.write(cubin);
  file.commit();
  std::string command = in_shell(program) + " --print-code " + in_shell(folder / "kernels.cubin") + " > " + in_shell(folder / "sass") + " 2> /dev/null";
  if (std::system(command.c_str()) != 0) throw UnsupportedError("[dump] nvdisasm (" + program + ") does not read what NVRTC made: it is of an older toolkit. Install the version of NVRTC.");
  return io::read_text(folder / "sass");
}

} // namespace

std::string default_architecture() {
  const char* wanted = std::getenv("CROTON_CUDA_ARCH");
  if (!wanted || !*wanted) return "sm_90";
  std::string name = wanted;
  bool good = name.starts_with("sm_") && name.size() >= 5 && name.size() <= 8 && std::all_of(name.begin() + 3, name.end(), [](unsigned char c) { return std::isalnum(c); });
  if (!good) throw ValueError("[dump] CROTON_CUDA_ARCH: found '" + name + "', expected an architecture such as sm_90.");
  return name;
}

std::string cuda_code(std::string_view stage, const std::string& source, const std::string& architecture, const std::string& name) {
  if (stage != "ptx" && stage != "sass") return "";
  need_compiler(stage);
  if (stage == "ptx") return runtime::cuda::compile_to_ptx(source, architecture, name);
  return disassembled(runtime::cuda::compile(source, architecture, name));
}

std::vector<runtime::KernelFacts> cuda_facts(const std::string& source, const std::string& architecture, const std::string& name) {
  need_compiler("cubin");
  return runtime::cuda::kernel_facts(source, architecture, name);
}

} // namespace croton::driver
