#include "runtime/null/null_device.h"
#include "croton/error.h"
#include <cstring>

namespace croton::runtime {

namespace {

struct Block final : DeviceBlock {
  explicit Block(std::size_t bytes) : DeviceBlock(bytes), memory(bytes) {}
  std::vector<std::byte> memory;
};

std::byte* at(DevicePlace place, std::size_t bytes) {
  auto& block = static_cast<Block&>(*place.block);
  if (place.offset + bytes > block.memory.size()) throw DeviceError("[null] a copy leaves its block.");
  return block.memory.data() + place.offset;
}

struct Module final : DeviceModule {
  std::vector<std::string> entries;
};

} // namespace

DeviceBlockPtr NullDevice::allocate(std::size_t bytes) { return std::make_shared<Block>(bytes); }
void NullDevice::copy(DevicePlace to, DevicePlace from, std::size_t bytes) { std::memmove(at(to, bytes), at(from, bytes), bytes); }
void NullDevice::zero(DevicePlace place, std::size_t bytes) { std::memset(at(place, bytes), 0, bytes); }
void NullDevice::do_copy_in(DevicePlace to, const void* from, std::size_t bytes) { std::memcpy(at(to, bytes), from, bytes); }
void NullDevice::do_copy_out(void* to, DevicePlace from, std::size_t bytes) { std::memcpy(to, at(from, bytes), bytes); }

std::shared_ptr<const DeviceModule> NullDevice::load(const std::string& source, std::span<const std::string> entries, const std::string& name) {
  auto module = std::make_shared<Module>();
  for (const std::string& entry : entries) {
    if (source.find(entry + "(") == std::string::npos) throw DeviceError("[null] the source of '" + name + "' defines no " + entry + ".");
    module->entries.push_back(entry);
  }
  return module;
}

void NullDevice::do_launch(const DeviceModule& module, std::size_t entry, const Grid& grid, std::span<const LaunchArgument> arguments) {
  std::lock_guard lock(mutex_);
  launches_.push_back({static_cast<const Module&>(module).entries.at(entry), grid, {arguments.begin(), arguments.end()}});
}

std::vector<NullDevice::Launch> NullDevice::launches() const {
  std::lock_guard lock(mutex_);
  return launches_;
}

} // namespace croton::runtime
