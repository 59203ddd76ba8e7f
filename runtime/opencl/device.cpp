#include "runtime/opencl/device.h"
#include "croton/error.h"
#include "runtime/cpu/features.h"
#include "runtime/opencl/clblast.h"
#include "runtime/opencl/opencl.h"
#include <atomic>
#include <bit>
#include <cstdlib>
#include <string_view>

namespace croton::runtime::opencl {

// ---- buffers ----------------------------------------------------------------------------------------------------

std::size_t BufferCache::rounded(std::size_t bytes) {
  constexpr std::size_t least = 256;
  if (bytes <= least) return least;
  std::size_t step = std::bit_floor(bytes) / 8; // at most an eighth is wasted
  return (bytes + step - 1) / step * step;
}

cl_mem BufferCache::take(std::size_t bytes) {
  {
    std::lock_guard lock(mutex_);
    if (auto found = free_.find(bytes); found != free_.end()) {
      cl_mem memory = found->second;
      free_.erase(found);
      cached_ -= bytes;
      return memory;
    }
  }
  cl_int code = CL_SUCCESS;
  cl_mem memory = cl_.clCreateBuffer(context_, CL_MEM_READ_WRITE, bytes, nullptr, &code);
  if (code == CL_MEM_OBJECT_ALLOCATION_FAILURE || code == CL_OUT_OF_RESOURCES || code == CL_OUT_OF_HOST_MEMORY) {
    std::lock_guard lock(mutex_);
    drop_all();
    memory = cl_.clCreateBuffer(context_, CL_MEM_READ_WRITE, bytes, nullptr, &code);
  }
  if (code != CL_SUCCESS) throw DeviceError("[opencl] allocating " + std::to_string(bytes) + " bytes failed: " + error_name(code) + ".");
  return memory;
}

void BufferCache::give(cl_mem memory, std::size_t bytes) noexcept {
  std::lock_guard lock(mutex_);
  if (cached_ + bytes > most_) {
    cl_.clReleaseMemObject(memory);
    return;
  }
  free_.emplace(bytes, memory);
  cached_ += bytes;
}

void BufferCache::drop_all() {
  for (auto& [bytes, memory] : free_) cl_.clReleaseMemObject(memory);
  free_.clear();
  cached_ = 0;
}

// ---- the device -------------------------------------------------------------------------------------------------

namespace {

class Block final : public DeviceBlock {
public:
  Block(const Library& cl, cl_mem memory, std::size_t bytes, BufferCache* cache, std::size_t held) : DeviceBlock(bytes), cl_(cl), memory_(memory), cache_(cache), held_(held) {}
  ~Block() override {
    if (cache_) cache_->give(memory_, held_);
    else cl_.clReleaseMemObject(memory_);
  }
  cl_mem memory() const { return memory_; }
  bool is_host() const { return cache_ == nullptr; }

private:
  const Library& cl_;
  cl_mem memory_;
  BufferCache* cache_; ///< null: the host's memory
  std::size_t held_;
};

const Block& as_block(DevicePlace place) { return static_cast<const Block&>(*place.block); }

// An OpenCL processor is this machine's, but its compiler may be of another family, or know less.
constexpr const char* avx512_probe = "__kernel void probe(__global float16* x) { *x = __builtin_ia32_scalefps512_mask(*x, *x, *x, (ushort)-1, 4); }\n";

// GPUs have their products by the library; on processors our own kernels are faster. CROTON_OPENCL_PRODUCTS=library or
// kernels decides otherwise.
bool wants_library(const DeviceFacts& facts) {
  if (const char* wanted = std::getenv("CROTON_OPENCL_PRODUCTS")) return std::string_view(wanted) == "library";
  return facts.kind == DeviceFacts::Kind::gpu;
}

class OpenclDevice final : public Device {
public:
  OpenclDevice(const Library& cl, const Found& found) : Device(found.facts), cl_(cl), id_(found.id) {
    cl_int code = CL_SUCCESS;
    const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, reinterpret_cast<cl_context_properties>(found.platform), 0};
    context_ = cl.clCreateContext(properties, 1, &id_, nullptr, nullptr, &code);
    check(code, "clCreateContext");
    queue_ = cl.clCreateCommandQueue(context_, id_, CL_QUEUE_PROFILING_ENABLE, &code);
    check(code, "clCreateCommandQueue");
    cache_ = std::make_unique<BufferCache>(cl, context_, found.facts.memory_bytes / 4);
    known_facts().avx512 = facts().kind == DeviceFacts::Kind::cpu && cpu_features().avx512 && compiles(cl, context_, id_, avx512_probe);
  }

