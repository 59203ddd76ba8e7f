// An opened OpenCL device: one context, one queue in order, a pool of buffers, programs with their kernels.
#pragma once
#include "runtime/opencl/facts.h"
#include <map>
#include <mutex>

namespace croton::runtime::opencl {

/// Freed buffers by size, for reuse. Reuse is safe at once: the queue runs everything in order.
class BufferCache {
public:
  BufferCache(const Library& cl, cl_context context, std::size_t most) : cl_(cl), context_(context), most_(most) {}
  cl_mem take(std::size_t bytes);
  void give(cl_mem memory, std::size_t bytes) noexcept;
  /// The size that is allocated for so many bytes.
  static std::size_t rounded(std::size_t bytes);

private:
  const Library& cl_;
  const cl_context context_;
  const std::size_t most_;
  std::mutex mutex_;
  std::multimap<std::size_t, cl_mem> free_;
  std::size_t cached_ = 0;
  void drop_all();
};

class OpenclModule final : public DeviceModule {
public:
  OpenclModule(const Library& cl, cl_program program) : cl_(cl), program_(program) {}
  ~OpenclModule() override;
  std::vector<cl_kernel> kernels;
  std::vector<std::string> entries; ///< their names
  mutable std::mutex mutex; ///< arguments are set on the kernel itself: one launch at a time

private:
  const Library& cl_;
  cl_program program_;
};

/// Compiles for the device, or takes the binary of an earlier process. The program's kernels are made.
std::shared_ptr<const DeviceModule> load_program(const Library& cl, cl_context context, cl_device_id device, const DeviceFacts& facts,
                                                 const std::string& source, std::span<const std::string> entries, const std::string& name);

/// True when the device's compiler takes this source.
bool compiles(const Library& cl, cl_context context, cl_device_id device, const char* source);

} // namespace croton::runtime::opencl
