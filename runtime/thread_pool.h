// Fork-join over index ranges with a static, reproducible split.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace croton::runtime {

/// How a range is cut: chunk k is [boundary(k), boundary(k + 1)). Depends on its arguments only, never on timing.
/// Chunks are non-empty, contiguous, as even as possible, and all but the last are multiples of `multiple` long.
struct Partition {
  std::int64_t begin = 0, end = 0;
  std::int64_t multiple = 1;
  std::int64_t units_each = 0; ///< units of `multiple` in every chunk …
  std::int64_t units_left = 0; ///< … and one more in the first so many
  int count = 0;               ///< chunks; 0 for an empty range

  /// At most `threads` chunks, each of at least `grain` elements where there is more than one. `end - begin` must fit
  /// an int64; values of `grain`, `multiple` and `threads` below 1 count as 1.
  static Partition make(std::int64_t begin, std::int64_t end, std::int64_t grain, std::int64_t multiple, int threads);
  std::int64_t boundary(int chunk) const;
};

/// Workers that spin for about 50 µs after work before they sleep: a fork and join costs well under a microsecond while
/// calls follow each other. A call never waits for a sleeping worker: the caller takes the chunks nobody has begun.
class ThreadPool {
public:
  /// Runs one chunk. `worker` is the chunk's number, below thread_count(): the place for its partial result. It must
  /// not throw: an exception that leaves it ends the program.
  using Body = void (*)(void* context, std::int64_t begin, std::int64_t end, int worker);

  /// The process's pool. Its threads start with the first call that needs them and end at exit; calls made later
  /// (from destructors of static objects) still work, on the caller's thread.
  static ThreadPool& shared();

  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// CROTON_NUM_THREADS, else the processors this process may use (affinity and cgroup quota counted).
  static int default_thread_count();

  /// Threads that share a range, the caller included.
  int thread_count() const { return thread_count_.load(std::memory_order_relaxed); }

  /// ValueError unless 1 ≤ threads ≤ 1024, and inside a Body. Waits for a running call to end.
  void set_thread_count(int threads);

  /// Cuts [begin, end) as Partition::make does and runs every chunk exactly once, then returns; the chunks' writes are
  /// visible to the caller. Thread-safe. While the pool is at work for another call (from another thread, or a Body
  /// that calls run itself) the same chunks run one after another on the caller: results that depend on the split, such
  /// as partial sums by `worker`, are the same bits. One chunk is a plain call of `body`.
  void run(std::int64_t begin, std::int64_t end, std::int64_t grain, Body body, void* context,
           std::int64_t multiple = 1) noexcept;

  /// `run` for a callable f(begin, end, worker).
  template <class F>
  void for_chunks(std::int64_t begin, std::int64_t end, std::int64_t grain, F&& f, std::int64_t multiple = 1) noexcept {
    using Callable = std::remove_reference_t<F>;
    const Body body = [](void* context, std::int64_t from, std::int64_t to, int worker) {
      (*static_cast<Callable*>(context))(from, to, worker);
    };
    run(begin, end, grain, body, const_cast<void*>(static_cast<const void*>(std::addressof(f))), multiple);
  }

private:
  struct Worker;
  struct Job {
    Body body = nullptr;
    void* context = nullptr;
    Partition partition;
  };

  void work(Worker& worker, int chunk);
  void start_workers() noexcept;
  void stop_workers();
  void finish();
  bool fork_join(const Job& job) noexcept;

  std::atomic<int> thread_count_;
  std::atomic<bool> busy_{false}; // owned by the call, or change of size, that has the workers
  std::atomic<bool> stopping_{false};
  Job job_; // read by a worker only between its claim of a chunk and the chunk's end, when the caller waits for it
  std::unique_ptr<Worker[]> workers_;
  int worker_count_ = 0;
};

} // namespace croton::runtime
