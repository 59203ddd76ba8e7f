#include "src/driver/cpu_executable.h"
#include "codegen/c.h"
#include "codegen/llvm.h"
#include "ir/build.h"
#include "runtime/cpu/c_compiler.h"
#include "src/driver/planned_executable.h"
#include <chrono>

namespace croton::driver {

using namespace ir;

namespace {

class CpuExecutable final : public PlannedExecutable {
public:
  explicit CpuExecutable(const Program& program) : CpuExecutable(program, std::chrono::steady_clock::now()) {}

  std::string code(std::string_view stage) const override {
    if (stage == "source") return source_ + c_source_;
    if (stage == "llvm") return source_;
    if (stage == "assembly") return runtime::Jit::shared().assembly(source_);
    return "";
  }

protected:
  std::shared_ptr<const PlannedExecutable> compile_variant(const Program& program) const override { return std::make_shared<CpuExecutable>(program); }

private:
  CpuExecutable(const Program& program, std::chrono::steady_clock::time_point start) : PlannedExecutable(program, program.debug ? cpu_debug_machine : cpu_machine, cpu_target()) {
    codegen::LlvmSource source = codegen::llvm_module(built_.kernels);
    source_ = std::move(source.text);
    symbols_ = std::move(source.symbols);
    auto before = runtime::Jit::shared().stats();
    if (!built_.kernels.empty()) code_ = runtime::Jit::shared().compile(source_, program.name);
    auto compiled_c = runtime::c_compiler_stats().compiled;
    load_raw(program.name);
    stats_.from_cache = runtime::Jit::shared().stats().compiled == before.compiled && runtime::c_compiler_stats().compiled == compiled_c;
    stats_.kernels = static_cast<int>(built_.kernels.size());
    for (const Step& s : built_.plan.steps) stats_.library_calls += std::holds_alternative<GemmStep>(s);
    stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }

  std::string source_, c_source_;
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
