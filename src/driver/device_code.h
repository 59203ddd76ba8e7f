// The programs of a function for a device: its kernels printed and compiled, each part when a call first needs it.
#pragma once
#include "codegen/c.h"
#include "runtime/device.h"
#include "src/driver/prepared.h"
#include <atomic>
#include <mutex>
#include <unordered_map>

namespace croton::driver {

/// The text of one of them: phases that are rare or not, with indices of 32 bits or of 64.
codegen::CSource device_source(const BuiltProgram& built, const codegen::CLanguage& language, int number);
/// The one that most calls need.
inline int usual_code(const BuiltProgram& built) { return code_number(!built.narrow.empty(), false); }
/// "source" is the usual one; "source.rare", "source.wide" and "source.wide.rare" the others; "" for another stage.
std::string device_text(const BuiltProgram& built, const codegen::CLanguage& language, std::string_view stage);

class DeviceCode {
public:
  /// Compiles the usual one.
  DeviceCode(const BuiltProgram& built, const codegen::CLanguage& language, runtime::DevicePtr device, const Program& program);

  bool from_cache() const { return from_cache_; }
  /// Compiles what is missing of these programs (bits), told to the program's log. DeviceError where that fails.
  void need(unsigned codes) const;

  struct Entry {
    const runtime::DeviceModule* module;
    std::size_t number;
  };
  /// Raw kernels are in the usual one.
  Entry entry(const ir::RawStep& step) const {
    const Loaded& loaded = loaded_[static_cast<std::size_t>(usual_code(built_))];
    return {loaded.module.get(), loaded.raw_entries.at(&step)};
  }
  /// After need() of its program.
  Entry entry(int code, std::size_t kernel, std::size_t phase) const {
    const Loaded& loaded = loaded_[static_cast<std::size_t>(code)];
    return {loaded.module.get(), loaded.entries[kernel][phase]};
  }

private:
  struct Loaded {
    std::shared_ptr<const runtime::DeviceModule> module; ///< null when there is no kernel
    std::vector<std::vector<std::size_t>> entries;       ///< of every kernel's phases in the module
    std::unordered_map<const ir::RawStep*, std::size_t> raw_entries;
  };
  const BuiltProgram& built_;
  const codegen::CLanguage& language_;
  const runtime::DevicePtr device_;
  const std::string name_;
  const std::shared_ptr<CompilationLog> compilations_;
  bool from_cache_ = false;
  mutable std::mutex mutex_;
  mutable std::atomic<unsigned> ready_{0};
  mutable std::array<Loaded, code_count> loaded_;
  Loaded load(int number) const;
};

} // namespace croton::driver
