// The value of a shared variable: on the host, on the device whose call wrote or read it last, or on both.
#pragma once
#include "croton/array.h"
#include "runtime/device.h"
#include "src/executable.h"

namespace croton::api {

/// Copies refer to the same elements. Values that are referred to are not changed, but by a call that updates its own
/// variable in place (see function_call.cpp).
class StateValue {
public:
  StateValue() = default;
  StateValue(Array host);
  StateValue(DType dtype, std::vector<i64> shape, runtime::DevicePtr device, runtime::DeviceBlockPtr block);

  const std::vector<i64>& shape() const { return shape_; }
  DType dtype() const { return dtype_; }

  bool is_on_host() const { return on_host_; }
  bool is_on_host_alone() const { return on_host_ && !device_; }
  const void* host_data() const { return host_.data(); } ///< where is_on_host
  /// Elements on the host; copied out first where a device has them alone.
  const Array& host();
  /// Brings the elements to where calls of this device read them (null: the host), with a copy only if they are not there.
  void bring_to(const runtime::DevicePtr& device);
  /// Whether the elements are there (null: the host).
  bool is_at(const runtime::DevicePtr& device) const { return device ? device == device_ : on_host_; }
  /// After bring_to.
  TensorView view(const runtime::DevicePtr& device) const;
  /// How many values refer to these elements there, this one and its views included.
  long users(const runtime::DevicePtr& device) const;
  std::size_t bytes() const;

private:
  DType dtype_ = DType::f32;
  std::vector<i64> shape_;
  Array host_;
  bool on_host_ = false;
  runtime::DevicePtr device_; ///< null: the host has them alone
  runtime::DeviceBlockPtr block_;
};

} // namespace croton::api
