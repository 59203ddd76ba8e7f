// LLVM IR text to callable machine code, with an in-memory and an on-disk cache of the objects.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace croton::runtime {

class DiskCache;

struct CompileOptions {
  int codegen_level = 2;      ///< 0 (fastest to compile) to 3, as in `llc -O`
  bool run_o1_passes = false; ///< run LLVM's O1 pipeline first; our IR is vectorised already and gains little
};

/// One loaded module. The code stays mapped for as long as this object lives; do not call into it afterwards.
/// Thread-safe: immutable after construction.
class CompiledCode {
public:
  struct State;
  explicit CompiledCode(std::unique_ptr<State> state);
  ~CompiledCode();
  CompiledCode(const CompiledCode&) = delete;
  CompiledCode& operator=(const CompiledCode&) = delete;

  /// Address of an externally visible function or variable the module defines; InternalError when it has none of that name.
  void* symbol(std::string_view name) const;
  /// Size of the object file in bytes (a measure of the code's size).
  std::size_t object_bytes() const;

private:
  std::unique_ptr<State> state_;
};

/// Where the code of `compile` came from, counted since the Jit was made.
struct JitStats {
  std::uint64_t compiled = 0;
  std::uint64_t from_memory = 0;
  std::uint64_t from_disk = 0;
  double last_ms = 0; ///< wall time of the last `compile` that returned, in milliseconds
};

/// The compiler. Every member may be called from any thread at any time; compilations run in parallel.
class Jit {
public:
  /// The process's compiler, made on first use and never destroyed, so that code may run until the very end.
  static Jit& shared();

  /// A compiler with its own memory of what it has compiled; a null `cache` keeps nothing on disk.
  /// DeviceError when LLVM has no code generator for this machine, UnsupportedError in a build without LLVM.
  explicit Jit(std::shared_ptr<DiskCache> cache);
  ~Jit();
  Jit(const Jit&) = delete;
  Jit& operator=(const Jit&) = delete;

  /// Compiles and loads a module; `name` appears in messages only. The same text and options give the same code
  /// while anybody holds it. InternalError, with LLVM's words and the line at fault, when the text is not valid IR;
  /// DeviceError when the code cannot be generated or refers to a symbol that neither `add_symbol` nor the process has.
  std::shared_ptr<const CompiledCode> compile(std::string_view llvm_ir_text, std::string_view name,
                                              const CompileOptions& options = {});

  /// Lets code compiled from now on refer to `name`; it goes before a process symbol of that name.
  void add_symbol(std::string_view name, void* address);

  /// Assembly text of a module for this machine; the same errors as `compile`. Nothing is cached.
  std::string assembly(std::string_view llvm_ir_text, const CompileOptions& options = {});

  /// Everything about compiler and machine that decides what code comes out: LLVM version, triple, CPU, features.
  std::string host_description() const;

  JitStats stats() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace croton::runtime
