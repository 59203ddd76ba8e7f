#include "src/api/state_value.h"
#include "src/api/storage.h"

namespace croton::api {

StateValue::StateValue(Array host) : dtype_(host.dtype()), shape_(host.shape()), host_(std::move(host)), on_host_(true) {}
StateValue::StateValue(DType dtype, std::vector<i64> shape, runtime::DevicePtr device, runtime::DeviceBlockPtr block)
    : dtype_(dtype), shape_(std::move(shape)), device_(std::move(device)), block_(std::move(block)) {}

std::size_t StateValue::bytes() const {
  std::size_t n = size_of(dtype_);
  for (i64 d : shape_) n *= static_cast<std::size_t>(d);
  return n;
}

const Array& StateValue::host() {
  if (!on_host_) {
    Array copy = uninitialized(dtype_, shape_);
    if (block_) device_->copy_out(copy.data(), {block_.get(), 0}, bytes());
    host_ = std::move(copy);
    on_host_ = true;
  }
  return host_;
}

void StateValue::bring_to(const runtime::DevicePtr& device) {
  if (!device) {
    host();
  } else if (device != device_) {
    const Array& from = host();
    auto block = device->allocate(bytes());
    device->copy_in({block.get(), 0}, from.data(), bytes());
    device_ = device;
    block_ = std::move(block);
  }
}

TensorView StateValue::view(const runtime::DevicePtr& device) const {
  if (!device) return {const_cast<void*>(host_.data()), shape_, dense_strides(shape_)};
  return {nullptr, shape_, dense_strides(shape_), block_};
}

long StateValue::users(const runtime::DevicePtr& device) const { return device ? block_.use_count() : api::users(host_); }

} // namespace croton::api
