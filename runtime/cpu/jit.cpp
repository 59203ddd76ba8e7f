// The only file that includes LLVM; it keeps to the C API, which LLVM 15 to 20 share.
#include "runtime/cpu/jit.h"
#include "runtime/cpu/jit_object.h"
#include "runtime/disk_cache.h"
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <croton/error.h>
#include <dlfcn.h>
#include <llvm-c/Analysis.h>
#include <llvm-c/Core.h>
#include <llvm-c/Error.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/LLJIT.h>
#include <llvm-c/Orc.h>
#include <llvm-c/Target.h>
#include <llvm-c/TargetMachine.h>
#include <llvm-c/Transforms/PassBuilder.h>
#include <llvm/Config/llvm-config.h>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace croton::runtime {

namespace {

/// Owns an object of LLVM's C API.
template <class Ref, void (*dispose)(Ref)> class Owned {
public:
  explicit Owned(Ref ref = nullptr) : ref_(ref) {}
  Owned(Owned&& other) noexcept : ref_(std::exchange(other.ref_, nullptr)) {}
  Owned& operator=(Owned&&) = delete;
  ~Owned() {
    if (ref_) dispose(ref_);
  }
  Ref get() const { return ref_; }
  Ref release() { return std::exchange(ref_, nullptr); }
  Ref* out() { return &ref_; }

private:
  Ref ref_;
};
using Context = Owned<LLVMContextRef, LLVMContextDispose>;
using Module = Owned<LLVMModuleRef, LLVMDisposeModule>;
using Buffer = Owned<LLVMMemoryBufferRef, LLVMDisposeMemoryBuffer>;
using Message = Owned<char*, LLVMDisposeMessage>;
using Machine = Owned<LLVMTargetMachineRef, LLVMDisposeTargetMachine>;

std::string text_of(const Message& message) { return message.get() ? message.get() : ""; }

/// LLVM's words for an error, which is consumed.
std::string text_of(LLVMErrorRef error) {
  char* message = LLVMGetErrorMessage(error);
  std::string text = message;
  LLVMDisposeErrorMessage(message);
  return text;
}

/// Several lines as one, for a message of one sentence.
std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  std::string joined;
  for (const char c : text) {
    if (c == '\n') joined += " | ";
    else joined += c;
  }
  return joined;
}

[[noreturn]] void bad_ir(std::string_view name, const std::string& words) {
  throw InternalError("[jit] the LLVM IR of '" + std::string(name) + "' is not valid: " + one_line(words) +
                      ". Please report this with the IR.");
}

void collect_diagnostic(LLVMDiagnosticInfoRef info, void* text) {
  if (LLVMGetDiagInfoSeverity(info) != LLVMDSError) return;
  const Message words(LLVMGetDiagInfoDescription(info));
  static_cast<std::string*>(text)->append(text_of(words)).append("\n");
}

LLVMCodeGenOptLevel level_of(int level) {
  constexpr LLVMCodeGenOptLevel levels[] = {LLVMCodeGenLevelNone, LLVMCodeGenLevelLess, LLVMCodeGenLevelDefault,
                                            LLVMCodeGenLevelAggressive};
  return levels[std::clamp(level, 0, 3)];
}

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

struct HashOfHash {
  std::size_t operator()(const Hash128& hash) const { return hash.low; }
};

} // namespace

struct Jit::Impl {
  explicit Impl(std::shared_ptr<DiskCache> disk_cache);
  ~Impl();

  // Text to object.
  LLVMModuleRef parse(LLVMContextRef context, std::string_view text, std::string_view name) const;
  Machine take_machine(int level);
  void give_machine(int level, Machine machine);
  Buffer emit(LLVMModuleRef module, std::string_view name, const CompileOptions& options, LLVMCodeGenFileType type,
              const std::string& diagnostics);
  Buffer translate(std::string_view text, std::string_view name, const CompileOptions& options,
                   LLVMCodeGenFileType type, std::vector<std::string>* names);
  // Object to code.
  LLVMOrcJITDylibRef take_dylib();
  void give_dylib(LLVMOrcJITDylibRef dylib);
  static LLVMErrorRef define_missing(LLVMOrcDefinitionGeneratorRef, void* self, LLVMOrcLookupStateRef*,
                                     LLVMOrcLookupKind, LLVMOrcJITDylibRef dylib, LLVMOrcJITDylibLookupFlags,
                                     LLVMOrcCLookupSet wanted, size_t count);
  void* address_of(const char* name);
  std::vector<std::pair<std::string, void*>> link(LLVMOrcJITDylibRef dylib, const JitObject& object,
                                                  std::string_view name);

