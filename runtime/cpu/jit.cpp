// The only file that includes LLVM; it keeps to the C API, which LLVM 15 to 20 share.
#include "runtime/cpu/jit_backend.h"
#include <algorithm>
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

class Llvm final : public JitBackend, public std::enable_shared_from_this<Llvm> {
public:
  Llvm();
  ~Llvm() override;

  std::string host() const override { return host_; }
  JitObject translate(std::string_view text, std::string_view name, const CompileOptions& options) override;
  std::string assembly(std::string_view text, const CompileOptions& options) override;
  void add_symbol(std::string_view name, void* address) override;
  std::unique_ptr<JitModule> load(const JitObject& object, std::string_view name) override;
  void give_dylib(LLVMOrcJITDylibRef dylib);

private:
  // Text to object.
  Machine take_machine(int level);
  void give_machine(int level, Machine machine);
  Buffer emit(std::string_view text, std::string_view name, const CompileOptions& options, LLVMCodeGenFileType type,
              std::vector<std::string>* names);
  // Object to code.
  LLVMOrcJITDylibRef take_dylib();
  static LLVMErrorRef define_missing(LLVMOrcDefinitionGeneratorRef, void* self, LLVMOrcLookupStateRef*,
                                     LLVMOrcLookupKind, LLVMOrcJITDylibRef dylib, LLVMOrcJITDylibLookupFlags,
                                     LLVMOrcCLookupSet wanted, size_t count);
  void* address_of(const char* name);
  JitSymbols link(LLVMOrcJITDylibRef dylib, const JitObject& object, std::string_view name);

  LLVMTargetRef target_ = nullptr;
  std::string triple_, cpu_, features_, host_;
  LLVMOrcLLJITRef orc_ = nullptr;
  LLVMOrcExecutionSessionRef session_ = nullptr;

  std::mutex mutex_; // guards all below
  std::vector<Machine> machines_[4];
  std::vector<LLVMOrcJITDylibRef> free_dylibs_;
  std::uint64_t dylib_count_ = 0;
  std::unordered_map<std::string, void*> symbols_;
  std::unordered_map<LLVMOrcJITDylibRef, std::string> unknown_; // symbols nobody has, by the library that wants them
};

/// A loaded module: its library is given back when it goes.
struct LlvmModule final : JitModule {
  std::shared_ptr<Llvm> llvm;
  LLVMOrcJITDylibRef dylib;
  LlvmModule(std::shared_ptr<Llvm> owner, LLVMOrcJITDylibRef library) : llvm(std::move(owner)), dylib(library) {}
  ~LlvmModule() override { llvm->give_dylib(dylib); }
};

// ---- text to object ------------------------------------------------------------------------------------------------

Llvm::Llvm() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeNativeTarget();
    LLVMInitializeNativeAsmPrinter();
    LLVMInitializeNativeAsmParser(); // for inline assembly
  });
  triple_ = text_of(Message(LLVMGetDefaultTargetTriple()));
  cpu_ = text_of(Message(LLVMGetHostCPUName()));
  features_ = text_of(Message(LLVMGetHostCPUFeatures()));
  host_ = "LLVM " LLVM_VERSION_STRING;
#if LLVM_VERSION_MAJOR >= 16 // the library that runs may be newer than the headers
  unsigned major = 0, minor = 0, patch = 0;
  LLVMGetVersion(&major, &minor, &patch);
  host_ = "LLVM " + std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
#endif
  host_ += " " + triple_ + " " + cpu_ + " " + features_;
  Message words;
  if (LLVMGetTargetFromTriple(triple_.c_str(), &target_, words.out()))
    throw DeviceError("[jit] LLVM has no code generator for " + triple_ + ": " + one_line(text_of(words)) +
                      ". Install an LLVM built for this machine.");
  if (LLVMErrorRef error = LLVMOrcCreateLLJIT(&orc_, nullptr))
    throw DeviceError("[jit] LLVM's JIT does not start: " + one_line(text_of(error)) + ".");
  session_ = LLVMOrcLLJITGetExecutionSession(orc_);
  // Errors come back from the lookup too; LLVM would print them here a second time.
  LLVMOrcExecutionSessionSetErrorReporter(session_, [](void*, LLVMErrorRef error) { LLVMConsumeError(error); }, nullptr);
}

Llvm::~Llvm() {
  if (LLVMErrorRef error = LLVMOrcDisposeLLJIT(orc_)) LLVMConsumeError(error);
}

LLVMModuleRef parse(LLVMContextRef context, std::string_view text, std::string_view name) {
  LLVMModuleRef module = nullptr;
  Message words;
  const std::string title(name);
  // The parser takes over the buffer, and wants the zero at its end that a copy has.
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(text.data(), text.size(), title.c_str());
  if (LLVMParseIRInContext(context, buffer, &module, words.out())) bad_ir(name, text_of(words));
  return module;
}

