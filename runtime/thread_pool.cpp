#include "runtime/thread_pool.h"
#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <croton/error.h>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>

namespace croton::runtime {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::microseconds spin_time{50}; // what waking a sleeping worker costs, so a wait is at most doubled
constexpr int max_threads = 1024;

thread_local bool inside_body = false;

void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Spins until `ready()`; false when `limit` has passed first.
template <class Ready> bool spin(Ready ready, std::chrono::microseconds limit) {
  const auto start = Clock::now();
  do {
    for (int i = 0; i < 64; ++i) { // reading the clock costs as much as several pauses
      if (ready()) return true;
      pause();
    }
  } while (Clock::now() - start < limit);
  return false;
}

/// Processors by the cgroup's quota (containers), 0 when there is none.
int quota_processors() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  double quota = 0, period = 0;
  if (!(file >> quota >> period) || quota <= 0 || period <= 0) return 0; // "max 100000": no number, no quota
  return static_cast<int>(std::clamp(quota / period + 0.5, 1.0, double{max_threads}));
}

} // namespace

Partition Partition::make(std::int64_t begin, std::int64_t end, std::int64_t grain, std::int64_t multiple, int threads) {
  Partition cut;
  cut.begin = begin;
  cut.end = std::max(begin, end);
  cut.multiple = std::max<std::int64_t>(multiple, 1);
  const std::int64_t size = cut.end - cut.begin;
  if (size == 0) return cut;
  const std::int64_t units = size / cut.multiple + (size % cut.multiple != 0);
  const std::int64_t wanted = std::min({size / std::max<std::int64_t>(grain, 1), units, std::int64_t{threads}});
  cut.count = static_cast<int>(std::max<std::int64_t>(wanted, 1));
  cut.units_each = units / cut.count;
  cut.units_left = units % cut.count;
  return cut;
}

std::int64_t Partition::boundary(int chunk) const {
  if (chunk >= count) return end; // the last chunk may be short of its last unit
  return begin + multiple * (chunk * units_each + std::min<std::int64_t>(chunk, units_left));
}

// A worker's chunk goes idle → available (published by the caller) → claimed (by the worker) → idle, or straight back
// to idle when the caller takes it itself. Each worker has its own cache lines.
struct alignas(128) ThreadPool::Worker {
  enum State : std::uint32_t { idle, available, claimed };
  std::atomic<std::uint32_t> state{idle};
  std::atomic<bool> parked{false};
  std::mutex mutex;
  bool woken = false; // under the mutex
  std::condition_variable wake;
  std::thread thread;

  bool take(State as) {
    std::uint32_t expected = available;
    return state.load(std::memory_order_relaxed) == available &&
           state.compare_exchange_strong(expected, as, std::memory_order_acquire, std::memory_order_relaxed);
  }
  void notify() {
    {
      const std::lock_guard lock(mutex);
      woken = true;
    }
    wake.notify_one();
  }
};

int ThreadPool::default_thread_count() {
  if (const char* text = std::getenv("CROTON_NUM_THREADS")) {
    int threads = 0;
    const char* end = text + std::strlen(text);
    const auto [at, error] = std::from_chars(text, end, threads);
    if (error == std::errc() && at == end && threads >= 1) return std::min(threads, max_threads);
  }
  int threads = static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, unsigned{max_threads}));
  if (const int quota = quota_processors(); quota > 0) threads = std::min(threads, quota);
  return threads;
}

ThreadPool& ThreadPool::shared() {
  // Never destroyed, as static objects of the program may still compute in their destructors; its threads end at exit.
  static ThreadPool* pool = [] {
    auto* made = new ThreadPool(default_thread_count());
    std::atexit([] { shared().finish(); });
    return made;
  }();
  return *pool;
}

ThreadPool::ThreadPool(int threads) : thread_count_(std::clamp(threads, 1, max_threads)) {}

ThreadPool::~ThreadPool() { stop_workers(); }

/// Ends the threads for good; `busy_` stays set, so that later calls run on their callers.
void ThreadPool::finish() {
  // A Body that calls exit, or a thread that computes while another exits, holds the workers: let them be.
  if (inside_body || busy_.exchange(true, std::memory_order_acquire)) return;
  stop_workers();
}