  DeviceBlockPtr allocate(std::size_t bytes) override {
    std::size_t held = BufferCache::rounded(bytes);
    if (facts().allocation_bytes && held > facts().allocation_bytes && bytes <= facts().allocation_bytes) held = bytes;
    return std::make_shared<Block>(cl_, cache_->take(held), bytes, cache_.get(), held);
  }

  DeviceBlockPtr import_host(void* data, std::size_t bytes) override {
    if (!facts().unified_memory || bytes == 0) return nullptr;
    cl_int code = CL_SUCCESS;
    cl_mem memory = cl_.clCreateBuffer(context_, CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, bytes, data, &code);
    if (code != CL_SUCCESS) return nullptr;
    return std::make_shared<Block>(cl_, memory, bytes, nullptr, bytes);
  }

  void host_wrote(DeviceBlock& block) override { touch(block, CL_MAP_WRITE); }
  void host_reads(DeviceBlock& block) override { touch(block, CL_MAP_READ); }

  void copy(DevicePlace to, DevicePlace from, std::size_t bytes) override {
    if (bytes == 0) return;
    check(cl_.clEnqueueCopyBuffer(queue_, as_block(from).memory(), as_block(to).memory(), from.offset, to.offset, bytes, 0, nullptr, nullptr), "clEnqueueCopyBuffer");
  }

  void zero(DevicePlace place, std::size_t bytes) override {
    if (bytes == 0) return;
    const cl_uchar nothing = 0;
    check(cl_.clEnqueueFillBuffer(queue_, as_block(place).memory(), &nothing, sizeof nothing, place.offset, bytes, 0, nullptr, nullptr), "clEnqueueFillBuffer");
  }

  std::shared_ptr<const DeviceModule> load(const std::string& source, std::span<const std::string> entries, const std::string& name) override {
    return load_program(cl_, context_, id_, facts(), source, entries, name);
  }

  void record(bool on) override { recording_ = on; }
  std::vector<LaunchTime> recorded() override {
    wait();
    std::lock_guard lock(times_mutex_);
    std::vector<LaunchTime> times;
    for (auto& [entry, event] : events_) {
      cl_ulong begin = 0, end = 0;
      bool known = cl_.clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof begin, &begin, nullptr) == CL_SUCCESS &&
                   cl_.clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, nullptr) == CL_SUCCESS;
      cl_.clReleaseEvent(event);
      if (known) times.push_back({entry, static_cast<double>(begin) / 1000, static_cast<double>(end - begin) / 1000});
    }
    events_.clear();
    return times;
  }

  void wait() override { check(cl_.clFinish(queue_), "clFinish"); }

  bool multiplies(DType dtype, bool bias, ir::Activation activation) const override {
    if (bias || activation != ir::Activation::none || (dtype != DType::f32 && dtype != DType::f64) || !wants_library(facts())) return false;
    std::string why;
    bool found = has_clblast(&why);
    if (!found && std::getenv("CROTON_OPENCL_PRODUCTS")) throw DeviceError("[opencl] CROTON_OPENCL_PRODUCTS asks for a library: " + why + ".");
    return found;
  }