  std::shared_ptr<DiskCache> disk;
  LLVMTargetRef target = nullptr;
  std::string triple, cpu, features, host;
  LLVMOrcLLJITRef orc = nullptr;
  LLVMOrcExecutionSessionRef session = nullptr;

  std::mutex mutex; // guards all below
  std::vector<Machine> machines[4];
  std::vector<LLVMOrcJITDylibRef> free_dylibs;
  std::uint64_t dylib_count = 0;
  std::unordered_map<std::string, void*> symbols;
  std::unordered_map<LLVMOrcJITDylibRef, std::string> unknown; // symbols nobody has, by the library that wants them
  std::unordered_map<Hash128, std::weak_ptr<const CompiledCode>, HashOfHash> memory;
  std::size_t prune_at = 256;
  JitStats stats;
};

struct CompiledCode::State {
  std::shared_ptr<Jit::Impl> jit;
  LLVMOrcJITDylibRef dylib = nullptr;
  std::vector<std::pair<std::string, void*>> symbols; // sorted by name
  std::size_t object_bytes = 0;
};

// ---- text to object ------------------------------------------------------------------------------------------------

Jit::Impl::Impl(std::shared_ptr<DiskCache> disk_cache) : disk(std::move(disk_cache)) {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNativeTarget();
    LLVMInitializeNativeAsmPrinter();
    LLVMInitializeNativeAsmParser(); // for inline assembly
  });
  triple = text_of(Message(LLVMGetDefaultTargetTriple()));
  cpu = text_of(Message(LLVMGetHostCPUName()));
  features = text_of(Message(LLVMGetHostCPUFeatures()));
  host = "LLVM " LLVM_VERSION_STRING;
#if LLVM_VERSION_MAJOR >= 16 // the library that runs may be newer than the headers
  unsigned major = 0, minor = 0, patch = 0;
  LLVMGetVersion(&major, &minor, &patch);
  host = "LLVM " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
#endif
  host += " " + triple + " " + cpu + " " + features;
  Message words;
  if (LLVMGetTargetFromTriple(triple.c_str(), &target, words.out()))
    throw DeviceError("[jit] LLVM has no code generator for " + triple + ": " + one_line(text_of(words)) +
                      ". Install an LLVM built for this machine.");
  if (LLVMErrorRef error = LLVMOrcCreateLLJIT(&orc, nullptr))
    throw DeviceError("[jit] LLVM's JIT does not start: " + one_line(text_of(error)) + ".");
  session = LLVMOrcLLJITGetExecutionSession(orc);
  // Errors come back from the lookup too; LLVM would print them here a second time.
  LLVMOrcExecutionSessionSetErrorReporter(session, [](void*, LLVMErrorRef error) { LLVMConsumeError(error); }, nullptr);
}

Jit::Impl::~Impl() {
  if (LLVMErrorRef error = LLVMOrcDisposeLLJIT(orc)) LLVMConsumeError(error);
}

LLVMModuleRef Jit::Impl::parse(LLVMContextRef context, std::string_view text, std::string_view name) const {
  LLVMModuleRef module = nullptr;
  Message words;
  const std::string title(name);
  // The parser takes over the buffer, and wants the zero at its end that a copy has.
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(text.data(), text.size(), title.c_str());
  if (LLVMParseIRInContext(context, buffer, &module, words.out())) bad_ir(name, text_of(words));
  return module;
}

Machine Jit::Impl::take_machine(int level) {
  {
    const std::lock_guard lock(mutex);
    auto& pool = machines[level_of(level)];
    if (!pool.empty()) {
      Machine machine = std::move(pool.back());
      pool.pop_back();
      return machine;
    }
  }
  // PIC with the small code model: the linker makes stubs for what lies beyond 2 GiB, such as the process's memcpy.
  Machine machine(LLVMCreateTargetMachine(target, triple.c_str(), cpu.c_str(), features.c_str(), level_of(level),
                                          LLVMRelocPIC, LLVMCodeModelSmall));
  if (!machine.get()) throw DeviceError("[jit] LLVM cannot generate code for the CPU '" + cpu + "' of this machine.");
  return machine;
}

