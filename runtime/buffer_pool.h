// Host memory for arrays: aligned, on huge pages where large, and kept for reuse.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace croton::runtime {

class BufferPool;

/// Memory from a BufferPool, given back on destruction. Move-only; contents are undefined at first.
class Buffer {
public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { swap(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    Buffer taken(static_cast<Buffer&&>(other));
    swap(taken);
    return *this;
  }
  ~Buffer() { reset(); }

  void* data() const { return data_; }           ///< aligned to 64 bytes, from 4 MiB on to 2 MiB; null only if empty
  std::size_t bytes() const { return bytes_; }   ///< as asked for
  explicit operator bool() const { return data_ != nullptr; }
  void reset() noexcept;
  void swap(Buffer& other) noexcept;

private:
  friend class BufferPool;
  BufferPool* pool_ = nullptr;
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Fresh memory costs more than most kernels (first touch runs at a tenth of the speed of memory), so freed blocks are
/// kept by size class, up to a bound. Thread-safe. A pool must outlive its buffers.
class BufferPool {
public:
  /// The process's pool, never destroyed. Its bound is CROTON_POOL_BYTES, else a quarter of the machine's memory.
  static BufferPool& shared();

  explicit BufferPool(std::size_t max_cached_bytes) : max_cached_(max_cached_bytes) {}
  ~BufferPool() { trim(); }
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  /// DeviceError, naming the byte count, when there is not that much memory. 0 bytes give a valid pointer too.
  Buffer allocate(std::size_t bytes);
  /// count × element_bytes, with the product checked.
  Buffer allocate(std::size_t count, std::size_t element_bytes);

  std::size_t bytes_in_use() const { return in_use_.load(std::memory_order_relaxed); } ///< in size classes, as held
  std::size_t bytes_cached() const { return cached_.load(std::memory_order_relaxed); }
  std::size_t max_cached_bytes() const { return max_cached_; }

  /// Gives all cached memory back to the system; returns the bytes.
  std::size_t trim() noexcept;

private:
  friend class Buffer;
  struct FreeBlock { // in the freed memory itself
    FreeBlock* next;
  };
  static constexpr int class_count = 8 * 64;

  void release(void* data, std::size_t bytes) noexcept;
  void shrink_to(std::size_t goal) noexcept;
  static std::size_t block_bytes(std::size_t bytes);
  static int class_of(std::size_t block);

  const std::size_t max_cached_;
  std::atomic<std::size_t> in_use_{0}, cached_{0};
  std::mutex mutex_;
  std::array<FreeBlock*, class_count> free_{};
  std::array<std::size_t, class_count> class_bytes_{};
};

} // namespace croton::runtime