/// The names other modules and we may look up.
std::vector<std::string> definitions(LLVMModuleRef module) {
  std::vector<std::string> names;
  const auto keep = [&](LLVMValueRef value) {
    const LLVMLinkage linkage = LLVMGetLinkage(value);
    if (LLVMIsDeclaration(value) || linkage == LLVMInternalLinkage || linkage == LLVMPrivateLinkage) return;
    size_t length = 0;
    const char* start = LLVMGetValueName2(value, &length);
    names.emplace_back(start, length);
  };
  for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) keep(f);
  for (LLVMValueRef g = LLVMGetFirstGlobal(module); g; g = LLVMGetNextGlobal(g)) keep(g);
  return names;
}

Machine Llvm::take_machine(int level) {
  {
    const std::lock_guard lock(mutex_);
    auto& pool = machines_[level_of(level)];
    if (!pool.empty()) {
      Machine machine = std::move(pool.back());
      pool.pop_back();
      return machine;
    }
  }
  // PIC with the small code model: the linker makes stubs for what lies beyond 2 GiB, such as the process's memcpy.
  Machine machine(LLVMCreateTargetMachine(target_, triple_.c_str(), cpu_.c_str(), features_.c_str(), level_of(level),
                                          LLVMRelocPIC, LLVMCodeModelSmall));
  if (!machine.get()) throw DeviceError("[jit] LLVM cannot generate code for the CPU '" + cpu_ + "' of this machine.");
  return machine;
}

void Llvm::give_machine(int level, Machine machine) {
  const std::lock_guard lock(mutex_);
  machines_[level_of(level)].push_back(std::move(machine));
}

Buffer Llvm::emit(std::string_view text, std::string_view name, const CompileOptions& options,
                  LLVMCodeGenFileType type, std::vector<std::string>* names) {
  const Context context(LLVMContextCreate());
  std::string diagnostics;
  // Without a handler LLVM ends the process at the first error of the code generator.
  LLVMContextSetDiagnosticHandler(context.get(), collect_diagnostic, &diagnostics);
  const Module module(parse(context.get(), text, name));
  Message words;
  if (LLVMVerifyModule(module.get(), LLVMReturnStatusAction, words.out())) bad_ir(name, text_of(words));
  if (names) *names = definitions(module.get());

  Machine machine = take_machine(options.codegen_level);
  const Owned<LLVMTargetDataRef, LLVMDisposeTargetData> layout(LLVMCreateTargetDataLayout(machine.get()));
  LLVMSetModuleDataLayout(module.get(), layout.get());
  LLVMSetTarget(module.get(), triple_.c_str());
  if (options.run_o1_passes) {
    const Owned<LLVMPassBuilderOptionsRef, LLVMDisposePassBuilderOptions> defaults(LLVMCreatePassBuilderOptions());
    if (LLVMErrorRef error = LLVMRunPasses(module.get(), "default<O1>", machine.get(), defaults.get()))
      throw DeviceError("[jit] LLVM's passes fail on '" + std::string(name) + "': " + one_line(text_of(error)) + ".");
  }
  Buffer out;
  Message trouble;
  const bool failed = LLVMTargetMachineEmitToMemoryBuffer(machine.get(), module.get(), type, trouble.out(), out.out());
  if (failed || !diagnostics.empty())
    throw DeviceError("[jit] LLVM generates no code for '" + std::string(name) +
                      "': " + one_line(text_of(trouble) + diagnostics) + ". Please report this with the IR.");
  give_machine(options.codegen_level, std::move(machine));
  return out;
}

JitObject Llvm::translate(std::string_view text, std::string_view name, const CompileOptions& options) {
  JitObject object;
  const Buffer code = emit(text, name, options, LLVMObjectFile, &object.names);
  const auto* first = reinterpret_cast<const std::byte*>(LLVMGetBufferStart(code.get()));
  object.code.assign(first, first + LLVMGetBufferSize(code.get()));
  return object;
}

std::string Llvm::assembly(std::string_view text, const CompileOptions& options) {
  const Buffer code = emit(text, "assembly", options, LLVMAssemblyFile, nullptr);
  return {LLVMGetBufferStart(code.get()), LLVMGetBufferSize(code.get())};
}

// ---- object to code ------------------------------------------------------------------------------------------------

void Llvm::add_symbol(std::string_view name, void* address) {
  const std::lock_guard lock(mutex_);
  symbols_.insert_or_assign(std::string(name), address);
}

void* Llvm::address_of(const char* name) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = symbols_.find(name); found != symbols_.end()) return found->second;
  }
  return ::dlsym(RTLD_DEFAULT, name);
}

