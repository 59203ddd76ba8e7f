// Programs for machines that are the same everywhere: they only show what would run.
#pragma once
#include "codegen/c.h"
#include "codegen/llvm.h"
#include "runtime/cpu/jit.h"
#include "src/driver/built_executable.h"
#include "src/driver/cuda_code.h"
#include "src/driver/gpu_target.h"
#include <filesystem>
#include <fstream>
#include <iterator>

namespace croton::test {

class Shown final : public driver::BuiltExecutable {
public:
  Shown(const Program& program, const driver::Target& target) : BuiltExecutable(program, target) {
    source_ = target.dialect == ir::Dialect::llvm ? codegen::llvm_module(built_.kernels).text : codegen::c_module(built_.kernels, codegen::cuda_c()).text;
  }
  void run(std::span<const TensorView>, std::span<const TensorView>) const override { throw InternalError("[golden] it does not run"); }
  std::unique_ptr<BoundCall> bind(std::span<const TensorView>, std::span<const TensorView>) const override { throw InternalError("[golden] it does not run"); }
  std::string code(std::string_view stage) const override {
    if (stage == "source" || stage == "llvm") return source_;
    return stage == "assembly" ? runtime::Jit::shared().assembly(source_) : driver::cuda_code(stage, source_, architecture, program_.name);
  }
  std::vector<runtime::KernelFacts> kernel_facts() const override { return driver::cuda_facts(source_, architecture, program_.name); }

private:
  static constexpr const char* architecture = "sm_90";
  std::string source_;
};

/// A processor without instructions of its own.
inline driver::Target golden_processor() {
  driver::Target cpu = driver::cpu_target();
  cpu.features = {};
  return cpu;
}

inline const std::filesystem::path golden_folder = std::filesystem::path(CROTON_SOURCE_DIR) / "tests/inspect/golden";

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace croton::test
