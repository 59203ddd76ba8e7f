// An opened CUDA device: its primary context, one stream, memory ordered by the stream, copies through pinned memory.
#include "croton/error.h"
#include "runtime/cuda/cuda.h"
#include "runtime/cuda/products.h"
#include "runtime/cuda/staging.h"
#include "runtime/disk_cache.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <mutex>
#include <optional>

namespace croton::runtime::cuda {

namespace {

struct Found {
  CUdevice id = 0;
  DeviceFacts facts;
  std::string architecture; ///< "sm_90"
};

class Block final : public DeviceBlock {
public:
  Block(const Driver& driver, CUcontext context, CUstream stream, CUdeviceptr address, std::size_t bytes)
      : DeviceBlock(bytes), driver_(driver), context_(context), stream_(stream), address_(address) {}
  // Freed in the stream's order: what was launched before may still use it.
  ~Block() override {
    if (driver_.cuCtxSetCurrent_(context_) == CUDA_SUCCESS) driver_.cuMemFreeAsync_(address_, stream_);
  }
  CUdeviceptr address() const { return address_; }

private:
  const Driver& driver_;
  CUcontext context_;
  CUstream stream_;
  CUdeviceptr address_;
};

CUdeviceptr address_of(DevicePlace place) { return static_cast<const Block&>(*place.block).address() + place.offset; }

class CudaModule final : public DeviceModule {
public:
  CudaModule(const Driver& driver, CUcontext context, CUmodule module) : driver_(driver), context_(context), module_(module) {}
  ~CudaModule() override {
    if (driver_.cuCtxSetCurrent_(context_) == CUDA_SUCCESS) driver_.cuModuleUnload_(module_);
  }
  std::vector<CUfunction> functions;
  std::vector<std::string> entries; ///< their names

private:
  const Driver& driver_;
  CUcontext context_;
  CUmodule module_;
};

class CudaGraph final : public DeviceGraph {
public:
  CudaGraph(const Driver& driver, CUcontext context) : driver_(driver), context_(context) {}
  // The driver frees what is still running when it is over.
  ~CudaGraph() override {
    if (handle && driver_.cuCtxSetCurrent_(context_) == CUDA_SUCCESS) driver_.cuGraphExecDestroy_(handle);
  }
  CUgraphExec handle = nullptr;

private:
  const Driver& driver_;
  CUcontext context_;
};

bool wants_graphs() {
  const char* wanted = std::getenv("CROTON_CUDA_GRAPHS");
  return !wanted || (std::string_view(wanted) != "off" && std::string_view(wanted) != "0");
}

/// Where a thread's work goes while it captures.
thread_local CUstream capturing = nullptr;

class CudaDevice final : public Device {
public:
  CudaDevice(const Driver& driver, const Found& found) : Device(found.facts), driver_(driver), architecture_(found.architecture) {
    check(driver, driver.cuDevicePrimaryCtxRetain_(&context_, found.id), "cuDevicePrimaryCtxRetain");
    enter();
    check(driver, driver.cuStreamCreate_(&stream_, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    check(driver, driver.cuStreamCreate_(&recorder_, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    // Freed memory stays with the pool: taking it from the driver again costs more than most kernels.
    check(driver, driver.cuDeviceGetDefaultMemPool_(&pool_, found.id), "cuDeviceGetDefaultMemPool");
    cuuint64_t keep = ~cuuint64_t(0);
    check(driver, driver.cuMemPoolSetAttribute_(pool_, CU_MEMPOOL_ATTR_RELEASE_THRESHOLD, &keep), "cuMemPoolSetAttribute");
    staging_ = std::make_unique<Staging>(driver, stream_);
  }

  DeviceBlockPtr allocate(std::size_t bytes) override {
    enter();
    CUdeviceptr address = 0;
    std::size_t held = std::max<std::size_t>(bytes, 1);
    CUresult code = driver_.cuMemAllocAsync_(&address, held, stream_);
    if (code == CUDA_ERROR_OUT_OF_MEMORY) { // what the pool keeps may be in the wrong pieces
      check(driver_, driver_.cuStreamSynchronize_(stream_), "cuStreamSynchronize");
      driver_.cuMemPoolTrimTo_(pool_, 0);
      code = driver_.cuMemAllocAsync_(&address, held, stream_);
    }
    if (code != CUDA_SUCCESS) throw DeviceError("[cuda] allocating " + std::to_string(bytes) + " bytes failed: " + error_text(driver_, code) + ".");
    return std::make_shared<Block>(driver_, context_, stream_, address, bytes);
  }

  void copy(DevicePlace to, DevicePlace from, std::size_t bytes) override {
    if (bytes == 0) return;
    enter();
    check(driver_, driver_.cuMemcpyDtoDAsync_(address_of(to), address_of(from), bytes, stream()), "cuMemcpyDtoDAsync");
  }

  void zero(DevicePlace place, std::size_t bytes) override {
    if (bytes == 0) return;
    enter();
    check(driver_, driver_.cuMemsetD8Async_(address_of(place), 0, bytes, stream_), "cuMemsetD8Async");
  }

  std::shared_ptr<const DeviceModule> load(const std::string& source, std::span<const std::string> entries, const std::string& name) override {
    enter();
    std::string key = "cuda\n" + facts().version + "\n" + architecture_ + "\n" + source;
    auto disk = DiskCache::shared();
    if (auto cubin = disk->find(key))
      if (auto module = loaded(*cubin, entries)) {
        module->from_cache = true;
        return module;
      }
    std::vector<std::byte> cubin = compile(source, architecture_, name);
    auto module = loaded(cubin, entries);
    if (!module) throw DeviceError("[cuda] " + facts().name + " refuses the kernels of '" + name + "', compiled for " + architecture_ + ": the driver is older than NVRTC. Install a newer driver.");
    disk->store(key, cubin);
    return module;
  }

  void wait() override {
    enter();
    check(driver_, driver_.cuStreamSynchronize_(stream_), "cuStreamSynchronize");
  }

  bool has_graphs() const override { return graphs_; }

  bool records() const override { return recording_.load(std::memory_order_relaxed); }
  void record(bool on) override {
    std::lock_guard lock(times_mutex_);
    if (on && timed_.empty() && origin_) { // a float of milliseconds loses its digits with time
      driver_.cuEventDestroy_(origin_);
      origin_ = nullptr;
    }
    recording_ = on;
  }
  std::vector<LaunchTime> recorded() override {
    wait();
    std::lock_guard lock(times_mutex_);
    std::vector<LaunchTime> times;
    auto us = [&](CUevent begin, CUevent end) {
      float ms = 0;
      check(driver_, driver_.cuEventElapsedTime_(&ms, begin, end), "cuEventElapsedTime");
      return 1e3 * static_cast<double>(ms);
    };
    for (const Timed& t : timed_) {
      times.push_back({t.entry, us(origin_, t.begin), us(t.begin, t.end)});
      driver_.cuEventDestroy_(t.begin);
      driver_.cuEventDestroy_(t.end);
    }
    timed_.clear();
    return times;
  }

  bool multiplies(DType dtype, bool bias, ir::Activation activation) const override {
    if (dtype != DType::f32 && dtype != DType::f64) return false;
    Products* library = products();
    return library && library->takes(dtype, bias, activation) && (activation != ir::Activation::relu || relu_keeps_nan(bias));
  }

protected:
  void do_copy_in(DevicePlace to, const void* from, std::size_t bytes) override {
    enter();
    staging_->in(address_of(to), from, bytes);
  }
  void do_copy_out(void* to, DevicePlace from, std::size_t bytes) override {
    enter();
    staging_->out(to, address_of(from), bytes);
  }

  void do_launch(const DeviceModule& module, std::size_t entry, const Grid& grid, std::span<const LaunchArgument> arguments) override {
    enter();
    // Addresses and i64: eight bytes each. More than the driver takes in parameters (4 KiB) is refused by it.
    std::array<std::uint64_t, 1024> values;
    std::array<void*, 1024> pointers;
    if (arguments.size() > values.size()) throw DeviceError("[cuda] a kernel of " + std::to_string(arguments.size()) + " parameters is more than the driver takes.");
    for (std::size_t k = 0; k < arguments.size(); ++k) {
      auto* number = std::get_if<i64>(&arguments[k]);
      values[k] = number ? static_cast<std::uint64_t>(*number) : static_cast<std::uint64_t>(address_of(std::get<DevicePlace>(arguments[k])));
      pointers[k] = &values[k];
    }
    auto& loaded = static_cast<const CudaModule&>(module);
    timed(loaded.entries.at(entry), [&] {
      check(driver_,
            driver_.cuLaunchKernel_(loaded.functions.at(entry), grid.groups[0], grid.groups[1], grid.groups[2], grid.group[0], grid.group[1], grid.group[2], static_cast<unsigned>(grid.local_bytes),
                                    stream(), pointers.data(), nullptr),
            "cuLaunchKernel");
    });
  }

  void do_multiply(const Product& product, DevicePlace a, DevicePlace b, DevicePlace c, DevicePlace bias) override {
    enter();
    timed("cublasLtMatmul", [&] { products()->multiply(product, address_of(a), address_of(b), address_of(c), product.bias ? address_of(bias) : 0, stream()); });
  }

  // On a stream of its own, so that what other threads launch meanwhile is not part of it.
  std::unique_ptr<DeviceGraph> do_capture(const std::function<void()>& work) override {
    std::lock_guard lock(capture_mutex_);
    enter();
    check(driver_, driver_.cuStreamBeginCapture_(recorder_, CU_STREAM_CAPTURE_MODE_RELAXED), "cuStreamBeginCapture");
    capturing = recorder_;
    std::exception_ptr failed;
    try {
      work();
    } catch (...) {
      failed = std::current_exception();
    }
    capturing = nullptr;
    CUgraph graph = nullptr;
    CUresult ended = driver_.cuStreamEndCapture_(recorder_, &graph);
    if (failed) {
      if (graph) driver_.cuGraphDestroy_(graph);
      std::rethrow_exception(failed);
    }
    check(driver_, ended, "cuStreamEndCapture");
    auto result = std::make_unique<CudaGraph>(driver_, context_);
    CUresult made = driver_.cuGraphInstantiate_(&result->handle, graph, 0);
    driver_.cuGraphDestroy_(graph);
    check(driver_, made, "cuGraphInstantiate");
    return result;
  }

  void do_replay(const DeviceGraph& graph) override {
    enter();
    check(driver_, driver_.cuGraphLaunch_(static_cast<const CudaGraph&>(graph).handle, stream_), "cuGraphLaunch");
  }

private:
  const Driver& driver_;
  const std::string architecture_;
  CUcontext context_ = nullptr;
  CUstream stream_ = nullptr, recorder_ = nullptr; ///< all work; captures
  CUmemoryPool pool_ = nullptr;
  std::unique_ptr<Staging> staging_;
  const bool graphs_ = wants_graphs();
  std::mutex capture_mutex_;

  // ---- launches timed by the device ----
  struct Timed {
    std::string entry;
    CUevent begin, end;
  };
  std::atomic<bool> recording_{false};
  std::mutex times_mutex_;
  std::vector<Timed> timed_;
  CUevent origin_ = nullptr; ///< times count from here

  template <class Work> void timed(const std::string& entry, const Work& work) {
    CUevent begin = records() && !capturing ? mark() : nullptr;
    work();
    if (!begin) return;
    CUevent end = mark();
    std::lock_guard lock(times_mutex_);
    timed_.push_back({entry, begin, end});
  }

  CUevent mark() {
    CUevent event = nullptr;
    std::lock_guard lock(times_mutex_);
    if (!origin_) {
      check(driver_, driver_.cuEventCreate_(&origin_, CU_EVENT_DEFAULT), "cuEventCreate");
      check(driver_, driver_.cuEventRecord_(origin_, stream_), "cuEventRecord");
    }
    check(driver_, driver_.cuEventCreate_(&event, CU_EVENT_DEFAULT), "cuEventCreate");
    check(driver_, driver_.cuEventRecord_(event, stream_), "cuEventRecord");
    return event;
  }

  // ---- products ----
  mutable std::once_flag products_opened_;
  mutable std::unique_ptr<Products> products_; ///< null: there is no library
  mutable DeviceBlockPtr scratch_;
  mutable std::mutex relu_mutex_;
  mutable std::optional<bool> relu_keeps_nan_[2]; ///< without and with a bias

  /// A rewrite must not change what becomes of a NaN, and what the library's relu makes of it is written nowhere: it is asked
  /// once, with a product of NaNs.
  bool relu_keeps_nan(bool bias) const {
    std::lock_guard lock(relu_mutex_);
    std::optional<bool>& known = relu_keeps_nan_[bias];
    if (known) return *known;
    constexpr i64 size = 64;
    constexpr std::size_t bytes = size * size * sizeof(float);
    auto* self = const_cast<CudaDevice*>(this);
    DeviceBlockPtr operand = self->allocate(bytes), result = self->allocate(bytes);
    CUdeviceptr nans = address_of({operand.get(), 0});
    check(driver_, driver_.cuMemsetD8Async_(nans, 0xff, bytes, stream_), "cuMemsetD8Async");
    products()->multiply({.dtype = DType::f32, .m = size, .n = size, .k = size, .bias = bias, .activation = ir::Activation::relu}, nans, nans, address_of({result.get(), 0}), nans, stream_);
    float first = 0;
    self->do_copy_out(&first, {result.get(), 0}, sizeof first);
    return *(known = std::isnan(first));
  }

  /// Opened when the first program has a product: the library is large.
  Products* products() const {
    std::call_once(products_opened_, [&] {
      enter();
      std::string why;
      auto* self = const_cast<CudaDevice*>(this);
      products_ = open_products([&](std::size_t bytes) { return address_of({(scratch_ = self->allocate(bytes)).get(), 0}); }, why);
      const char* wanted = std::getenv("CROTON_CUBLASLT");
      if (!products_ && wanted && std::string_view(wanted) != "off") throw DeviceError("[cuda] CROTON_CUBLASLT asks for a library: " + why + ".");
    });
    return products_.get();
  }

  CUstream stream() const { return capturing ? capturing : stream_; }

  /// The driver's calls are about the calling thread's context.
  void enter() const { check(driver_, driver_.cuCtxSetCurrent_(context_), "cuCtxSetCurrent"); }

  std::shared_ptr<CudaModule> loaded(const std::vector<std::byte>& cubin, std::span<const std::string> entries) const {
    CUmodule handle = nullptr;
    CUresult code = driver_.cuModuleLoadData_(&handle, cubin.data());
    if (code == CUDA_ERROR_NO_BINARY_FOR_GPU || code == CUDA_ERROR_INVALID_IMAGE) return nullptr;
    check(driver_, code, "cuModuleLoadData");
    auto module = std::make_shared<CudaModule>(driver_, context_, handle);
    for (const std::string& entry : entries) {
      CUfunction function = nullptr;
      check(driver_, driver_.cuModuleGetFunction_(&function, handle, entry.c_str()), ("cuModuleGetFunction of " + entry).c_str());
      module->functions.push_back(function);
      module->entries.push_back(entry);
    }
    return module;
  }
};

std::string version_text(int version) { return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10); }

Found describe(const Driver& driver, int index, const std::string& version) {
  Found f;
  check(driver, driver.cuDeviceGet_(&f.id, index), "cuDeviceGet");
  auto attribute = [&](CUdevice_attribute what) {
    int value = 0;
    check(driver, driver.cuDeviceGetAttribute_(&value, what, f.id), "cuDeviceGetAttribute");
    return value;
  };
  char title[256] = {};
  check(driver, driver.cuDeviceGetName_(title, sizeof title - 1, f.id), "cuDeviceGetName");
  std::size_t memory = 0;
  check(driver, driver.cuDeviceTotalMem_(&memory, f.id), "cuDeviceTotalMem");
  int major = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR), minor = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  f.architecture = "sm_" + std::to_string(major) + std::to_string(minor);
  f.facts.name = "cuda:" + std::to_string(index);
  f.facts.title = title;
  f.facts.platform = "NVIDIA CUDA";
  f.facts.version = version;
  f.facts.kind = DeviceFacts::Kind::gpu;
  f.facts.f16 = true;
  f.facts.units = attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  f.facts.subgroup = attribute(CU_DEVICE_ATTRIBUTE_WARP_SIZE);
  f.facts.group_limit = static_cast<std::size_t>(attribute(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK));
  f.facts.memory_bytes = f.facts.allocation_bytes = memory;
  f.facts.local_bytes = static_cast<std::size_t>(attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK));
  f.facts.more = {{"architecture", f.architecture},
                  {"L2", std::to_string(attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE)) + " bytes"},
                  {"memory bus", std::to_string(attribute(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH)) + " bits"},
                  {"memory pools", attribute(CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED) ? "yes" : "no"}};
  return f;
}

// Leaked on purpose: memory of devices is given back by static objects of the user, and the driver ends before them.
struct Devices {
  std::string why;
  std::vector<Found> found;
  std::vector<DeviceFacts> facts;
  std::mutex mutex;
  std::map<int, DevicePtr> opened;