protected:
  void do_multiply(const Product& product, DevicePlace a, DevicePlace b, DevicePlace c, DevicePlace) override {
    auto operand = [](DevicePlace place) { return Operand{as_block(place).memory(), place.offset}; };
    clblast_multiply(product, operand(a), operand(b), operand(c), queue_);
  }
  void do_copy_in(DevicePlace to, const void* from, std::size_t bytes) override {
    check(cl_.clEnqueueWriteBuffer(queue_, as_block(to).memory(), CL_TRUE, to.offset, bytes, from, 0, nullptr, nullptr), "clEnqueueWriteBuffer");
  }
  void do_copy_out(void* to, DevicePlace from, std::size_t bytes) override {
    check(cl_.clEnqueueReadBuffer(queue_, as_block(from).memory(), CL_TRUE, from.offset, bytes, to, 0, nullptr, nullptr), "clEnqueueReadBuffer");
  }

  void do_launch(const DeviceModule& module, std::size_t entry, const Grid& grid, std::span<const LaunchArgument> arguments) override {
    auto& program = static_cast<const OpenclModule&>(module);
    cl_kernel kernel = program.kernels.at(entry);
    std::size_t global[3], local[3];
    for (int k = 0; k < 3; ++k) {
      local[k] = grid.group[static_cast<std::size_t>(k)];
      global[k] = local[k] * grid.groups[static_cast<std::size_t>(k)];
    }
    std::lock_guard lock(program.mutex);
    cl_uint index = 0;
    for (const LaunchArgument& argument : arguments) {
      if (auto* number = std::get_if<i64>(&argument)) {
        set(kernel, index, sizeof(cl_long), number);
      } else {
        auto& place = std::get<DevicePlace>(argument);
        cl_mem memory = as_block(place).memory();
        set(kernel, index, sizeof memory, &memory);
        auto offset = static_cast<cl_long>(place.offset);
        set(kernel, index, sizeof offset, &offset);
      }
    }
    if (grid.local_bytes) set(kernel, index, grid.local_bytes, nullptr);
    bool timed = recording_.load(std::memory_order_relaxed);
    cl_event event = nullptr;
    check(cl_.clEnqueueNDRangeKernel(queue_, kernel, 3, nullptr, global, local, 0, nullptr, timed ? &event : nullptr), "clEnqueueNDRangeKernel");
    if (!timed) return;
    std::lock_guard times(times_mutex_);
    events_.emplace_back(program.entries[entry], event);
  }

private:
  const Library& cl_;
  cl_device_id id_;
  cl_context context_ = nullptr;
  cl_command_queue queue_ = nullptr;
  std::unique_ptr<BufferCache> cache_;
  std::atomic<bool> recording_{false};
  std::mutex times_mutex_;
  std::vector<std::pair<std::string, cl_event>> events_;

  void set(cl_kernel kernel, cl_uint& index, std::size_t bytes, const void* value) { check(cl_.clSetKernelArg(kernel, index++, bytes, value), "clSetKernelArg"); }

  // Mapping is how OpenCL hands memory over between host and device, also where both are the same memory.
  void touch(DeviceBlock& block, cl_map_flags how) {
    auto& b = static_cast<Block&>(block);
    if (!b.is_host()) return;
    cl_int code = CL_SUCCESS;
    void* data = cl_.clEnqueueMapBuffer(queue_, b.memory(), CL_TRUE, how, 0, b.bytes(), 0, nullptr, nullptr, &code);
    check(code, "clEnqueueMapBuffer");
    check(cl_.clEnqueueUnmapMemObject(queue_, b.memory(), data, 0, nullptr, nullptr), "clEnqueueUnmapMemObject");
  }
};

// Leaked on purpose: memory of devices is given back by static objects of the user, and drivers end before them.
struct Devices {
  std::string why;
  std::vector<Found> found;
  std::vector<DeviceFacts> facts;
  std::mutex mutex;
  std::map<int, DevicePtr> opened;

  Devices() {
    const Library* cl = library(&why);
    if (!cl) return;
    found = find_devices(*cl);
    for (auto& f : found) facts.push_back(f.facts);
    if (found.empty()) why = "no OpenCL driver has a device: install one, for processors pocl-opencl-icd";
  }
};

Devices& devices() {
  static auto* all = new Devices;
  return *all;
}

} // namespace

const std::vector<DeviceFacts>& list() { return devices().facts; }
const std::string& missing() { return devices().why; }
std::string products_text() {
  std::string why;
  return has_clblast(&why) ? "CLBlast" : why;
}

DevicePtr open(int index) {
  Devices& all = devices();
  if (all.found.empty()) throw DeviceError("[opencl] " + all.why + ".");
  if (index < 0 || static_cast<std::size_t>(index) >= all.found.size())
    throw DeviceError("[opencl] there is no device opencl:" + std::to_string(index) + ": found " + std::to_string(all.found.size()) + ". `croton devices` lists them.");
  std::lock_guard lock(all.mutex);
  DevicePtr& device = all.opened[index];
  if (!device) device = std::make_shared<OpenclDevice>(*library(), all.found[static_cast<std::size_t>(index)]);
  return device;
}

} // namespace croton::runtime::opencl
