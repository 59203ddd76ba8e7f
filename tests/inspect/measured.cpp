// Profiles against the clock outside: their rows add up to the training step of examples/digits.cpp, and the softmax kernel's
// share of the roofline is what a separate timing gives. A busy machine disturbs a measurement, so each has several
// attempts; what they compare was measured side by side in the same attempt.
#include "croton/croton.h"
#include "src/inspect/roofline.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace croton;
using Json = nlohmann::json;

namespace {

constexpr int attempts = 12;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

Json report(const Function& f) { return Json::parse(f.profile("json")); }

/// The digits' network with one hidden layer, and its step.
struct Network {
  Expr x = tensor<f32>("x", {dim("rows"), 64}), y = tensor<i32>("y", {dim("rows")});
  Shared W1 = shared(full<f32>({64, 128}, 0.01f), "W1"), b1 = shared(zeros<f32>({128}), "b1"), W2 = shared(full<f32>({128, 10}, 0.02f), "W2"), b2 = shared(zeros<f32>({10}), "b2");
  Function step() const {
    Expr loss = mean(cross_entropy(dot(relu(dot(x, W1) + b1), W2) + b2, y));
    std::vector<Shared> parameters{W1, b1, W2, b2};
    std::vector<Expr> slopes = grad(loss, {parameters.begin(), parameters.end()});
    std::vector<Update> updates;
    for (std::size_t i = 0; i < slopes.size(); ++i) updates.push_back({parameters[i], parameters[i] - 0.2f * slopes[i]});
    return function({x, y}, loss, {.updates = updates, .name = "step", .profile = true});
  }
};

struct Shares {
  double kernels, rows; ///< of the time that the caller measured
};

Shares shares_of_step(i64 rows, int calls, bool bound) {
  Function step = Network().step();
  std::vector<f32> images(static_cast<std::size_t>(rows) * 64, 0.5f), loss(1);
  std::vector<i32> labels(static_cast<std::size_t>(rows), 3);
  BoundFunction repeated = step.bind({view(loss.data(), std::vector<i64>{})}, {view(images.data(), {rows, 64}), labels});
  auto call = [&] {
    if (bound) repeated();
    else step(view(images.data(), {rows, 64}), labels);
  };
  for (int i = 0; i < 20; ++i) call();
  Json before = report(step);
  double measured = 0;
  for (int i = 0; i < calls; ++i) {
    double start = now();
    call();
    measured += now() - start;
  }
  Json after = report(step);
  auto grown = [&](const char* field) { return after.at(field).get<double>() - before.at(field).get<double>(); };
  return {grown("seconds_in_steps") / measured, grown("seconds") / measured};
}

} // namespace

TEST_CASE("the profile's kernels add up to the digits' training step", "[timing]") {
  Shares called{0, 0}, bound{0, 0}, whole{0, 0};
  for (int k = 0; k < attempts && (called.rows < 0.9 || bound.rows < 0.9 || bound.kernels < 0.9 || whole.kernels < 0.9); ++k) {
    Shares c = shares_of_step(16, 2000, false), b = shares_of_step(16, 2000, true), w = shares_of_step(1437, 50, false);
    UNSCOPED_INFO("16 rows: all rows " << c.rows << ", kernels " << c.kernels << "; bound: all rows " << b.rows << ", kernels " << b.kernels << "; 1437 rows: kernels " << w.kernels);
    for (const Shares& s : {c, b, w}) CHECK(std::max(s.kernels, s.rows) < 1.0001);
    called.rows = std::max(called.rows, c.rows), bound.rows = std::max(bound.rows, b.rows), bound.kernels = std::max(bound.kernels, b.kernels), whole.kernels = std::max(whole.kernels, w.kernels);
  }
  CHECK(called.rows >= 0.9); // a call of so few rows is checks and memory as well, which have a row of their own
  CHECK(bound.rows >= 0.9);
  CHECK(bound.kernels >= 0.9); // as the example calls it
  CHECK(whole.kernels >= 0.9);
}

TEST_CASE("the steps add up to the call") {
  auto x = tensor<f32>("x", {dim("n"), 256});
  Function f = function({x}, softmax(x), {.profile = true});
  std::vector<f32> data(256 * 2000), out(data.size());
  double best = 0, before = 0;
  for (int attempt = 0; attempt < 20 && best <= 0.8; ++attempt) { // a busy machine may stop a call between its steps
    auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 5; ++i) f(view(data.data(), {2000, 256}), into(view(out.data(), {2000, 256})));
    double measured = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    Json j = Json::parse(f.profile("json"));
    double inside = j.at("seconds_in_steps").get<double>() - before;
    before += inside;
    CHECK(inside <= measured);
    best = std::max(best, inside / measured);
    double shares = j.at("call").at("share");
    for (const Json& s : j.at("steps")) shares += s.at("share").get<double>();
    CHECK(std::abs(shares - 1) < 1e-6);
  }
  CHECK(best > 0.8);
}

TEST_CASE("the roofline share of a softmax kernel is what a timing outside gives", "[timing]") {
  auto roofline = inspect::kept_roofline();
  if (!roofline) roofline = inspect::measure_roofline();
  NEEDS(inspect::kept_roofline(), "a cache folder: profiles have no shares without");
  const i64 rows = 4096, columns = 4096;
  auto x = tensor<f32>("x", {dim("rows"), dim("columns")});
  Function plain = function({x}, softmax(x)), profiled = function({x}, softmax(x), {.profile = true});
  std::vector<f32> in(static_cast<std::size_t>(rows * columns), 0.25f), out(in.size());
  BoundFunction outside = plain.bind({view(out.data(), {rows, columns})}, {view(in.data(), {rows, columns})});
  BoundFunction inside = profiled.bind({view(out.data(), {rows, columns})}, {view(in.data(), {rows, columns})});
  outside(), inside();
  const double bytes = 2.0 * 4 * static_cast<double>(rows * columns); // each element is read once and written once
  double nearest = 1e9;
  for (int k = 0; k < attempts && nearest > 0.1; ++k) {
    Json before = report(profiled).at("steps").at(0);
    double measured = 0;
    constexpr int calls = 5;
    for (int i = 0; i < calls; ++i) {
      double start = now();
      outside();
      measured += now() - start;
      inside();
    }
    Json after = report(profiled).at("steps").at(0);
    CHECK(after.at("bytes").get<double>() - before.at("bytes").get<double>() == bytes * calls);
    // bound / seconds of the calls of this attempt
    auto bound = [](const Json& row) { return row.at("roofline").get<double>() * row.at("seconds").get<double>(); };
    double share = (bound(after) - bound(before)) / (after.at("seconds").get<double>() - before.at("seconds").get<double>());
    double expected = bytes * calls / measured / roofline->bandwidth(bytes);
    UNSCOPED_INFO("profile " << share << ", outside " << expected << ", " << bytes * calls / measured * 1e-9 << " GB/s");
    nearest = std::min(nearest, std::abs(share / expected - 1));
  }
  CHECK(nearest <= 0.1);
}