void Jit::Impl::give_machine(int level, Machine machine) {
  const std::lock_guard lock(mutex);
  machines[level_of(level)].push_back(std::move(machine));
}

Buffer Jit::Impl::emit(LLVMModuleRef module, std::string_view name, const CompileOptions& options,
                       LLVMCodeGenFileType type, const std::string& diagnostics) {
  Machine machine = take_machine(options.codegen_level);
  const Owned<LLVMTargetDataRef, LLVMDisposeTargetData> layout(LLVMCreateTargetDataLayout(machine.get()));
  LLVMSetModuleDataLayout(module, layout.get());
  LLVMSetTarget(module, triple.c_str());
  if (options.run_o1_passes) {
    const Owned<LLVMPassBuilderOptionsRef, LLVMDisposePassBuilderOptions> defaults(LLVMCreatePassBuilderOptions());
    if (LLVMErrorRef error = LLVMRunPasses(module, "default<O1>", machine.get(), defaults.get()))
      throw DeviceError("[jit] LLVM's passes fail on '" + std::string(name) + "': " + one_line(text_of(error)) + ".");
  }
  Buffer out;
  Message words;
  const bool failed = LLVMTargetMachineEmitToMemoryBuffer(machine.get(), module, type, words.out(), out.out());
  if (failed || !diagnostics.empty())
    throw DeviceError("[jit] LLVM generates no code for '" + std::string(name) +
                      "': " + one_line(text_of(words) + diagnostics) + ". Please report this with the IR.");
  give_machine(options.codegen_level, std::move(machine));
  return out;
}

Buffer Jit::Impl::translate(std::string_view text, std::string_view name, const CompileOptions& options,
                            LLVMCodeGenFileType type, std::vector<std::string>* names) {
  const Context context(LLVMContextCreate());
  std::string diagnostics;
  // Without a handler LLVM ends the process at the first error of the code generator.
  LLVMContextSetDiagnosticHandler(context.get(), collect_diagnostic, &diagnostics);
  const Module module(parse(context.get(), text, name));
  Message words;
  if (LLVMVerifyModule(module.get(), LLVMReturnStatusAction, words.out())) bad_ir(name, text_of(words));

  const auto keep = [&](LLVMValueRef value) {
    const LLVMLinkage linkage = LLVMGetLinkage(value);
    if (!names || LLVMIsDeclaration(value) || linkage == LLVMInternalLinkage || linkage == LLVMPrivateLinkage) return;
    size_t length = 0;
    const char* start = LLVMGetValueName2(value, &length);
    names->emplace_back(start, length);
  };
  for (LLVMValueRef f = LLVMGetFirstFunction(module.get()); f; f = LLVMGetNextFunction(f)) keep(f);
  for (LLVMValueRef g = LLVMGetFirstGlobal(module.get()); g; g = LLVMGetNextGlobal(g)) keep(g);
  return emit(module.get(), name, options, type, diagnostics);
}

// ---- object to code ------------------------------------------------------------------------------------------------

void* Jit::Impl::address_of(const char* name) {
  {
    const std::lock_guard lock(mutex);
    if (const auto found = symbols.find(name); found != symbols.end()) return found->second;
  }
  return ::dlsym(RTLD_DEFAULT, name);
}

/// Gives a module what it refers to but does not define. Names nobody knows are noted for the message; the lookup fails.
LLVMErrorRef Jit::Impl::define_missing(LLVMOrcDefinitionGeneratorRef, void* self, LLVMOrcLookupStateRef*,
                                       LLVMOrcLookupKind, LLVMOrcJITDylibRef dylib, LLVMOrcJITDylibLookupFlags,
                                       LLVMOrcCLookupSet wanted, size_t count) {
  Impl& impl = *static_cast<Impl*>(self);
  const char prefix = LLVMOrcLLJITGetGlobalPrefix(impl.orc);
  std::vector<LLVMOrcCSymbolMapPair> pairs;
  for (size_t i = 0; i < count; ++i) {
    const char* name = LLVMOrcSymbolStringPoolEntryStr(wanted[i].Name);
    if (prefix != 0 && *name == prefix) ++name;
    void* address = impl.address_of(name);
    if (!address) {
      const std::lock_guard lock(impl.mutex);
      impl.unknown[dylib].append(" ").append(name);
      continue;
    }
    LLVMOrcRetainSymbolStringPoolEntry(wanted[i].Name); // AbsoluteSymbols takes one over
    LLVMOrcCSymbolMapPair pair{};
    pair.Name = wanted[i].Name;
    pair.Sym.Address = reinterpret_cast<LLVMOrcExecutorAddress>(address);
    pair.Sym.Flags.GenericFlags = LLVMJITSymbolGenericFlagsExported;
    pairs.push_back(pair);
  }
  if (pairs.empty()) return LLVMErrorSuccess;
  return LLVMOrcJITDylibDefine(dylib, LLVMOrcAbsoluteSymbols(pairs.data(), pairs.size()));
}