  Devices() {
    const Driver* d = driver(&why);
    if (!d) return;
    if (CUresult code = d->cuInit_(0); code != CUDA_SUCCESS) {
      why = "the driver does not start (" + error_text(*d, code) + "): is there an NVIDIA GPU, and does nvidia-smi see it?";
      return;
    }
    std::string compiler = missing_compiler();
    if (!compiler.empty()) {
      why = compiler;
      return;
    }
    try {
      int version = 0, count = 0, major = 0, minor = 0;
      check(*d, d->cuDriverGetVersion_(&version), "cuDriverGetVersion");
      check(*d, d->cuDeviceGetCount_(&count), "cuDeviceGetCount");
      nvrtc()->nvrtcVersion_(&major, &minor);
      std::string text = "driver " + version_text(version) + ", NVRTC " + std::to_string(major) + "." + std::to_string(minor);
      for (int i = 0; i < count; ++i) found.push_back(describe(*d, i, text));
      if (count == 0) why = "the driver has no device";
    } catch (const DeviceError& error) {
      found.clear();
      why = error.what();
    }
    for (const Found& f : found) facts.push_back(f.facts);
  }
};

Devices& devices() {
  static auto* all = new Devices;
  return *all;
}

} // namespace

const std::vector<DeviceFacts>& list() { return devices().facts; }
const std::string& missing() { return devices().why; }

DevicePtr open(int index) {
  Devices& all = devices();
  if (all.found.empty()) throw DeviceError("[cuda] " + all.why + ".");
  if (index < 0 || static_cast<std::size_t>(index) >= all.found.size())
    throw DeviceError("[cuda] there is no device cuda:" + std::to_string(index) + ": found " + std::to_string(all.found.size()) + ". `croton devices` lists them.");
  std::lock_guard lock(all.mutex);
  DevicePtr& device = all.opened[index];
  if (!device) device = std::make_shared<CudaDevice>(*driver(), all.found[static_cast<std::size_t>(index)]);
  return device;
}

} // namespace croton::runtime::cuda
