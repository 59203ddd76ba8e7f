// What the Jit asks of a compiler. One translation unit knows LLVM (jit.cpp, or jit_absent.cpp without it).
#pragma once
#include "runtime/cpu/jit.h"
#include "runtime/cpu/jit_object.h"
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace croton::runtime {

using JitSymbols = std::vector<std::pair<std::string, void*>>;

/// A loaded module; destruction unmaps it. Owns a share of its backend.
struct JitModule {
  JitSymbols symbols; ///< sorted by name
  virtual ~JitModule() = default;
};

/// Thread-safe. Errors as Jit::compile documents them.
class JitBackend {
public:
  virtual ~JitBackend() = default;
  virtual std::string host() const = 0;
  virtual JitObject translate(std::string_view text, std::string_view name, const CompileOptions& options) = 0;
  virtual std::string assembly(std::string_view text, const CompileOptions& options) = 0;
  virtual void add_symbol(std::string_view name, void* address) = 0;
  virtual std::unique_ptr<JitModule> load(const JitObject& object, std::string_view name) = 0;
};

std::shared_ptr<JitBackend> make_jit_backend();

} // namespace croton::runtime
