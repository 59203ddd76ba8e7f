// C source to callable code by the system's compiler, with an in-memory and an on-disk cache of the libraries it makes.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

namespace croton::runtime {

/// A loaded library; its functions may be called for as long as this object lives.
class CLibrary {
public:
  explicit CLibrary(void* handle) : handle_(handle) {}
  ~CLibrary();
  CLibrary(const CLibrary&) = delete;
  CLibrary& operator=(const CLibrary&) = delete;
  /// Throws InternalError when the source defines no such function.
  void* symbol(const std::string& name) const;

private:
  void* handle_;
};

/// Where libraries came from, counted since the process began.
struct CCompilerStats {
  std::uint64_t compiled = 0, from_memory = 0, from_disk = 0;
};

/// Compiles (`cc`, or what CROTON_CC names: a program's name or path, no arguments), or finds compiled, and loads; `name`
/// appears in messages. DeviceError: no compiler, with the package that brings one; or one that refuses the source, which
/// is kept in a file, with the compiler's words. Thread-safe.
std::shared_ptr<const CLibrary> compile_c(const std::string& source, const std::string& name);
CCompilerStats c_compiler_stats();

} // namespace croton::runtime
