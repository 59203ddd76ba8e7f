#include "runtime/cpu/c_compiler.h"
#include "croton/error.h"
#include "runtime/device.h"
#include "runtime/disk_cache.h"
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <spawn.h>
#include <sys/wait.h>
#include <vector>

extern char** environ;

namespace croton::runtime {

namespace fs = std::filesystem;

namespace {

// Contraction is decided by whoever wrote the source; NaN, infinities and signed zeros are kept.
const std::vector<std::string> options = {"-std=gnu11", "-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared"};

/// A folder that only this user may enter, gone with the object.
class Folder {
public:
  Folder() {
    std::error_code error;
    fs::path parent = fs::temp_directory_path(error);
    path_ = (error ? fs::path("/tmp") : parent) / "croton-cc-XXXXXX";
    if (!::mkdtemp(path_.data())) throw DeviceError("[cc] no folder for temporary files can be made in " + parent.string() + ": " + std::strerror(errno) + ".");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const char* name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write(const std::string& path, const void* data, std::size_t bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(static_cast<const char*>(data), static_cast<std::streamsize>(bytes));
  if (!out.flush()) throw DeviceError("[cc] " + path + " cannot be written: is there room for temporary files?");
}

/// Runs a program without a shell, its words to a file; its exit status, or −1 with errno when it does not start.
int run(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& a : command) arguments.push_back(const_cast<char*>(a.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t child = 0;
  int code = ::posix_spawnp(&child, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (code != 0) {
    errno = code;
    return -1;
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno == ECHILD) return 0; // the application ignores its children: what this one wrote tells
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string compiler() {
  const char* wanted = std::getenv("CROTON_CC");
  return wanted && *wanted ? wanted : "cc";
}

[[noreturn]] void missing(const std::string& program, const std::string& why) {
  throw DeviceError("[cc] the C compiler '" + program + "' does not run (" + why + "). Install the package gcc or clang, or name another by CROTON_CC.");
}

/// What the compiler says it is; asked once.
std::string version_of(const std::string& program) {
  static std::mutex mutex;
  static auto* known = new std::map<std::string, std::string>; // leaked: code may be compiled until the very end
  std::lock_guard lock(mutex);
  if (auto found = known->find(program); found != known->end()) return found->second;
  Folder folder;
  int code = run({program, "--version"}, folder.file("log"));
  if (code != 0) missing(program, code < 0 ? std::strerror(errno) : "it ends with code " + std::to_string(code));
  return (*known)[program] = read(folder.file("log"));
}

/// The processor that -march=native means: what /proc/cpuinfo says of one, but for what changes while it runs.
const std::string& processor() {
  static const std::string text = [] {
    std::string facts;
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line) && !line.empty();)
      for (const char* key : {"vendor_id", "cpu family", "model", "stepping", "flags", "Features", "CPU ", "isa", "uarch"})
        if (line.starts_with(key)) facts += line + "\n";
    return facts;
  }();
  return text;
}

std::mutex libraries_mutex;
CCompilerStats counted;
std::map<std::string, std::weak_ptr<const CLibrary>>& libraries() {
  static auto* all = new std::map<std::string, std::weak_ptr<const CLibrary>>; // leaked, as above
  return *all;
}

// Null when the file does not load: one of another machine's, or a damaged one.
std::shared_ptr<const CLibrary> loaded(const Folder& folder) {
  void* handle = ::dlopen(folder.file("kernel.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  return handle ? std::make_shared<const CLibrary>(handle) : nullptr;
}

std::shared_ptr<const CLibrary> compiled(const Folder& folder, const std::string& program, const std::string& source, const std::string& name) {
  write(folder.file("kernel.c"), source.data(), source.size());
  std::vector<std::string> command{program};
  command.insert(command.end(), options.begin(), options.end());
  command.insert(command.end(), {"-o", folder.file("kernel.so"), folder.file("kernel.c"), "-lm"});
  int code = run(command, folder.file("log"));
  if (code < 0) missing(program, std::strerror(errno));
  if (code != 0) {
    std::string log = read(folder.file("log")), file = keep_failed_source(source, name, ".c");
    while (!log.empty() && log.back() == '\n') log.pop_back();
    constexpr std::size_t most = 2000;
    if (log.size() > most) log = log.substr(0, most) + "…";
    throw DeviceError("[cc] '" + program + "' does not compile the C body of '" + name + "'" + (file.empty() ? "" : "; the source is in " + file) + ":\n" + log);
  }
  auto library = loaded(folder);
  if (library) return library;
  const char* why = ::dlerror();
  throw DeviceError("[cc] the library made of the C body of '" + name + "' does not load: " + (why ? why : "unknown") + ".");
}

} // namespace

CLibrary::~CLibrary() { ::dlclose(handle_); }

void* CLibrary::symbol(const std::string& name) const {
  void* address = ::dlsym(handle_, name.c_str());
  if (!address) throw InternalError("[cc] a library without " + name);
  return address;
}

std::shared_ptr<const CLibrary> compile_c(const std::string& source, const std::string& name) {
  std::string program = compiler(), key = "cc\n" + program + "\n" + version_of(program) + "\n" + processor();
  for (const std::string& o : options) key += o + "\n";
  key += source;
  {
    std::lock_guard lock(libraries_mutex);
    if (auto known = libraries()[key].lock()) {
      ++counted.from_memory;
      return known;
    }
  }
  Folder folder;
  auto disk = DiskCache::shared();
  std::shared_ptr<const CLibrary> library;
  if (auto kept = disk->find(key)) {
    write(folder.file("kernel.so"), kept->data(), kept->size());
    library = loaded(folder);
  }
  bool from_disk = library != nullptr;
  if (!from_disk) {
    library = compiled(folder, program, source, name);
    std::string bytes = read(folder.file("kernel.so"));
    disk->store(key, std::as_bytes(std::span(bytes)));
  }
  std::lock_guard lock(libraries_mutex);
  ++(from_disk ? counted.from_disk : counted.compiled);
  libraries()[key] = library;
  return library;
}

CCompilerStats c_compiler_stats() {
  std::lock_guard lock(libraries_mutex);
  return counted;
}

} // namespace croton::runtime
