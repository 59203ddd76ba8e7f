#include "runtime/buffer_pool.h"
#include <algorithm>
#include <bit>
#include <charconv>
#include <croton/error.h>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace croton::runtime {

namespace {

constexpr std::size_t line = 64;
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t large = std::size_t{4} << 20; // from here on whole huge pages, mapped
constexpr std::size_t largest = std::size_t{1} << 47;

/// Changes a counter that is written under a lock and read without: a plain add, where fetch_add would lock the bus.
void add(std::atomic<std::size_t>& counter, std::size_t change) {
  counter.store(counter.load(std::memory_order_relaxed) + change, std::memory_order_relaxed);
}

std::size_t round_up(std::size_t value, std::size_t to) { return (value + to - 1) / to * to; }

std::size_t physical_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page) : largest;
}

/// Maps `bytes` (whole huge pages) at a multiple of the huge page; null when there is no room.
void* map_large(std::size_t bytes) {
  // The kernel may promise more than it has and kill the process at first touch: refuse what can never fit.
  static const std::size_t limit = physical_bytes();
  if (bytes > limit) return nullptr;
  void* at = ::mmap(nullptr, bytes + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  const auto start = reinterpret_cast<std::uintptr_t>(at);
  const std::uintptr_t first = round_up(start, huge_page);
  if (first > start) ::munmap(at, first - start);
  if (const std::size_t after = start + huge_page - first; after > 0)
    ::munmap(reinterpret_cast<void*>(first + bytes), after);
  auto* data = reinterpret_cast<void*>(first);
#ifdef MADV_HUGEPAGE
  ::madvise(data, bytes, MADV_HUGEPAGE); // 20 instead of 3 GB/s at first touch; without it all still works
#endif
  return data;
}

void* system_allocate(std::size_t block) {
  if (block >= large) return map_large(block);
  return ::operator new(block, std::align_val_t{line}, std::nothrow);
}

void system_free(void* data, std::size_t block) noexcept {
  if (block >= large) ::munmap(data, block);
  else ::operator delete(data, std::align_val_t{line});
}

} // namespace

void Buffer::reset() noexcept {
  if (data_) pool_->release(data_, bytes_);
  pool_ = nullptr;
  data_ = nullptr;
  bytes_ = 0;
}

void Buffer::swap(Buffer& other) noexcept {
  std::swap(pool_, other.pool_);
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
}

BufferPool& BufferPool::shared() {
  static BufferPool* pool = [] {
    std::size_t bound = physical_bytes() / 4;
    if (const char* text = std::getenv("CROTON_POOL_BYTES")) {
      std::size_t value = 0;
      const char* end = text + std::strlen(text);
      const auto [at, error] = std::from_chars(text, end, value);
      if (error == std::errc() && at == end) bound = value;
    }
    return new BufferPool(bound);
  }();
  return *pool;
}

/// The size class of a request: eight to the power of two, so at most an eighth is wasted, and whole huge pages.
std::size_t BufferPool::block_bytes(std::size_t bytes) {
  std::size_t block = round_up(std::max(bytes, line), line);
  if (block > large) block = round_up(block, huge_page);
  const std::size_t step = std::bit_floor(block) / 8;
  return step > line ? round_up(block, step) : block;
}

int BufferPool::class_of(std::size_t block) {
  const int exponent = std::bit_width(block) - 1; // at least 6
  const std::size_t eighths = (block - (std::size_t{1} << exponent)) >> (exponent - 3);
  return exponent * 8 + static_cast<int>(eighths);
}

Buffer BufferPool::allocate(std::size_t bytes) {
  const auto fail = [&](const std::string& why) {
    throw DeviceError("[memory] cannot allocate " + std::to_string(bytes) + " bytes: " + why +
                      ". Use smaller arrays or free some.");
  };
  if (bytes > largest) fail("no machine has so much memory");
  const std::size_t block = block_bytes(bytes);
  const int at = class_of(block);
  Buffer buffer;
  {
    const std::lock_guard lock(mutex_);
    if (FreeBlock* found = free_[at]) {
      free_[at] = found->next;
      add(cached_, -block);
      add(in_use_, block);
      buffer.data_ = found;
    }
  }
  if (!buffer.data_) {
    buffer.data_ = system_allocate(block);
    if (!buffer.data_ && trim() > 0) buffer.data_ = system_allocate(block);
    if (!buffer.data_) fail("out of memory with " + std::to_string(bytes_in_use()) + " bytes in use");
    const std::lock_guard lock(mutex_);
    add(in_use_, block);
  }
  buffer.pool_ = this;
  buffer.bytes_ = bytes;
  return buffer;
}

Buffer BufferPool::allocate(std::size_t count, std::size_t element_bytes) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, element_bytes, &bytes))
    throw DeviceError("[memory] cannot allocate " + std::to_string(count) + " elements of " +
                      std::to_string(element_bytes) + " bytes: the size overflows. Use smaller arrays.");
  return allocate(bytes);
}

void BufferPool::release(void* data, std::size_t bytes) noexcept {
  const std::size_t block = block_bytes(bytes);
  if (block > max_cached_) system_free(data, block); // before the lock: unmapping takes long
  const std::lock_guard lock(mutex_);
  add(in_use_, -block);
  if (block > max_cached_) return;
  if (bytes_cached() > max_cached_ - block) shrink_to(max_cached_ - block);
  const int at = class_of(block);
  free_[at] = new (data) FreeBlock{free_[at]};
  class_bytes_[at] = block;
  add(cached_, block);
}

/// Frees the largest blocks first: the fewest system calls. Under the lock.
void BufferPool::shrink_to(std::size_t goal) noexcept {
  for (int at = class_count - 1; at >= 0 && bytes_cached() > goal; --at)
    while (free_[at] && bytes_cached() > goal) {
      FreeBlock* block = std::exchange(free_[at], free_[at]->next);
      system_free(block, class_bytes_[at]);
      add(cached_, -class_bytes_[at]);
    }
}

std::size_t BufferPool::trim() noexcept {
  const std::lock_guard lock(mutex_);
  const std::size_t before = bytes_cached();
  shrink_to(0);
  return before;
}

} // namespace croton::runtime
