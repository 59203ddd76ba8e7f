#include "src/driver/cpu_executable.h"
#include "codegen/c.h"
#include "codegen/llvm.h"
#include "ir/build.h"
#include "runtime/cpu/c_compiler.h"
#include "src/driver/planned_executable.h"
#include <algorithm>
#include <chrono>
#include <mutex>

namespace croton::driver {

using namespace ir;

namespace {

// The functions of a program's kernels. Rare phases are compiled when a call needs them.
class CpuCode final : public PhaseCode {
public:
  CpuCode(const BuiltProgram& built, const Program& program) : built_(built), name_(program.name), compilations_(program.compilations), usual_(compile(false)) {}

  PhaseFunction function(std::size_t kernel, std::size_t phase) const override {
    const Part* part = &usual_;
    if (built_.kernels[kernel].phases[phase].rare) {
      std::call_once(asked_, [&] { rare_ = compile_late(); });
      part = &rare_;
    }
    return reinterpret_cast<PhaseFunction>(part->code->symbol(part->symbols[kernel][phase]));
  }

private:
  struct Part {
    std::shared_ptr<const runtime::CompiledCode> code; ///< null: it has no phases
    std::vector<std::vector<std::string>> symbols;
  };
  const BuiltProgram& built_;
  const std::string name_;
  const std::shared_ptr<CompilationLog> compilations_;
  const Part usual_;
  mutable std::once_flag asked_;
  mutable Part rare_;

  Part compile(bool rare) const {
    auto wanted = [&](std::size_t kernel, std::size_t phase) { return built_.kernels[kernel].phases[phase].rare == rare; };
    codegen::LlvmSource source = codegen::llvm_module(built_.kernels, wanted);
    bool any = std::any_of(source.symbols.begin(), source.symbols.end(), [](const auto& of_kernel) { return std::any_of(of_kernel.begin(), of_kernel.end(), [](const std::string& s) { return !s.empty(); }); });
    return {any ? runtime::Jit::shared().compile(source.text, name_) : nullptr, std::move(source.symbols)};
  }

  Part compile_late() const {
    auto start = std::chrono::steady_clock::now();
    auto compiled = runtime::Jit::shared().stats().compiled;
    Part part = compile(true);
    double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (compilations_) compilations_->add({late_cause, LocationScope::current(), ms, runtime::Jit::shared().stats().compiled == compiled});
    return part;
  }
};

class CpuExecutable final : public PlannedExecutable {
public:
  explicit CpuExecutable(const Program& program) : CpuExecutable(program, std::chrono::steady_clock::now()) {}

  std::string code(std::string_view stage) const override {
    auto llvm = [&] { return codegen::llvm_module(built_.kernels).text; };
    if (stage == "source") return llvm() + c_source_;
    if (stage == "llvm") return llvm();
    if (stage == "assembly") return runtime::Jit::shared().assembly(llvm());
    return "";
  }

protected:
  std::shared_ptr<const PlannedExecutable> compile_variant(const Program& program) const override { return std::make_shared<CpuExecutable>(program); }

private:
  CpuExecutable(const Program& program, std::chrono::steady_clock::time_point start) : PlannedExecutable(program, program.debug ? cpu_debug_machine : cpu_machine, cpu_target()) {
    auto before = runtime::Jit::shared().stats();
    code_ = std::make_unique<CpuCode>(built_, program_);
    auto compiled_c = runtime::c_compiler_stats().compiled;
    load_raw(program.name);
    stats_.from_cache = runtime::Jit::shared().stats().compiled == before.compiled && runtime::c_compiler_stats().compiled == compiled_c;
    stats_.kernels = static_cast<int>(built_.kernels.size());
    for (const Step& s : built_.plan.steps) stats_.library_calls += std::holds_alternative<GemmStep>(s);
    stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }

  std::string c_source_;
  std::vector<std::shared_ptr<const runtime::CLibrary>> libraries_; ///< of raw kernels

  void load_raw(const std::string& name) {
    for (const Step& s : built_.plan.steps) {
      auto* raw = std::get_if<RawStep>(&s);
      if (!raw) continue;
      std::string text = codegen::raw_c_file(*raw->node);
      libraries_.push_back(runtime::compile_c(text, std::string(user_name(*raw->node)) + "' of '" + name));
      raw_.push_back(reinterpret_cast<PhaseFunction>(libraries_.back()->symbol("croton_raw")));
      if (c_source_.find(text) == std::string::npos) c_source_ += "\n// ---- " + std::string(user_name(*raw->node)) + ", in C ----\n" + text;
    }
  }
};

} // namespace

std::shared_ptr<const Executable> compile_cpu(const Program& program) { return std::make_shared<CpuExecutable>(program); }

} // namespace croton::driver
