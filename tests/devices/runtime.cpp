// The devices themselves: memory, copies, programs that do not compile, binaries kept, launches timed.
#include "croton/error.h"
#include "tests/devices/present.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>

using namespace croton;
using namespace croton::runtime;
using namespace croton::test;

namespace {

std::vector<DevicePtr> opencl_devices() {
  std::vector<DevicePtr> all;
  for (std::size_t k = 0; k < opencl::list().size(); ++k) all.push_back(opencl::open(static_cast<int>(k)));
  return all;
}

const std::string scale = R"(
__kernel void scale(__global uchar* m, const long o, const long n, const long by) {
  __global int* x = (__global int*)(m + o);
  for (long i = get_group_id(0); i < n; i += get_num_groups(0)) x[i] *= (int)by;
}
)";

} // namespace

TEST_CASE("copies and launches keep their order", "[devices][runtime]") {
  for (const DevicePtr& device : opencl_devices()) {
    std::vector<std::string> entries = {"scale"};
    auto module = device->load(scale, entries, "scale");
    auto a = device->allocate(400), b = device->allocate(1000);
    std::vector<int> x(100), y(100);
    for (int i = 0; i < 100; ++i) x[static_cast<std::size_t>(i)] = i;
    device->copy_in({a.get(), 0}, x.data(), 400);
    auto before = device->counts();
    for (i64 by : {2, 3, 5}) {
      std::vector<LaunchArgument> arguments = {DevicePlace{a.get(), 0}, i64(100), by};
      device->launch(*module, 0, {.groups = {7, 1, 1}}, arguments);
    }
    device->copy({b.get(), 600}, {a.get(), 0}, 400);
    device->copy_out(y.data(), {b.get(), 600}, 400);
    for (int i = 0; i < 100; ++i) CHECK(y[static_cast<std::size_t>(i)] == 30 * i);
    CHECK(device->counts().launches == before.launches + 3);
    CHECK(device->counts().bytes_out == before.bytes_out + 400);
    device->copy_in({a.get(), 0}, nullptr, 0); // nothing to do
    CHECK(device->allocate(0) != nullptr);
  }
}

TEST_CASE("launches are timed when asked for", "[devices][runtime]") {
  for (const DevicePtr& device : opencl_devices()) {
    std::vector<std::string> entries = {"scale"};
    auto module = device->load(scale, entries, "scale");
    auto a = device->allocate(4000000);
    std::vector<LaunchArgument> arguments = {DevicePlace{a.get(), 0}, i64(1000000), i64(3)};
    device->record(true);
    device->launch(*module, 0, {.groups = {2, 1, 1}}, arguments);
    device->launch(*module, 0, {.groups = {2, 1, 1}}, arguments);
    device->record(false);
    device->launch(*module, 0, {.groups = {2, 1, 1}}, arguments);
    auto times = device->recorded();
    REQUIRE(times.size() == 2);
    CHECK(times[0].entry == "scale");
    CHECK(times[0].us > 0);
    CHECK(times[1].begin_us >= times[0].begin_us);
    CHECK(device->recorded().empty());
  }
}

TEST_CASE("a program that does not compile keeps its source and quotes the log", "[devices][runtime]") {
  for (const DevicePtr& device : opencl_devices()) {
    std::string source = "__kernel void k(__global int* x) { x[0] = undeclared_name; }", message;
    std::vector<std::string> entries = {"k"};
    try {
      device->load(source, entries, "broken");
    } catch (const DeviceError& e) {
      message = e.what();
    }
    CHECK(message.find("undeclared_name") != std::string::npos);
    CHECK(message.find("'broken'") != std::string::npos);
    std::size_t at = message.find("the source is in "), end = message.find(".cl", at);
    REQUIRE(end != std::string::npos);
    std::string file = message.substr(at + 17, end + 3 - at - 17);
    CHECK(std::filesystem::file_size(file) == source.size());
    std::filesystem::remove(file);
    CHECK_THROWS_AS(device->load(scale, std::vector<std::string>{"another"}, "scale"), DeviceError);
  }
}

TEST_CASE("binaries are kept for the next process", "[devices][runtime]") {
  for (const DevicePtr& device : opencl_devices()) {
    setenv("CROTON_OPENCL_BINARIES", "on", 1);
    std::string source = scale + "// " + std::to_string(std::random_device{}()) + "\n";
    std::vector<std::string> entries = {"scale"};
    CHECK(!device->load(source, entries, "scale")->from_cache);
    CHECK(device->load(source, entries, "scale")->from_cache);
    CHECK(!device->load(source + "\n", entries, "scale")->from_cache);
    setenv("CROTON_OPENCL_BINARIES", "off", 1);
    CHECK(!device->load(source, entries, "scale")->from_cache);
    unsetenv("CROTON_OPENCL_BINARIES");
  }
}

TEST_CASE("devices that do not exist are errors", "[devices][runtime]") {
  CHECK_THROWS_AS(opencl::open(-1), DeviceError);
  CHECK_THROWS_AS(opencl::open(1000), DeviceError);
}

TEST_CASE("host memory used in place", "[devices][runtime]") {
  for (const DevicePtr& device : opencl_devices()) {
    if (!device->facts().unified_memory) continue;
    std::vector<int> x(100, 7);
    auto block = device->import_host(x.data() + 1, 99 * sizeof(int)); // not aligned to more than its element
    REQUIRE(block);
    std::vector<std::string> entries = {"scale"};
    auto module = device->load(scale, entries, "scale");
    std::vector<LaunchArgument> arguments = {DevicePlace{block.get(), 0}, i64(99), i64(6)};
    for (int round = 0; round < 2; ++round) {
      for (int& v : x) v = 7;
      device->host_wrote(*block);
      device->launch(*module, 0, {.groups = {3, 1, 1}}, arguments);
      device->host_reads(*block);
      CHECK(x[0] == 7);
      for (std::size_t i = 1; i < x.size(); ++i) CHECK(x[i] == 42);
    }
  }
}
