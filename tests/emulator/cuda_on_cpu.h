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
#define threadIdx (emulator::block->thread_index)
#define blockIdx (emulator::block->block_index)

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
  Index thread_index, block_index;
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
      b.thread_index.x = b.current;
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

// Whether threads meet at all is known from the text: without meetings no fibers are needed.
extern "C" inline const char* emulator_launch(void (*kernel)(void**), unsigned blocks, unsigned threads, void** parameters, bool meets) {
  emulator::Block b;
  b.kernel = kernel;
  b.parameters = parameters;
  emulator::Block* before = std::exchange(emulator::block, &b);
  const char* error = nullptr;
  if (meets) b.fibers.resize(threads);
  for (unsigned k = 0; k < blocks && !error; ++k) {
    b.block_index.x = k;
    if (meets) {
      error = emulator::run_block(b);
      continue;
    }
    for (unsigned t = 0; t < threads; ++t) {
      b.thread_index.x = t;
      kernel(parameters);
    }
  }
  emulator::block = before;
  return error;
}
