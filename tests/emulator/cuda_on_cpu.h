// CUDA's built-ins on the CPU, for tests: the text that NVRTC would compile is compiled behind this header by the system's
// compiler and runs block after block. A block's threads are fibers that run from one meeting (barrier or shuffle) to the
// next; a thread that ends, or meets elsewhere, while others wait is an error.
#pragma once
#include <cmath>
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sys/mman.h>
#include <ucontext.h>
#include <utility>
#include <vector>

#define __device__
#define __global__
#define __shared__ static thread_local
#define __syncthreads() emulator::meet(__LINE__)
#define __shfl_xor_sync(mask, x, distance) emulator::shuffle(mask, x, distance)
#define __align__(n) alignas(n)
#define CROTON_SHARED(name) unsigned char* const name = emulator::block->shared.data()
#define threadIdx (emulator::block->thread_index)
#define blockIdx (emulator::block->block_index)
#define blockDim (emulator::block->threads)
#define gridDim (emulator::block->blocks)

namespace emulator {

struct Index {
  unsigned x = 0, y = 0, z = 0;
};

// A context starts a fiber; after that jumps switch, which unlike swapcontext make no system call.
struct Fiber {
  ucontext_t context;
  jmp_buf place;
  bool started = false, done = false;
  int waits_at = 0;
  unsigned exchanges = 0;
  unsigned long long sent[2] = {};
};

struct Block {
  Index thread_index, block_index, threads, blocks;
  std::vector<unsigned char> shared; ///< asked for at launch
  std::vector<Fiber> fibers;
  ucontext_t first;
  jmp_buf scheduler;
  unsigned current = 0;
  void (*kernel)(void**) = nullptr;
  void** parameters = nullptr;
  const char* error = nullptr;
};
inline thread_local Block* block = nullptr;

constexpr std::size_t stack_bytes = std::size_t(1) << 20;

inline void meet(int line) {
  Fiber& self = block->fibers[block->current];
  self.waits_at = line;
  if (_setjmp(self.place) == 0) _longjmp(block->scheduler, 1);
}

template <class T> T shuffle(unsigned mask, T x, int distance) {
  static_assert(sizeof(T) <= sizeof(unsigned long long), "shuffles move 4 or 8 bytes");
  unsigned self = block->current, other = self ^ static_cast<unsigned>(distance);
  unsigned slot = block->fibers[self].exchanges++ & 1; // the one before may still be read
  std::memcpy(&block->fibers[self].sent[slot], &x, sizeof x);
  if (mask != 0xffffffffu || self / 32 != other / 32 || other >= block->fibers.size()) block->error = "a shuffle leaves its warp";
  meet(-1);
  if (other < block->fibers.size()) std::memcpy(&x, &block->fibers[other].sent[slot], sizeof x);
  return x;
}

inline void resume(Fiber& f) {
  if (_setjmp(block->scheduler) != 0) return;
  if (std::exchange(f.started, true)) _longjmp(f.place, 1);
  swapcontext(&block->first, &f.context);
}

inline void start() {
  block->kernel(block->parameters);
  block->fibers[block->current].done = true;
  _longjmp(block->scheduler, 1);
}

/// The place of number k in a box, x fastest.
inline Index place(unsigned k, const Index& box) { return {k % box.x, k / box.x % box.y, k / box.x / box.y}; }
inline unsigned count(const Index& box) { return box.x * box.y * box.z; }

/// As CUDA's atomicAdd: blocks and threads run one after the other here.
template <class T> T add(T* to, T value) {
  T before = *to;
  *to += value;
  return before;
}

// Null, or what went wrong.
inline const char* run_block(Block& b) {
  static thread_local std::vector<void*> stacks;
  while (stacks.size() < b.fibers.size()) stacks.push_back(mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  for (std::size_t t = 0; t < b.fibers.size(); ++t) {
    Fiber& f = b.fibers[t];
    f = Fiber();
    getcontext(&f.context);
    f.context.uc_stack.ss_sp = stacks[t];
    f.context.uc_stack.ss_size = stack_bytes;
    f.context.uc_link = nullptr;
    makecontext(&f.context, start, 0);
  }
  for (;;) {
    std::size_t done = 0;
    for (std::size_t t = 0; t < b.fibers.size(); ++t) {
      b.current = static_cast<unsigned>(t);
      b.thread_index = place(b.current, b.threads);
      if (!b.fibers[t].done) resume(b.fibers[t]);
      done += b.fibers[t].done;
    }
    if (b.error) return b.error;
    if (done == b.fibers.size()) return nullptr;
    if (done) return "a thread ended while others wait for it";
    for (const Fiber& f : b.fibers)
      if (f.waits_at != b.fibers[0].waits_at) return "threads wait at different places";
  }
}

template <class... A, std::size_t... k> void call(void (*kernel)(A...), void** parameters, std::index_sequence<k...>) { kernel(*static_cast<A*>(parameters[k])...); }
template <class... A> void call(void (*kernel)(A...), void** parameters) { call(kernel, parameters, std::index_sequence_for<A...>()); }
/// How many parameters, and the bytes of each.
template <class... A> unsigned sizes(void (*)(A...), unsigned* bytes) {
  unsigned count = 0;
  return ((bytes[count++] = sizeof(A)), ...), count;
}

} // namespace emulator

template <class T> T atomicAdd(T* to, T value) { return emulator::add(to, value); }

// Whether threads meet at all is known from the text: without meetings no fibers are needed.
extern "C" inline const char* emulator_launch(void (*kernel)(void**), const unsigned* blocks, const unsigned* threads, unsigned shared_bytes, void** parameters, bool meets) {
  emulator::Block b;
  b.kernel = kernel;
  b.parameters = parameters;
  b.blocks = {blocks[0], blocks[1], blocks[2]};
  b.threads = {threads[0], threads[1], threads[2]};
  b.shared.assign(shared_bytes, 0xff);
  emulator::Block* before = std::exchange(emulator::block, &b);
  const char* error = nullptr;
  if (meets) b.fibers.resize(emulator::count(b.threads));
  for (unsigned k = 0; k < emulator::count(b.blocks) && !error; ++k) {
    b.block_index = emulator::place(k, b.blocks);
    if (meets) {
      error = emulator::run_block(b);
      continue;
    }
    for (unsigned t = 0; t < emulator::count(b.threads); ++t) {
      b.thread_index = emulator::place(t, b.threads);
      kernel(parameters);
    }
  }
  emulator::block = before;
  return error;
}
