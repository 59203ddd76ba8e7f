// Raw kernels compute the same on every device, with other nodes around them, and have derivatives.
#include "tests/raw/support.h"
#include <cstring>

using namespace croton;
using namespace croton::test;

TEST_CASE("a raw kernel has the bits of its reference body", "[raw][devices]") {
  auto kernel = saxpy();
  auto x = vector<f32>("x"), y = vector<f32>("y");
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({x, y}, kernel(2.5f, x, y), {.device = device});
    for (std::size_t n : {0, 1, 2, 15, 16, 17, 1000, 300007}) {
      auto a = some_values(n, 1), b = some_values(n, 2), got = values<f32>(f(a, b));
      std::vector<f32> want(n);
      for (std::size_t i = 0; i < n; ++i) {
        volatile f32 product = 2.5f * a[i];
        want[i] = product + b[i];
      }
      CHECK(got == want);
    }
  }
}

TEST_CASE("special values go through as they are", "[raw][devices]") {
  auto copy = raw_kernel("copied", "x: f64[n] -> z: f64[n]", {.body = "z[i] = x[i];", .reference = [](const std::vector<Array>& v) { return v[0].copy(); }});
  auto x = vector<f64>("x");
  std::vector<f64> special{0.0, -0.0, INFINITY, -INFINITY, NAN, 5e-324, 1e308};
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto got = values<f64>(function({x}, copy(x), {.device = device})(special));
    CHECK(std::memcmp(got.data(), special.data(), special.size() * sizeof(f64)) == 0);
  }
}

TEST_CASE("leading axes of any number, and strided inputs", "[raw][devices]") {
  auto sums = row_sums();
  auto v = vector<f32>("v");
  auto m = matrix<f32>("m");
  auto t = tensor<f32>("t", {dim("a"), dim("b"), dim("c")});
  auto data = some_values(5 * 7 * 3);
  std::vector<f32> first(data.begin(), data.begin() + 35), expected(7);
  for (std::size_t column = 0; column < 7; ++column)
    for (std::size_t row = 0; row < 5; ++row) expected[column] += first[row * 7 + column];
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({v, m, t}, {sums(v), sums(m), sums(t), sums(transpose(m))}, {.device = device});
    auto r = f(first, view(first.data(), {5, 7}), view(data.data(), {5, 7, 3}));
    CHECK(r[0].rank() == 0);
    CHECK(r[1].shape() == std::vector<i64>{5});
    CHECK(r[2].shape() == std::vector<i64>{5, 7});
    CHECK(values<f32>(r[3]) == expected);
    auto columns = function({m}, sums(m), {.device = device});
    CHECK(values<f32>(columns(view(first.data(), {7, 5}, {1, 7}))) == expected); // the rows of a transposed view
  }
}

TEST_CASE("dtypes have the same names in every language", "[raw][devices]") {
  auto mixed = raw_kernel("mixed", "p: bool[n], a: u8[n], b: i16[n], c: i64, d: f64[n] -> z: i64[n]",
                          {.body = "u64 wide = (u64)a[i]; i32 sum = (i32)b[i]; f32 scale = 0.5f; u16 small = 3; u32 more = 4; i8 less = -1;\n"
                                   "z[i] = p[i] ? (i64)wide + sum + c : (i64)(d[i] * scale) + small + more + less;",
                           .reference = [](const std::vector<Array>& v) {
                             Array z(DType::i64, v[0].shape());
                             for (i64 i = 0; i < z.size(); ++i)
                               z.span<i64>()[static_cast<std::size_t>(i)] = v[0].at<i64>({i}) ? v[1].at<i64>({i}) + v[2].at<i64>({i}) + v[3].item<i64>() : static_cast<i64>(v[4].at<f64>({i}) * 0.5) + 6;
                             return z;
                           }});
  auto flag = raw_kernel("flag", "x: f32[n] -> p: bool[n]", {.body = "p[i] = x[i] > 0;", .reference = [](const std::vector<Array>& v) {
                                                               Array p(DType::bool_, v[0].shape());
                                                               for (i64 i = 0; i < p.size(); ++i) p.span<bool>()[static_cast<std::size_t>(i)] = v[0].at<f32>({i}) > 0;
                                                               return p;
                                                             }});
  auto x = vector<f32>("x");
  auto a = vector<u8>("a");
  auto b = vector<i16>("b");
  auto d = vector<f64>("d");
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({x, a, b, d}, {mixed(flag(x), a, b, 1000, d), where(flag(x), x, 0)}, {.device = device});
    auto r = f(std::vector<f32>{1, -1, 2, -2}, std::vector<u8>{255, 1, 2, 3}, std::vector<i16>{-300, 0, 7, 8}, std::vector<f64>{0, 8, 0, -9});
    CHECK(values<i64>(r[0]) == std::vector<i64>{955, 10, 1009, 2});
    CHECK(values<f32>(r[1]) == std::vector<f32>{1, 0, 2, 0});
  }
}

TEST_CASE("what stands around a raw kernel is fused as ever", "[raw][devices]") {
  auto kernel = saxpy();
  auto x = matrix<f32>("x");
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto inner = kernel(2.f, exp(x) - 1, x), again = kernel(3.f, inner, inner);
    auto f = function({x}, {sum(again * again, 1), inner}, {.device = device});
    auto data = some_values(12);
    auto r = f(view(data.data(), {3, 4}));
    for (std::size_t i = 0; i < 3; ++i) {
      f64 total = 0;
      for (std::size_t k = 0; k < 4; ++k) {
        f64 z = 2 * (std::exp(static_cast<f64>(data[i * 4 + k])) - 1) + static_cast<f64>(data[i * 4 + k]);
        CHECK(std::fabs(static_cast<f64>(values<f32>(r[1])[i * 4 + k]) - z) <= 1e-5 * (1 + std::fabs(z)));
        total += 16 * z * z;
      }
      CHECK(std::fabs(static_cast<f64>(values<f32>(r[0])[i]) - total) <= 1e-5 * total);
    }
  }
}