/// Gives a module what it refers to but does not define. Names nobody knows are noted for the message; the lookup fails.
LLVMErrorRef Llvm::define_missing(LLVMOrcDefinitionGeneratorRef, void* self, LLVMOrcLookupStateRef*,
                                       LLVMOrcLookupKind, LLVMOrcJITDylibRef dylib, LLVMOrcJITDylibLookupFlags,
                                       LLVMOrcCLookupSet wanted, size_t count) {
  Llvm& llvm = *static_cast<Llvm*>(self);
  const char prefix = LLVMOrcLLJITGetGlobalPrefix(llvm.orc_);
  std::vector<LLVMOrcCSymbolMapPair> pairs;
  for (size_t i = 0; i < count; ++i) {
    const char* name = LLVMOrcSymbolStringPoolEntryStr(wanted[i].Name);
    if (prefix != 0 && *name == prefix) ++name;
    void* address = llvm.address_of(name);
    if (!address) {
      const std::lock_guard lock(llvm.mutex_);
      llvm.unknown_[dylib].append(" ").append(name);
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
LLVMOrcJITDylibRef Llvm::take_dylib() {
  std::uint64_t serial = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!free_dylibs_.empty()) {
      LLVMOrcJITDylibRef dylib = free_dylibs_.back();
      free_dylibs_.pop_back();
      return dylib;
    }
    serial = dylib_count_++;
  }
  LLVMOrcJITDylibRef dylib =
      LLVMOrcExecutionSessionCreateBareJITDylib(session_, ("croton." + std::to_string(serial)).c_str());
  LLVMOrcJITDylibAddGenerator(dylib, LLVMOrcCreateCustomCAPIDefinitionGenerator(define_missing, this, nullptr));
  return dylib;
}

void Llvm::give_dylib(LLVMOrcJITDylibRef dylib) {
  if (LLVMErrorRef error = LLVMOrcJITDylibClear(dylib)) {
    LLVMConsumeError(error); // its state is unknown_: never use it again
    return;
  }
  const std::lock_guard lock(mutex_);
  free_dylibs_.push_back(dylib);
}

/// What the callback of a lookup leaves behind; the lookup may end on another thread.
struct LookupResult {
  std::mutex mutex;
  std::condition_variable ready;
  bool done = false;
  std::string error;
  JitSymbols found;

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

JitSymbols Llvm::link(LLVMOrcJITDylibRef dylib, const JitObject& object, std::string_view name) {
  const auto fail = [&](const std::string& words) {
    const std::string text = "[jit] the code of '" + std::string(name) + "' does not load: ";
    const std::lock_guard lock(mutex_);
    if (const auto missing = unknown_.extract(dylib))
      throw DeviceError(text + "no symbol named" + missing.mapped() + ". Make it known with add_symbol.");
    throw DeviceError(text + one_line(words) + ". Please report this with the IR.");
  };
  const std::string title(name);
  LLVMMemoryBufferRef buffer = LLVMCreateMemoryBufferWithMemoryRangeCopy(
      reinterpret_cast<const char*>(object.code.data()), object.code.size(), title.c_str());
  if (LLVMErrorRef error = LLVMOrcLLJITAddObjectFile(orc_, dylib, buffer)) fail(text_of(error));
  std::vector<LLVMOrcCLookupSetElement> wanted;
  for (const std::string& symbol : object.names)
    wanted.push_back({LLVMOrcLLJITMangleAndIntern(orc_, symbol.c_str()), LLVMOrcSymbolLookupFlagsRequiredSymbol});
  LLVMOrcCJITDylibSearchOrderElement order{dylib, LLVMOrcJITDylibLookupFlagsMatchAllSymbols};
  LookupResult result;
  LLVMOrcExecutionSessionLookup(session_, LLVMOrcLookupKindStatic, &order, 1, wanted.data(), wanted.size(),
                                LookupResult::handle, &result);
  std::unique_lock lock(result.mutex);
  result.ready.wait(lock, [&] { return result.done; });
  if (!result.error.empty()) fail(result.error);
  if (const char prefix = LLVMOrcLLJITGetGlobalPrefix(orc_); prefix != 0)
    for (auto& symbol : result.found) symbol.first.erase(0, 1);
  std::sort(result.found.begin(), result.found.end());
  return std::move(result.found);
}

std::unique_ptr<JitModule> Llvm::load(const JitObject& object, std::string_view name) {
  auto module = std::make_unique<LlvmModule>(shared_from_this(), take_dylib());
  module->symbols = link(module->dylib, object, name);
  return module;
}

} // namespace

std::shared_ptr<JitBackend> make_jit_backend() { return std::make_shared<Llvm>(); }

} // namespace croton::runtime
