// Kernels with a launch, items or zeros of their own.
#include "tests/raw/support.h"

using namespace croton;
using namespace croton::test;

namespace {

// C has items, OpenCL and CUDA blocks of 32 whose threads add up in shared memory.
RawFunction block_sums() {
  std::string add = "for (i64 step = 16; step > 0; step /= 2) {\n  if (t < step) tile[t] += tile[t + step];\n";
  return raw_kernel("block_sums", "x: f32[n] -> s: f32[(n + 31) // 32]",
                    {.c = "f32 sum = 0;\nfor (i64 k = 32 * i; k < 32 * i + 32 && k < n; ++k) sum += x[k];\ns[i] = sum;",
                     .opencl = "__local f32* tile = (__local f32*)shared;\ni64 t = get_local_id(0), k = get_global_id(0);\ntile[t] = k < n ? x[k] : 0;\nbarrier(CLK_LOCAL_MEM_FENCE);\n" + add +
                               "  barrier(CLK_LOCAL_MEM_FENCE);\n}\nif (t == 0) s[get_group_id(0)] = tile[0];",
                     .cuda = "f32* tile = (f32*)shared;\ni64 t = threadIdx.x, k = (i64)blockIdx.x * blockDim.x + t;\ntile[t] = k < n ? x[k] : 0;\n__syncthreads();\n" + add +
                             "  __syncthreads();\n}\nif (t == 0) s[blockIdx.x] = tile[0];",
                     .launch = {.groups = "(n + 31) // 32", .threads = "32", .shared = "32 * 4"},
                     .reference = [](const std::vector<Array>& v) {
                       i64 n = v[0].size();
                       Array s(DType::f32, {(n + 31) / 32});
                       for (i64 k = 0; k < n; ++k) s.span<f32>()[static_cast<std::size_t>(k / 32)] += v[0].at<f32>({k});
                       return s;
                     }});
}

} // namespace

TEST_CASE("blocks of the user's own share memory", "[raw][devices]") {
  auto kernel = block_sums();
  auto x = vector<f32>("x");
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({x}, kernel(x), {.device = device});
    for (std::size_t n : {0, 1, 31, 32, 33, 1000}) {
      std::vector<f32> data(n);
      for (std::size_t k = 0; k < n; ++k) data[k] = static_cast<f32>(k % 13);
      std::vector<f32> want((n + 31) / 32);
      for (std::size_t k = 0; k < n; ++k) want[k / 32] += data[k];
      CHECK(values<f32>(f(data)) == want);
    }
  }
}

TEST_CASE("launches of two axes, and their own static memory", "[raw][devices]") {
  std::string body = "i64 row = BY * 4 + Y, column = BX * 8 + X;\nif (row < m && column < n) tile[Y][X] = x[row * n + column];\nMEET;\n"
                     "i64 to = BX * 8 + X;\nif (row < m && to < n) z[to * m + row] = tile[Y][X];";
  auto turned = raw_kernel("turned", "x: i32[m, n] -> z: i32[n, m]",
                           {.c = "z[i] = x[(i % m) * n + i / m];",
                            .opencl = {"__local i32 tile[4][8];\n" + body, "#define X get_local_id(0)\n#define Y get_local_id(1)\n#define BX get_group_id(0)\n#define BY get_group_id(1)\n#define MEET barrier(CLK_LOCAL_MEM_FENCE)"},
                            .cuda = {"__shared__ i32 tile[4][8];\n" + body, "#define X threadIdx.x\n#define Y threadIdx.y\n#define BX blockIdx.x\n#define BY blockIdx.y\n#define MEET __syncthreads()"},
                            .launch = {.groups = "(n + 7) // 8, (m + 3) // 4", .threads = "8, 4"},
                            .reference = [](const std::vector<Array>& v) {
                              i64 m = v[0].shape()[0], n = v[0].shape()[1];
                              Array z(DType::i32, {n, m});
                              for (i64 i = 0; i < m; ++i)
                                for (i64 k = 0; k < n; ++k) z.span<i32>()[static_cast<std::size_t>(k * m + i)] = v[0].at<i32>({i, k});
                              return z;
                            }});
  auto x = matrix<i32>("x");
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({x}, {turned(x), transpose(x)}, {.device = device});
    for (auto [m, n] : {std::pair<i64, i64>{1, 1}, {3, 5}, {4, 8}, {17, 9}, {40, 70}}) {
      std::vector<i32> data(static_cast<std::size_t>(m * n));
      for (std::size_t k = 0; k < data.size(); ++k) data[k] = static_cast<i32>(k);
      auto r = f(view(data.data(), {m, n}));
      CHECK(values<i32>(r[0]) == values<i32>(r[1]));
    }
  }
}