void ThreadPool::set_thread_count(int threads) {
  if (threads < 1 || threads > max_threads)
    throw ValueError("[threads] bad thread count: found " + std::to_string(threads) + ", expected 1 to " +
                     std::to_string(max_threads) + ".");
  if (inside_body)
    throw ValueError("[threads] the thread count cannot change inside a parallel body. Set it before the call.");
  while (busy_.exchange(true, std::memory_order_acquire)) std::this_thread::yield();
  stop_workers();
  thread_count_.store(threads, std::memory_order_relaxed);
  busy_.store(false, std::memory_order_release);
}

void ThreadPool::start_workers() noexcept {
  const int wanted = thread_count() - 1;
  workers_.reset(new (std::nothrow) Worker[static_cast<std::size_t>(wanted)]);
  if (!workers_) return;
  worker_count_ = wanted;
  // Signals belong to the program's own threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    for (int i = 0; i < wanted; ++i) workers_[i].thread = std::thread([this, i] { work(workers_[i], i + 1); });
  } catch (const std::exception&) {
    // No more threads, or memory for them, to be had: the caller takes the chunks of those that are missing.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void ThreadPool::stop_workers() {
  stopping_.store(true);
  for (int i = 0; i < worker_count_; ++i) {
    if (!workers_[i].thread.joinable()) continue;
    workers_[i].notify();
    workers_[i].thread.join();
  }
  workers_.reset();
  worker_count_ = 0;
  stopping_.store(false);
}

void ThreadPool::work(Worker& worker, int chunk) {
  const bool may_spin = std::thread::hardware_concurrency() > 1;
  const auto called = [&] {
    return worker.state.load() == Worker::available || stopping_.load(std::memory_order_relaxed);
  };
  inside_body = true; // a worker runs nothing else
  while (!stopping_.load()) {
    if (worker.take(Worker::claimed)) {
      const Partition& cut = job_.partition;
      job_.body(job_.context, cut.boundary(chunk), cut.boundary(chunk + 1), chunk);
      worker.state.store(Worker::idle, std::memory_order_release);
    }
    if (may_spin && spin(called, spin_time)) continue;
    std::unique_lock lock(worker.mutex);
    // Sequentially consistent: either the caller sees `parked`, or this thread sees what the caller published.
    worker.parked.store(true);
    // Woken too late for its chunk, it spins again all the same: the next call is likely to follow soon.
    worker.wake.wait(lock, [&] { return worker.woken || called(); });
    worker.woken = false;
    worker.parked.store(false, std::memory_order_relaxed);
  }
}

/// Runs the job with the workers; false when they belong to another call.
bool ThreadPool::fork_join(const Job& job) noexcept {
  if (busy_.exchange(true, std::memory_order_acquire)) return false;
  if (!workers_) start_workers();
  if (!workers_ || job.partition.count > worker_count_ + 1) { // no memory, or fewer threads since the range was cut
    busy_.store(false, std::memory_order_release);
    return false;
  }
  job_ = job;
  const Partition& cut = job.partition;
  const int used = cut.count - 1;
  for (int i = 0; i < used; ++i) {
    workers_[i].state.store(Worker::available);
    if (workers_[i].parked.load()) workers_[i].notify();
  }
  const bool inside_before = std::exchange(inside_body, true);
  job.body(job.context, cut.begin, cut.boundary(1), 0);
  for (int i = used - 1; i >= 0; --i) // the first were woken first
    if (workers_[i].take(Worker::idle)) job.body(job.context, cut.boundary(i + 1), cut.boundary(i + 2), i + 1);
  for (int i = 0; i < used; ++i) {
    const auto done = [&] { return workers_[i].state.load(std::memory_order_acquire) == Worker::idle; };
    while (!spin(done, spin_time)) std::this_thread::yield(); // its processor may be this one
  }
  inside_body = inside_before;
  busy_.store(false, std::memory_order_release);
  return true;
}

void ThreadPool::run(std::int64_t begin, std::int64_t end, std::int64_t grain, Body body, void* context,
                     std::int64_t multiple) noexcept {
  const int threads = thread_count();
  if (begin >= end) return;
  if (threads == 1 || end - begin <= grain) { // spares the divisions
    body(context, begin, end, 0);
    return;
  }
  const Job job{body, context, Partition::make(begin, end, grain, multiple, threads)};
  const Partition& cut = job.partition;
  if (cut.count == 1) {
    body(context, begin, end, 0);
    return;
  }
  if (fork_join(job)) return;
  const bool inside_before = std::exchange(inside_body, true);
  for (int chunk = 0; chunk < cut.count; ++chunk) body(context, cut.boundary(chunk), cut.boundary(chunk + 1), chunk);
  inside_body = inside_before;
}

} // namespace croton::runtime
