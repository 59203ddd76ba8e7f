#include "src/driver/host_executable.h"
#include "ir/kernel_interpret.h"
#include "src/driver/planned_executable.h"
#include "src/driver/raw.h"
#include <chrono>

namespace croton::driver {

using namespace ir;

namespace {

void launch(const ReadyLaunch& launch, const Prepared& ready, void* const* pointers, char*) {
  std::vector<KernelMemory> buffers;
  for (std::size_t i = 0; i < launch.buffers.size(); ++i) {
    auto which = static_cast<std::size_t>(launch.buffers[i]);
    std::size_t element = size_of(launch.kernel->buffers[i].buffer->dtype());
    buffers.push_back({static_cast<std::byte*>(pointers[which]), static_cast<i64>(ready.bytes[which] / element)});
  }
  interpret(launch.narrow ? *launch.narrow : *launch.kernel, buffers, launch.scalars, 2);
}

template <class T> void multiply(const ReadyGemm& s, void* const* p) {
  auto *a = static_cast<const T*>(p[s.a]), *b = static_cast<const T*>(p[s.b]);
  auto* c = static_cast<T*>(p[s.c]);
  for (i64 batch = 0; batch < s.batch; ++batch, a += s.m * s.k, b += s.k * s.n, c += s.m * s.n)
    for (i64 i = 0; i < s.m; ++i)
      for (i64 j = 0; j < s.n; ++j) {
        T sum = 0;
        for (i64 k = 0; k < s.k; ++k) sum += a[s.trans_a ? k * s.m + i : i * s.k + k] * b[s.trans_b ? j * s.k + k : k * s.n + j];
        c[i * s.n + j] = sum;
      }
}

void gemm(const ReadyGemm& s, void* const* pointers) {
  if (s.dtype == DType::f32) return multiply<f32>(s, pointers);
  if (s.dtype == DType::f64) return multiply<f64>(s, pointers);
  throw InternalError("[host] a library product of " + std::string(name(s.dtype)));
}

Target by_reference(Target target) {
  target.raw = {"host"};
  return target;
}

class HostExecutable final : public PlannedExecutable {
public:
  HostExecutable(const Program& program, const Target& target, std::chrono::steady_clock::time_point start) : PlannedExecutable(program, {launch, gemm, run_reference, true}, by_reference(target)) {
    stats_.kernels = static_cast<int>(built_.kernels.size());
    stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }
};

} // namespace

std::shared_ptr<const Executable> compile_host(const Program& program) { return compile_host(program, cpu_target()); }

std::shared_ptr<const Executable> compile_host(const Program& program, const Target& target) {
  return std::make_shared<HostExecutable>(program, target, std::chrono::steady_clock::now());
}

} // namespace croton::driver