TEST_CASE("results that start at zero, and bodies that add to them", "[raw][devices]") {
  auto histogram = raw_kernel("histogram", "x: i32[n], edges: f32[bins] -> h: i32[bins]",
                              {.c = "for (i64 k = 0; k < n; ++k) h[x[k]] += 1;", .opencl = "i64 k = get_global_id(0);\nif (k < n) atomic_inc(&h[x[k]]);",
                               .cuda = "i64 k = (i64)blockIdx.x * blockDim.x + threadIdx.x;\nif (k < n) atomicAdd(&h[x[k]], 1);",
                               .items = "1",
                               .launch = {.groups = "(n + 15) // 16", .threads = "16"},
                               .zeroed = true,
                               .reference = [](const std::vector<Array>& v) {
                                 Array h(DType::i32, v[1].shape());
                                 for (i32 k : v[0].span<i32>()) ++h.span<i32>()[static_cast<std::size_t>(k)];
                                 return h;
                               }});
  auto x = vector<i32>("x");
  auto edges = vector<f32>("edges");
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({x, edges}, histogram(x, edges) * 1, {.device = device});
    std::vector<i32> data(1000);
    std::vector<i32> want(7);
    for (std::size_t k = 0; k < data.size(); ++k) ++want[static_cast<std::size_t>(data[k] = static_cast<i32>(k * k % 7))];
    for (int again = 0; again < 3; ++again) CHECK(values<i32>(f(data, std::vector<f32>(7))) == want);
    CHECK(values<i32>(f(std::vector<i32>{}, std::vector<f32>(3))) == std::vector<i32>{0, 0, 0});
  }
}

TEST_CASE("items that each write several elements", "[raw][devices]") {
  auto pairs = raw_kernel("pairs", "x: f32[n] -> z: f32[n, 2]", {.body = "z[2 * i] = x[i];\nz[2 * i + 1] = -x[i] + items;",
                                                                 .items = "n",
                                                                 .reference = [](const std::vector<Array>& v) {
                                                                   Array z(DType::f32, {v[0].size(), 2});
                                                                   for (i64 i = 0; i < v[0].size(); ++i) {
                                                                     z.span<f32>()[static_cast<std::size_t>(2 * i)] = v[0].at<f32>({i});
                                                                     z.span<f32>()[static_cast<std::size_t>(2 * i + 1)] = -v[0].at<f32>({i}) + static_cast<f32>(v[0].size());
                                                                   }
                                                                   return z;
                                                                 }});
  auto x = vector<f32>("x");
  for (const std::string& device : all_devices()) {
    INFO(device);
    auto f = function({x}, pairs(x), {.device = device});
    CHECK(values<f32>(f(std::vector<f32>{1, 5, 7})) == std::vector<f32>{1, 2, 5, -2, 7, -4});
  }
}

TEST_CASE("return ends an item, in every language", "[raw][devices]") {
  auto clipped = raw_kernel("clipped", "x: f32[n] -> z: f32[n]", {.body = "if (x[i] < 0) { z[i] = 0; return; }\nz[i] = x[i];",
                                                                 .reference = [](const std::vector<Array>& v) {
                                                                   Array z = v[0].copy();
                                                                   for (f32& e : z.span<f32>()) e = e < 0 ? 0 : e;
                                                                   return z;
                                                                 }});
  auto x = vector<f32>("x");
  auto data = some_values(5000);
  std::vector<f32> want = data;
  for (f32& e : want) e = e < 0 ? 0 : e;
  for (const std::string& device : all_devices()) {
    INFO(device);
    CHECK(values<f32>(function({x}, clipped(x), {.device = device})(data)) == want);
  }
}

TEST_CASE("launches that a device cannot make", "[raw][devices]") {
  auto x = vector<f32>("x");
  auto launched = [&](RawLaunch launch) {
    return raw_kernel("launched", "x: f32[n] -> z: f32[n]", {.opencl = "z[get_global_id(0)] = 0;", .cuda = "z[blockIdx.x] = 0;", .launch = std::move(launch)})(x);
  };
  for (const std::string& device : present_devices()) {
    INFO(device);
    auto f = function({x}, launched({.groups = "n", .threads = "1000000"}), {.device = device});
    CHECK(contains(message_of<DeviceError>([&] { f(std::vector<f32>{1}); }), "[launched] the launch has 1000000 threads in a group"));
    auto g = function({x}, launched({.groups = "n - 2"}), {.device = device});
    CHECK(contains(message_of<DeviceError>([&] { g(std::vector<f32>{1}); }), "[launched] the launch has -1 groups along axis 0, expected 0 to 2147483647 (launches.cpp:"));
    auto h = function({x}, launched({.groups = "1", .threads = "1", .shared = "1000000000"}), {.device = device});
    CHECK(contains(message_of<DeviceError>([&] { h(std::vector<f32>{1}); }), "the launch shares 1000000000 bytes"));
  }
}
