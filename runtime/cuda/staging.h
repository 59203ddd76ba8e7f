// Copies between the host's memory and a device's, by way of page-locked memory.
#pragma once
#include "runtime/cuda/library.h"
#include <algorithm>
#include <cstring>
#include <mutex>

namespace croton::runtime::cuda {

// Two slots of page-locked memory: while the device copies one, the host fills or empties the other.
class Staging {
public:
  Staging(const Driver& driver, CUstream stream) : driver_(driver), stream_(stream) {
    for (Slot& s : slots_) {
      check(driver, driver.cuMemHostAlloc_(&s.data, slot_bytes, 0), "cuMemHostAlloc");
      check(driver, driver.cuEventCreate_(&s.done, CU_EVENT_DISABLE_TIMING), "cuEventCreate");
    }
  }

  void in(CUdeviceptr to, const void* from, std::size_t bytes) {
    std::lock_guard lock(mutex_);
    for (std::size_t at = 0; at < bytes; at += slot_bytes) {
      Slot& s = next();
      std::size_t part = std::min(slot_bytes, bytes - at);
      std::memcpy(s.data, static_cast<const char*>(from) + at, part);
      check(driver_, driver_.cuMemcpyHtoDAsync_(to + at, s.data, part, stream_), "cuMemcpyHtoDAsync");
      mark(s);
    }
  }

  void out(void* to, CUdeviceptr from, std::size_t bytes) {
    std::lock_guard lock(mutex_);
    struct Part {
      Slot* slot = nullptr;
      std::size_t at = 0, bytes = 0;
    } before;
    auto take = [&](const Part& p) {
      if (!p.slot) return;
      finish(*p.slot);
      std::memcpy(static_cast<char*>(to) + p.at, p.slot->data, p.bytes);
    };
    for (std::size_t at = 0; at < bytes; at += slot_bytes) {
      Part now{&next(), at, std::min(slot_bytes, bytes - at)};
      check(driver_, driver_.cuMemcpyDtoHAsync_(now.slot->data, from + at, now.bytes, stream_), "cuMemcpyDtoHAsync");
      mark(*now.slot);
      take(before);
      before = now;
    }
    take(before);
  }

private:
  static constexpr std::size_t slot_bytes = std::size_t(4) << 20;
  struct Slot {
    void* data = nullptr;
    CUevent done = nullptr;
    bool busy = false;
  };
  const Driver& driver_;
  CUstream stream_;
  std::mutex mutex_;
  Slot slots_[2];
  int next_ = 0;

  void finish(Slot& s) {
    if (s.busy) check(driver_, driver_.cuEventSynchronize_(s.done), "cuEventSynchronize");
    s.busy = false;
  }
  Slot& next() {
    Slot& s = slots_[next_];
    next_ ^= 1;
    finish(s);
    return s;
  }
  void mark(Slot& s) {
    check(driver_, driver_.cuEventRecord_(s.done, stream_), "cuEventRecord");
    s.busy = true;
  }
};

} // namespace croton::runtime::cuda
