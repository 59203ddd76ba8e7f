#include "runtime/cpu/blas_library.h"
#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <optional>
#include <string>
#include <string_view>
#include <strings.h>

namespace croton::runtime::blas {

namespace {

/// The first of some libraries that opens, else null. Local: its symbols are not offered to the rest of the program.
template <std::size_t count> void* open_first(const std::array<const char*, count>& names, int flags = RTLD_NOW) {
  for (const char* name : names)
    if (void* handle = ::dlopen(name, flags | RTLD_LOCAL)) return handle;
  return nullptr;
}

template <class Function> bool resolve(void* handle, const char* name, Function& to) {
  to = reinterpret_cast<Function>(::dlsym(handle, name));
  return to != nullptr;
}

/// An environment variable changed for a while. Another thread that reads the environment meanwhile may be upset, as by
/// any setenv; it happens once in a process.
class Variable {
public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) before_ = old;
    if (value) ::setenv(name, value, 1);
    else ::unsetenv(name);
  }
  ~Variable() {
    if (before_) ::setenv(name_, before_->c_str(), 1);
    else ::unsetenv(name_);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

private:
  const char* name_;
  std::optional<std::string> before_;
};

/// The core type OpenBLAS should take: with AVX-512, one whose kernels use it. What the environment says is kept when it
/// says such a one: an inherited "Haswell" halves the speed on such a machine, as does what OpenBLAS itself finds for a
/// CPU newer than it.
std::string core_type() {
  const char* set = std::getenv("OPENBLAS_CORETYPE");
  const std::string given = set ? set : "";
  const char* keep = std::getenv("CROTON_KEEP_OPENBLAS_CORETYPE");
  if (keep && std::string_view(keep) == "1") return given;
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl"))
    return given;
  for (const char* good : {"SkylakeX", "Cooperlake", "SapphireRapids"})
    if (::strcasecmp(good, given.c_str()) == 0) return given;
  return __builtin_cpu_supports("avx512bf16") ? "Cooperlake" : "SkylakeX";
#else
  return given;
#endif
}

std::optional<OneDnn> load_one_dnn() {
  if (!CROTON_ONEDNN) return std::nullopt;
  constexpr std::array names{"libdnnl.so.3", "libdnnl.so.2", "libdnnl.so"};
  void* handle = open_first(names);
  OneDnn library;
  if (!handle || !resolve(handle, "dnnl_sgemm", library.sgemm)) return std::nullopt;
  // Found through the handle: the OpenMP runtime oneDNN itself uses, whichever others the program has.
  if (!resolve(handle, "omp_get_max_threads", library.omp_get_max_threads) ||
      !resolve(handle, "omp_set_num_threads", library.omp_set_num_threads))
    library.omp_set_num_threads = nullptr;
  return library;
}

std::optional<OpenBlas> load_open_blas() {
  if (!CROTON_OPENBLAS) return std::nullopt;
  constexpr std::array names{"libopenblas.so.0", "libopenblas.so"};
  OpenBlas library;
  void* handle = open_first(names, RTLD_NOW | RTLD_NOLOAD);
  library.foreign = handle != nullptr;
  if (!handle) {
    // OpenBLAS reads all of these when it is loaded, and never again. One thread: ours share the work.
    const std::string core = core_type();
    const Variable core_variable("OPENBLAS_CORETYPE", core.empty() ? nullptr : core.c_str());
    const Variable cache_variable("OPENBLAS_L2_SIZE", nullptr);
    const Variable thread_variable("OPENBLAS_NUM_THREADS", "1");
    handle = open_first(names);
  }
  if (!handle || !resolve(handle, "cblas_sgemm", library.sgemm) || !resolve(handle, "cblas_dgemm", library.dgemm) ||
      !resolve(handle, "cblas_sgemv", library.sgemv) || !resolve(handle, "cblas_dgemv", library.dgemv))
    return std::nullopt;
  char* (*core_name)() = nullptr;
  if (resolve(handle, "openblas_get_corename", core_name)) library.core = core_name();
  return library;
}

} // namespace

const OneDnn* one_dnn() {
  static const std::optional<OneDnn> library = load_one_dnn();
  return library ? &*library : nullptr;
}

const OpenBlas* open_blas() {
  static const std::optional<OpenBlas> library = load_open_blas();
  return library ? &*library : nullptr;
}

} // namespace croton::runtime::blas
