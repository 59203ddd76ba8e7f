// Calls made again: recorded once and replayed where the device has graphs, with the values of each call; copies are told to
// profiles, launches are timed by the device.
#include "runtime/device.h"
#include "tests/devices/present.h"
#include "tests/support/catch.h"
#include <croton/croton.h>
#include <nlohmann/json.hpp>
#include <thread>

using namespace croton;
using namespace croton::test;
using Json = nlohmann::json;

namespace {

std::vector<float> values(const Array& a) {
  auto* data = static_cast<const float*>(a.data());
  return {data, data + a.size()};
}

/// Two kernels at least: a total, and what it divides.
Expr shares(const Expr& x) { return x / sum(x) + max(x, {0}); }
std::vector<float> shares_of(const std::vector<float>& x) {
  float total = 0, most = x[0];
  for (float v : x) total += v, most = std::max(most, v);
  std::vector<float> result;
  for (float v : x) result.push_back(v / total + most);
  return result;
}

void expect_near(const std::vector<float>& got, const std::vector<float>& want) {
  REQUIRE(got.size() == want.size());
  for (std::size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - want[i]) <= 1e-5f * std::abs(want[i]));
}

} // namespace

TEST_CASE("a bound call is recorded once and replayed", "[devices][graphs]") {
  for (const std::string& name : present_devices()) {
    auto device = device_of(name);
    auto x = vector<f32>("x");
    Function f = function({x}, {shares(x)}, {.device = name});
    std::vector<float> in{1, 2, 3, 4}, out(4);
    BoundFunction call = f.bind({out}, {in});
    auto before = device->counts();
    for (int i = 0; i < 6; ++i) {
      in[1] = static_cast<float>(i);
      call();
      expect_near(out, shares_of(in));
    }
    auto after = device->counts();
    CHECK(after.launches - before.launches >= 12);
    CHECK((after.launches - before.launches) % 6 == 0); // replayed launches count as launches
    CHECK(after.replays - before.replays == (device->has_graphs() ? 5 : 0));
  }
}

TEST_CASE("calls of the same sizes are replayed, others are not", "[devices][graphs]") {
  for (const std::string& name : present_devices()) {
    auto device = device_of(name);
    auto x = vector<f32>("x");
    Function f = function({x}, {shares(x)}, {.device = name});
    auto before = device->counts();
    for (int i = 0; i < 12; ++i) {
      std::vector<float> in(static_cast<std::size_t>(3 + i % 4));
      for (std::size_t k = 0; k < in.size(); ++k) in[k] = static_cast<float>(k + 1) + static_cast<float>(i);
      expect_near(values(f(in)[0]), shares_of(in));
    }
    CHECK(device->counts().replays == before.replays); // the memory of two sizes is kept, and four take turns
    for (int i = 0; i < 12; ++i) {
      std::vector<float> in(static_cast<std::size_t>(3 + i % 2), static_cast<float>(i + 1));
      expect_near(values(f(in)[0]), shares_of(in));
    }
    if (device->has_graphs()) CHECK(device->counts().replays >= before.replays + 8);
  }
}

TEST_CASE("calls from several threads at once", "[devices][graphs]") {
  for (const std::string& name : present_devices()) {
    auto x = vector<f32>("x");
    Function f = function({x}, {shares(x)}, {.device = name});
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 20; ++i) {
          std::vector<float> in{1, static_cast<float>(t), static_cast<float>(i), 4};
          auto got = values(f(in)[0]), want = shares_of(in);
          for (std::size_t k = 0; k < want.size(); ++k) wrong += !(std::abs(got[k] - want[k]) <= 1e-5f * std::abs(want[k]));
        }
      });
    for (auto& t : threads) t.join();
    CHECK(wrong == 0);
  }
}

TEST_CASE("a training loop is replayed, and follows when its variables are set", "[devices][graphs][state]") {
  for (const std::string& name : present_devices()) {
    auto device = device_of(name);
    auto x = vector<f32>("x");
    Shared w = shared(std::vector<float>{1, 2, 3}, "w");
    Expr error = w * x - 1.0f;
    Function step = function({x}, {sum(error * error)}, {.updates = {{w, w - 0.01f * sum(error) * x}}, .device = name});
    std::vector<float> own{1, 2, 3}, in{1, 0.5f, 2};
    auto before = device->counts();
    for (int i = 0; i < 9; ++i) {
      if (i == 5) {
        own = {0.5f, -1, 2};
        w.set(own);
      }
      float loss = 0, total = 0;
      for (std::size_t k = 0; k < 3; ++k) {
        float e = own[k] * in[k] - 1;
        loss += e * e, total += e;
      }
      CHECK(std::abs(step(in).item<float>() - loss) <= 1e-5f * loss);
      for (std::size_t k = 0; k < 3; ++k) own[k] -= 0.01f * total * in[k];
    }
    expect_near(values(w.get()), own);
    if (device->has_graphs()) CHECK(device->counts().replays > before.replays);
  }
}

