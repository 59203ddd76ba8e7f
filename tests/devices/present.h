// Which of the devices with memory of their own this machine has.
#pragma once
#include "runtime/cuda/cuda.h"
#include "runtime/opencl/opencl.h"
#include <iostream>
#include <string>
#include <vector>

namespace croton::test {

/// The names that tests run on; says once what is missing. CROTON_TEST_DEVICE=NAME chooses one.
inline const std::vector<std::string>& present_devices() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    if (const char* only = std::getenv("CROTON_TEST_DEVICE")) {
      bool missing = std::string(only).starts_with("cuda") && !runtime::cuda::missing().empty();
      if (missing) std::cout << "skipped: " << runtime::cuda::missing() << "\n";
      else all.push_back(only);
      return all;
    }
    if (runtime::opencl::missing().empty()) all.push_back("opencl");
    else std::cout << "skipped: " << runtime::opencl::missing() << "\n";
    return all;
  }();
  return names;
}

/// The device that programs compiled for the name run on.
inline runtime::DevicePtr device_of(const std::string& name) { return name.starts_with("cuda") ? runtime::cuda::open(0) : runtime::opencl::open(0); }

} // namespace croton::test