// A library per module keeps equal names apart. The C API cannot remove one, only empty it, so they are used again.
LLVMOrcJITDylibRef Jit::Impl::take_dylib() {
  std::uint64_t serial = 0;
  {
    const std::lock_guard lock(mutex);
    if (!free_dylibs.empty()) {
      LLVMOrcJITDylibRef dylib = free_dylibs.back();
      free_dylibs.pop_back();
      return dylib;
    }
    serial = dylib_count++;
  }
  LLVMOrcJITDylibRef dylib =
      LLVMOrcExecutionSessionCreateBareJITDylib(session, ("croton." + std::to_string(serial)).c_str());
  LLVMOrcJITDylibAddGenerator(dylib, LLVMOrcCreateCustomCAPIDefinitionGenerator(define_missing, this, nullptr));
  return dylib;
}

void Jit::Impl::give_dylib(LLVMOrcJITDylibRef dylib) {
  if (LLVMErrorRef error = LLVMOrcJITDylibClear(dylib)) {
    LLVMConsumeError(error); // its state is unknown: never use it again
    return;
  }
  const std::lock_guard lock(mutex);
  free_dylibs.push_back(dylib);
}

namespace {

/// What the callback of a lookup leaves behind; the lookup may end on another thread.
struct LookupResult {
  std::mutex mutex;
  std::condition_variable ready;
  bool done = false;
  std::string error;
  std::vector<std::pair<std::string, void*>> found;

  static void handle(LLVMErrorRef error, LLVMOrcCSymbolMapPairs pairs, size_t count, void* context) {
    LookupResult& self = *static_cast<LookupResult*>(context);
    const std::lock_guard lock(self.mutex);
    if (error) self.error = text_of(error);
    else
      for (size_t i = 0; i < count; ++i)
        self.found.emplace_back(LLVMOrcSymbolStringPoolEntryStr(pairs[i].Name),
                                reinterpret_cast<void*>(pairs[i].Sym.Address));
    self.done = true;
    self.ready.notify_one(); // under the lock: the waiter destroys this object as soon as it can take it
  }
};

} // namespace

std::vector<std::pair<std::string, void*>> Jit::Impl::link(LLVMOrcJITDylibRef dylib, const JitObject& object,
                                                           std::string_view name) {
  const auto fail = [&](const std::string& words) {
    const std::string text = "[jit] the code of '" + std::string(name) + "' does not load: ";
    const std::lock_guard lock(mutex);
    if (const auto missing = unknown.extract(dylib))
      throw DeviceError(text + "no symbol named" + missing.mapped() + ". Make it known with add_symbol.");
    throw DeviceError(text + one_line(words) + ". Please report this with the IR.");
  };
  const std::string title(name);
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(
      reinterpret_cast<const char*>(object.code.data()), object.code.size(), title.c_str());
  if (LLVMErrorRef error = LLVMOrcLLJITAddObjectFile(orc, dylib, buffer)) fail(text_of(error));
  std::vector<LLVMOrcCLookupSetElement> wanted;
  for (const std::string& symbol : object.names)
    wanted.push_back({LLVMOrcLLJITMangleAndIntern(orc, symbol.c_str()), LLVMOrcSymbolLookupFlagsRequiredSymbol});
  LLVMOrcCJITDylibSearchOrderElement order{dylib, LLVMOrcJITDylibLookupFlagsMatchAllSymbols};
  LookupResult result;
  LLVMOrcExecutionSessionLookup(session, LLVMOrcLookupKindStatic, &order, 1, wanted.data(), wanted.size(),
                                LookupResult::handle, &result);
  std::unique_lock lock(result.mutex);
  result.ready.wait(lock, [&] { return result.done; });
  if (!result.error.empty()) fail(result.error);
  if (const char prefix = LLVMOrcLLJITGetGlobalPrefix(orc); prefix != 0)
    for (auto& symbol : result.found) symbol.first.erase(0, 1);
  std::sort(result.found.begin(), result.found.end());
  return std::move(result.found);
}