TEST_CASE("a failed check stops a call that is replayed", "[devices][graphs]") {
  for (const std::string& name : present_devices()) {
    auto x = vector<f32>("x");
    auto at = vector<i64>("at");
    Function f = function({x, at}, {take(shares(x), at) * 2.0f}, {.device = name});
    std::vector<float> in{1, 2, 3}, out{7, 7};
    std::vector<i64> positions{0, 2};
    BoundFunction call = f.bind({out}, {in, positions});
    for (int i = 0; i < 4; ++i) call();
    auto want = shares_of(in);
    expect_near(out, {2 * want[0], 2 * want[2]});
    positions[1] = 3;
    out = {7, 7};
    CHECK_THROWS_AS(call(), IndexError);
    CHECK(out == std::vector<float>{7, 7});
    positions[1] = 1;
    call();
    expect_near(out, {2 * want[0], 2 * want[1]});
  }
}

TEST_CASE("copies are rows of the profile, each with what asked for it", "[devices][profile]") {
  for (const std::string& name : present_devices()) {
    bool in_place = device_of(name)->facts().unified_memory;
    auto x = vector<f32>("x");
    Shared w = shared(std::vector<float>(100, 1.0f), "w");
    Function f = function({x}, {sum(x * w)}, {.updates = {{w, w + x}}, .device = name, .profile = true});
    std::vector<float> in(100, 2.0f);
    for (int i = 0; i < 3; ++i) f(in);
    w.set(std::vector<float>(100, 5.0f));
    f(in);
    Json j = Json::parse(f.profile("json"));
    std::map<std::string, Json> copies;
    for (const Json& row : j.at("copies")) copies[row.at("name")] = row;
    CHECK(copies.size() == (in_place ? 1 : 3));
    REQUIRE(copies.contains("w → device")); // once at first, and once after it was set
    CHECK(copies["w → device"].at("count") == 2);
    CHECK(copies["w → device"].at("bytes") == 800);
    CHECK(copies["w → device"].at("kind") == "copy in");
    Json explained = Json::parse(f.explanation("json", {in}));
    if (in_place) {
      CHECK(explained.at("copies").empty());
      continue;
    }
    CHECK(copies["x → device"].at("count") == 4);
    CHECK(copies["x → device"].at("bytes") == 1600);
    CHECK(copies["output 0 → host"].at("count") == 4);
    CHECK(copies["output 0 → host"].at("bytes") == 16);
    CHECK(copies["x → device"].at("bytes_per_second").get<double>() > 0);
    CHECK(j.at("seconds_in_copies").get<double>() > 0);
    CHECK(j.at("seconds").get<double>() >= j.at("seconds_in_steps").get<double>() + j.at("seconds_in_copies").get<double>() - copies["w → device"].at("seconds").get<double>());
    int traced = 0;
    const Json trace = Json::parse(f.profile("trace"));
    for (const Json& e : trace.at("traceEvents")) traced += e.at("cat") == "copy";
    CHECK(traced == 10);
    CHECK(f.profile().find("x → device") != std::string::npos);
    REQUIRE(explained.at("copies").size() == 2);
    CHECK(explained.at("copies")[0].at("from") == "x");
    CHECK(explained.at("copies")[0].at("bytes").at("symbolic") == "400");
    CHECK(explained.at("copies")[1].at("to") == "the host");
  }
}

TEST_CASE("the device's own clock times each launch", "[devices][record]") {
  for (const std::string& name : present_devices()) {
    auto device = device_of(name);
    auto x = vector<f32>("x");
    Function f = function({x}, {shares(x)}, {.device = name});
    std::vector<float> in{1, 2, 3, 4}, out(4);
    BoundFunction call = f.bind({out}, {in});
    for (int i = 0; i < 3; ++i) call();
    device->recorded();
    device->record(true);
    auto before = device->counts();
    call(); // not replayed: a graph's launches have no times of their own
    call();
    device->record(false);
    auto after = device->counts();
    call();
    auto times = device->recorded();
    CHECK(after.replays == before.replays);
    CHECK(times.size() == after.launches - before.launches);
    REQUIRE(times.size() >= 4);
    for (std::size_t k = 0; k < times.size(); ++k) {
      CHECK(!times[k].entry.empty());
      CHECK(times[k].us > 0);
      if (k) CHECK(times[k].begin_us >= times[k - 1].begin_us);
    }
    CHECK(device->recorded().empty());
    expect_near(out, shares_of(in));
  }
}
