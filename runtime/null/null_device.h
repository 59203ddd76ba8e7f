// The smallest device: memory is the host's, source is kept, launches are recorded, nothing is computed. For tests of what
// the driver asks of a device, and to read beside docs/adding-a-backend.md.
#pragma once
#include "runtime/device.h"
#include <mutex>

namespace croton::runtime {

class NullDevice final : public Device {
public:
  struct Launch {
    std::string entry;
    Grid grid;
    std::vector<LaunchArgument> arguments;
  };

  explicit NullDevice(DeviceFacts facts) : Device(std::move(facts)) {}

  DeviceBlockPtr allocate(std::size_t bytes) override;
  void copy(DevicePlace to, DevicePlace from, std::size_t bytes) override;
  void zero(DevicePlace place, std::size_t bytes) override;
  std::shared_ptr<const DeviceModule> load(const std::string& source, std::span<const std::string> entries, const std::string& name) override;
  void wait() override {}

  std::vector<Launch> launches() const;

protected:
  void do_copy_in(DevicePlace to, const void* from, std::size_t bytes) override;
  void do_copy_out(void* to, DevicePlace from, std::size_t bytes) override;
  void do_launch(const DeviceModule& module, std::size_t entry, const Grid& grid, std::span<const LaunchArgument> arguments) override;

private:
  mutable std::mutex mutex_;
  std::vector<Launch> launches_;
};

} // namespace croton::runtime
