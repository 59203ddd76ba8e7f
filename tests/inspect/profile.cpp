// Profiles: every step of every call is counted, bytes and operations are those of the sizes, reports in three formats.
#include "croton/croton.h"
#include "src/inspect/roofline.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace croton;
using Json = nlohmann::json;

TEST_CASE("a profile counts steps, bytes and operations") {
  auto x = tensor<f32>("x", {dim("n")});
  for (std::string device : {"cpu", "host"}) {
    INFO(device);
    Function f = function({x}, x * 2 + 1, {.device = device, .profile = true});
    std::vector<f32> small(100), large(300);
    for (int i = 0; i < 3; ++i) f(small);
    f(large);
    Json j = Json::parse(f.profile("json"));
    CHECK(j.at("calls") == 4);
    REQUIRE(j.at("steps").size() == 1);
    const Json& step = j.at("steps")[0];
    CHECK(step.at("kind") == "kernel");
    CHECK(step.at("count") == 4);
    CHECK(step.at("bytes") == 3 * 800 + 2400);
    CHECK(step.at("operations") == 2 * 600);
    CHECK(step.at("seconds").get<double>() > 0);
    CHECK(j.at("seconds").get<double>() >= j.at("seconds_in_steps").get<double>());
    CHECK(j.at("lines")[0].at("name").get<std::string>().starts_with("profile.cpp:"));
    double lines = 0, ops = 0;
    for (const Json& l : j.at("lines")) lines += l.at("share").get<double>();
    for (const Json& o : j.at("ops")) ops += o.at("share").get<double>();
    CHECK(std::abs(lines - 1) < 1e-6);
    CHECK(std::abs(ops - 1) < 1e-6);
    Json trace = Json::parse(f.profile("trace"));
    REQUIRE(trace.at("traceEvents").size() == 4);
    CHECK(trace.at("traceEvents")[0].at("ph") == "X");
    CHECK(f.profile().find("µs each") != std::string::npos);
  }
}

TEST_CASE("bound calls, other devices and failing calls are profiled too") {
  auto x = tensor<f32>("x", {dim("n")});
  auto at = tensor<i64>("at", {dim("k")});
  Function f = function({x, at}, take(x, at) + 1, {.profile = true});
  std::vector<f32> data(10), out(2);
  std::vector<i64> good{1, 2}, bad{1, 20};
  BoundFunction step = f.bind({out}, {data, good});
  for (int i = 0; i < 5; ++i) step();
  CHECK_THROWS_AS(f(data, bad), IndexError);
  CHECK(Json::parse(f.profile("json")).at("calls") == 6);
  CHECK(Json::parse(f.on("host").profile("json")).at("calls") == 0);
}

TEST_CASE("a roofline is linear between what was measured and constant beyond") {
  inspect::Roofline r{{{1024, 100.0}, {4096, 50.0}}, 1000.0, 1};
  CHECK(r.bandwidth(10) == 100);
  CHECK(r.bandwidth(2048) == 75);
  CHECK(r.bandwidth(1e9) == 50);
  CHECK(r.seconds(1e6, 1) == 1e6 / 50);
  CHECK(r.seconds(1, 1e6) == 1000);
}
