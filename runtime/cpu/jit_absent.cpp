// Stands in for jit.cpp in a build without LLVM (CROTON_LLVM=OFF).
#include "runtime/cpu/jit.h"
#include <croton/error.h>

namespace croton::runtime {

namespace {
[[noreturn]] void absent() {
  throw UnsupportedError("[jit] this build of Croton has no LLVM, which the CPU backend needs. "
                         "Install llvm-19-dev and configure with -DCROTON_LLVM=ON, or use another device.");
}
} // namespace

struct Jit::Impl {};
struct CompiledCode::State {};

CompiledCode::CompiledCode(std::unique_ptr<State> state) : state_(std::move(state)) {}
CompiledCode::~CompiledCode() = default;
void* CompiledCode::symbol(std::string_view) const { absent(); }
std::size_t CompiledCode::object_bytes() const { return 0; }

Jit& Jit::shared() { absent(); }
Jit::Jit(std::shared_ptr<DiskCache>) { absent(); }
Jit::~Jit() = default;
std::shared_ptr<const CompiledCode> Jit::compile(std::string_view, std::string_view, const CompileOptions&) { absent(); }
void Jit::add_symbol(std::string_view, void*) { absent(); }
std::string Jit::assembly(std::string_view, const CompileOptions&) { absent(); }
std::string Jit::host_description() const { absent(); }
JitStats Jit::stats() const { return {}; }

} // namespace croton::runtime