TEST_CASE("kernels of one name, and one preamble for two", "[raw][devices]") {
  std::string c = "static inline f32 twice(f32 x) { return 2 * x; }", cuda = "__device__ inline f32 twice(f32 x) { return 2 * x; }";
  auto make = [&](const std::string& body) {
    return raw_kernel("scaled", "x: f32[n] -> z: f32[n]", {.c = {body, c}, .opencl = {body, c}, .cuda = {body, cuda}, .reference = [](const std::vector<Array>& v) { return v[0].copy(); }});
  };
  auto first = make("z[i] = twice(x[i]);"), second = make("z[i] = twice(twice(x[i]));"), third = make("z[i] = twice(x[i]);");
  auto x = vector<f32>("x"), y = vector<f32>("y");
  std::vector<std::string> devices{"cpu"};
  for (const std::string& device : present_devices()) devices.push_back(device);
  for (const std::string& device : devices) {
    INFO(device);
    auto f = function({x, y}, {first(x), second(x), third(y), first(y)}, {.device = device});
    auto r = f(std::vector<f32>{1, 2}, std::vector<f32>{3});
    CHECK(values<f32>(r[0]) == std::vector<f32>{2, 4});
    CHECK(values<f32>(r[1]) == std::vector<f32>{4, 8});
    CHECK(values<f32>(r[2]) == std::vector<f32>{6});
    CHECK(values<f32>(r[3]) == std::vector<f32>{6});
  }
}

TEST_CASE("a derivative of the user's own", "[raw][devices]") {
  auto cube = raw_kernel("cube", "x: f64[n] -> z: f64[n]",
                         {.body = "z[i] = x[i] * x[i] * x[i];",
                          .reference = [](const std::vector<Array>& v) {
                            Array z(DType::f64, v[0].shape());
                            for (std::size_t i = 0; i < z.span<f64>().size(); ++i) z.span<f64>()[i] = std::pow(v[0].span<f64>()[i], 3);
                            return z;
                          },
                          .gradient = [](const std::vector<Expr>& v, const Expr& z, const Expr& g) { return std::vector<Expr>{3 * g * z / v[0]}; }});
  auto x = vector<f64>("x");
  auto cost = sum(exp(-cube(x)));
  const std::vector<f64> at{0.5, -0.3, 1.2};
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({x}, {cost, grad(cost, x), grad(sum(grad(cost, x)), x)}, {.device = device});
    auto r = f(at);
    constexpr f64 step = 1e-5;
    for (std::size_t k = 0; k < at.size(); ++k) {
      auto up = at, down = at;
      up[k] += step, down[k] -= step;
      auto more = f(up), less = f(down);
      CHECK(std::fabs((more[0].item<f64>() - less[0].item<f64>()) / (2 * step) - values<f64>(r[1])[k]) < 1e-7);
      CHECK(std::fabs((values<f64>(more[1])[k] - values<f64>(less[1])[k]) / (2 * step) - values<f64>(r[2])[k]) < 1e-6);
    }
  }
}

TEST_CASE("a training loop through a raw kernel keeps its state on the device", "[raw][devices]") {
  auto sums = row_sums();
  auto x = matrix<f32>("x");
  auto y = vector<f32>("y");
  auto train = [&](const std::string& device) {
    Shared w = shared(std::vector<f32>{0, 0, 0}, "w");
    auto loss = mean(square(sums(x * w.expr()) - y));
    auto step = function({x, y}, loss, {.updates = {{w, w - 0.1f * grad(loss, w)}}, .device = device});
    auto data = some_values(30);
    std::vector<f32> target(10);
    for (std::size_t i = 0; i < 10; ++i) target[i] = data[3 * i] - 2 * data[3 * i + 1] + 0.5f * data[3 * i + 2];
    step(view(data.data(), {10, 3}), target);
    bool own_memory = device != "cpu" && device != "host" && device != "reference";
    auto before = own_memory ? device_of(device)->counts() : runtime::DeviceCounts{};
    f32 last = 0;
    for (int k = 0; k < 80; ++k) last = step(view(data.data(), {10, 3}), target).item<f32>();
    if (own_memory) {
      auto after = device_of(device)->counts();
      bool in_place = device_of(device)->facts().unified_memory;
      CHECK(after.copies_in - before.copies_in == (in_place ? 0 : 160));
      CHECK(after.copies_out - before.copies_out == (in_place ? 0 : 80));
    }
    CHECK(last < 1e-4f);
    return values<f32>(w.get());
  };
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto w = train(device);
    CHECK(std::fabs(w[0] - 1) < 0.05f);
    CHECK(std::fabs(w[1] + 2) < 0.05f);
    CHECK(std::fabs(w[2] - 0.5f) < 0.05f);
  }
}

TEST_CASE("devices are compared, and a wrong body is found", "[raw][devices]") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto a = some_values(100), b = some_values(100, 2);
  auto f = function({x, y}, exp(saxpy()(2.f, x, y)));
  CHECK(compare(f, all_devices(), {a, b}).agree());
  auto wrong = raw_kernel("wrong", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i] + 1;", .reference = [](const std::vector<Array>& v) { return v[0].copy(); }});
  auto g = function({x}, wrong(x) * 2);
  Comparison found = compare(g, all_devices(), {a});
  CHECK(!found.agree());
  REQUIRE(found.first.has_value());
  CHECK(found.first->what.starts_with("raw"));
}
