// The CPU under suspicion: every kernel runs on copies of its buffers between guards, beside the interpreter.
#include "ir/array.h"
#include "ir/build.h"
#include "ir/kernel_interpret.h"
#include "ir/raw.h"
#include "src/driver/prepared.h"
#include <algorithm>
#include <cstring>

namespace croton::driver {

using namespace ir;

namespace {

constexpr std::size_t guard = 4096;
constexpr std::byte guard_byte{0xa5};

/// A buffer's copy with untouchable bytes on both sides, aligned as buffers are.
class Guarded {
public:
  Guarded(const void* from, std::size_t bytes) : bytes_(bytes), memory_(bytes + 2 * guard + 64, guard_byte) {
    auto address = reinterpret_cast<std::uintptr_t>(memory_.data()) + guard;
    begin_ = memory_.data() + guard + (64 - address % 64) % 64;
    if (bytes) std::memcpy(begin_, from, bytes);
  }
  std::byte* data() { return begin_; }
  std::size_t bytes() const { return bytes_; }
  bool intact() const {
    auto untouched = [](std::byte b) { return b == guard_byte; };
    auto* first = memory_.data();
    return std::all_of(first, static_cast<const std::byte*>(begin_), untouched) && std::all_of(static_cast<const std::byte*>(begin_) + bytes_, first + memory_.size(), untouched);
  }

private:
  std::size_t bytes_;
  std::vector<std::byte> memory_;
  std::byte* begin_;
};

std::string element_text(DType dtype, const std::byte* at) {
  Scalar s = load_element(dtype, at);
  return is_float(dtype) ? std::to_string(s.real) : std::to_string(static_cast<i64>(s.integer));
}

bool same_element(DType dtype, const std::byte* a, const std::byte* b) {
  if (std::memcmp(a, b, size_of(dtype)) == 0) return true;
  if (!is_float(dtype)) return false;
  double x = load_element(dtype, a).real, y = load_element(dtype, b).real;
  return x != x && y != y;
}

void launch(const ReadyLaunch& launch, const Prepared& ready, void* const* pointers, char* arena) {
  const Kernel& kernel = *launch.kernel;
  std::vector<Guarded> fast, slow;
  std::vector<KernelMemory> memory;
  std::vector<void*> redirected(pointers, pointers + ready.bytes.size());
  fast.reserve(launch.buffers.size());
  slow.reserve(launch.buffers.size());
  auto complain = [&](std::size_t i, const std::string& what) { throw InternalError("[debug] kernel " + kernel.name + " " + what + " buffer " + std::string(user_name(*kernel.buffers[i].buffer)) + ". Please report this."); };
  for (std::size_t i = 0; i < launch.buffers.size(); ++i) {
    auto which = static_cast<std::size_t>(launch.buffers[i]);
    fast.emplace_back(pointers[which], ready.bytes[which]);
    slow.emplace_back(pointers[which], ready.bytes[which]);
    redirected[which] = fast[i].data();
    memory.push_back({slow[i].data(), static_cast<i64>(ready.bytes[which] / size_of(kernel.buffers[i].buffer->dtype()))});
  }
  cpu_machine.launch(launch, ready, redirected.data(), arena);
  interpret(kernel, memory, launch.scalars, ready.threads);
  for (std::size_t i = 0; i < launch.buffers.size(); ++i) {
    auto which = static_cast<std::size_t>(launch.buffers[i]);
    DType dtype = kernel.buffers[i].buffer->dtype();
    std::size_t element = size_of(dtype);
    if (!fast[i].intact()) complain(i, "writes outside of");
    if (!kernel.buffers[i].is_written && fast[i].bytes() && std::memcmp(fast[i].data(), pointers[which], fast[i].bytes()) != 0) complain(i, "writes into the read-only");
    for (std::size_t at = 0; at + element <= fast[i].bytes(); at += element)
      if (!same_element(dtype, fast[i].data() + at, slow[i].data() + at))
        complain(i, "computes " + element_text(dtype, fast[i].data() + at) + " where the interpreter has " + element_text(dtype, slow[i].data() + at) + ", element " + std::to_string(at / element) + " of");
    if (kernel.buffers[i].is_written && fast[i].bytes()) std::memcpy(pointers[which], fast[i].data(), fast[i].bytes());
  }
}

// A body of the user's own between guards.
void raw(const ReadyRaw& s, const Prepared& ready, void* const* pointers, char* arena) {
  std::vector<Guarded> guarded;
  std::vector<void*> redirected(pointers, pointers + ready.bytes.size());
  guarded.reserve(s.items.buffers.size());
  for (int b : s.items.buffers) {
    auto which = static_cast<std::size_t>(b);
    redirected[which] = guarded.emplace_back(pointers[which], ready.bytes[which]).data();
  }
  cpu_machine.raw(s, ready, redirected.data(), arena);
  const RawSignature signature = raw_kernel_of(s.step->node->attrs).signature;
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    auto which = static_cast<std::size_t>(s.items.buffers[i]);
    bool result = i + 1 == guarded.size(), changed = !result && guarded[i].bytes() && std::memcmp(guarded[i].data(), pointers[which], guarded[i].bytes()) != 0;
    if (!guarded[i].intact() || changed)
      throw ValueError("[debug] the C body of raw kernel " + std::string(user_name(*s.step->node)) + (changed ? " writes into its operand " : " writes outside of ") +
                       (result ? signature.result.name : signature.operands[i].name) + "." + (s.step->node->where ? " (" + to_string(s.step->node->where) + ")" : ""), s.step->node->where);
  }
  auto which = static_cast<std::size_t>(s.step->result);
  if (ready.bytes[which]) std::memcpy(pointers[which], guarded.back().data(), ready.bytes[which]);
}

} // namespace

const Machine cpu_debug_machine{launch, cpu_machine.gemm, raw, true};

} // namespace croton::driver