CompiledCode::CompiledCode(std::unique_ptr<State> state) : state_(std::move(state)) {}

CompiledCode::~CompiledCode() { state_->jit->give_dylib(state_->dylib); }

std::size_t CompiledCode::object_bytes() const { return state_->object_bytes; }

void* CompiledCode::symbol(std::string_view name) const {
  const auto at = std::lower_bound(state_->symbols.begin(), state_->symbols.end(), name,
                                   [](const auto& symbol, std::string_view key) { return symbol.first < key; });
  if (at == state_->symbols.end() || at->first != name)
    throw InternalError("[jit] the compiled module defines no symbol '" + std::string(name) + "'. Please report this.");
  return at->second;
}

// ---- the compiler --------------------------------------------------------------------------------------------------

Jit::Jit(std::shared_ptr<DiskCache> cache) : impl_(std::make_shared<Impl>(std::move(cache))) {}
Jit::~Jit() = default;

Jit& Jit::shared() {
  static Jit* jit = new Jit(DiskCache::shared());
  return *jit;
}

std::string Jit::host_description() const { return impl_->host; }

JitStats Jit::stats() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->stats;
}

void Jit::add_symbol(std::string_view name, void* address) {
  const std::lock_guard lock(impl_->mutex);
  impl_->symbols.insert_or_assign(std::string(name), address);
}

std::string Jit::assembly(std::string_view llvm_ir_text, const CompileOptions& options) {
  const Buffer text = impl_->translate(llvm_ir_text, "assembly", options, LLVMAssemblyFile, nullptr);
  return {LLVMGetBufferStart(text.get()), LLVMGetBufferSize(text.get())};
}

std::shared_ptr<const CompiledCode> Jit::compile(std::string_view llvm_ir_text, std::string_view name,
                                                 const CompileOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  Impl& impl = *impl_;
  std::string key = "jit 1\n" + impl.host + "\n" + std::to_string(level_of(options.codegen_level)) +
                    (options.run_o1_passes ? " O1\n" : "\n");
  key += llvm_ir_text;
  const Hash128 hash = hash128(key);
  const auto finish = [&](std::uint64_t JitStats::*counter) {
    ++(impl.stats.*counter);
    impl.stats.last_ms = milliseconds_since(start);
  };
  {
    const std::lock_guard lock(impl.mutex);
    if (const auto found = impl.memory.find(hash); found != impl.memory.end())
      if (auto code = found->second.lock()) {
        finish(&JitStats::from_memory);
        return code;
      }
  }

  std::optional<JitObject> object;
  if (impl.disk)
    if (const auto bytes = impl.disk->find(key)) object = unpack(*bytes);
  const bool from_disk = object.has_value();
  if (!object) {
    object.emplace();
    const Buffer code = impl.translate(llvm_ir_text, name, options, LLVMObjectFile, &object->names);
    const auto* first = reinterpret_cast<const std::byte*>(LLVMGetBufferStart(code.get()));
    object->code.assign(first, first + LLVMGetBufferSize(code.get()));
    if (impl.disk) impl.disk->store(key, pack(*object));
  }

  auto state = std::make_unique<CompiledCode::State>();
  state->jit = impl_;
  state->dylib = impl.take_dylib();
  state->object_bytes = object->code.size();
  CompiledCode::State& loaded = *state;
  auto code = std::make_shared<const CompiledCode>(std::move(state)); // from here on the library is given back
  loaded.symbols = impl.link(loaded.dylib, *object, name);

  // Two threads may have compiled the same text: the first to come here wins, so that equal texts share their code.
  std::shared_ptr<const CompiledCode> winner; // outlives the lock, as the last owner of code takes it again
  const std::lock_guard lock(impl.mutex);
  auto& slot = impl.memory[hash];
  winner = slot.lock();
  if (!winner) {
    slot = code;
    winner = code;
  }
  finish(from_disk ? &JitStats::from_disk : &JitStats::compiled);
  if (impl.memory.size() > impl.prune_at) {
    std::erase_if(impl.memory, [](const auto& item) { return item.second.expired(); });
    impl.prune_at = std::max<std::size_t>(256, 2 * impl.memory.size());
  }
  return winner;
}

} // namespace croton::runtime
