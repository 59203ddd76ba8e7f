// Kernels of the program's own, from one line to blocks that share memory. docs/raw-kernels.md explains them in order.
#include <cmath>
#include <croton/croton.h>
#include <iostream>

using namespace croton;

// ---- one expression -----------------------------------------------------------------------------------------------

void expressions() {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto saxpy = elementwise_kernel("a * x + y");
  auto dot = reduction_kernel("x * y", "a + b", 0);
  auto farthest = reduction_kernel("abs(x - y)", "maximum(a, b)", -INFINITY);
  auto f = function({x, y}, {saxpy(2.f, x, y), dot(x, y), grad(dot(x, y), x), farthest(x, y)});
  for (const Array& value : f(std::vector{1.f, 2.f, 3.f}, std::vector{4.f, 5.f, 7.f})) std::cout << value << "\n";
}

// ---- statements for every device ----------------------------------------------------------------------------------

void statements() {
  auto saxpy = raw_kernel("saxpy", "a: f32, x: f32[n], y: f32[n] -> z: f32[n]", {.body = "z[i] = a * x[i] + y[i];"});

  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto f = function({x, y}, sum(exp(saxpy(2.f, x, y))));
  std::cout << f(std::vector{0.f, 0.5f}, std::vector{0.f, -1.f}) << "\n";
}

// ---- a reference and a derivative ---------------------------------------------------------------------------------

RawFunction make_softsign() {
  return raw_kernel("softsign", "x: f32[...] -> z: f32[...]",
                    {.body = "z[i] = x[i] / (1 + fabs(x[i]));",
                     .reference =
                         [](const std::vector<Array>& operands) {
                           Array z = operands[0].copy();
                           for (f32& v : z.span<f32>()) v /= 1 + std::abs(v);
                           return z;
                         },
                     .gradient =
                         [](const std::vector<Expr>& operands, const Expr&, const Expr& cotangent) -> std::vector<Expr> {
                       return {cotangent / square(1 + abs(operands[0]))};
                     }});
}

bool derivative() {
  auto softsign = make_softsign();
  auto x = vector<f32>("x");
  auto f = function({x}, {softsign(x), grad(sum(softsign(x)), x)});
  for (const Array& value : f(std::vector{-3.f, 0.f, 1.f})) std::cout << value << "\n";
  return compare(f, {f.device(), "reference"}, {std::vector{-3.f, 0.f, 1.f}}).agree();
}

// ---- rows, and a launch of its own --------------------------------------------------------------------------------

RawFunction make_block_sums() {
  std::string halves = R"(
    for (i64 step = 32; step > 0; step /= 2) {
      if (t < step) tile[t] += tile[t + step];
      MEET;
    })";
  std::string opencl = R"(
    __local f32* tile = (__local f32*)shared;
    i64 t = get_local_id(0), k = get_global_id(0);
    tile[t] = k < n ? x[k] : 0;
    MEET;)" + halves + R"(
    if (t == 0) sums[get_group_id(0)] = tile[0];)";
  std::string cuda = R"(
    f32* tile = (f32*)shared;
    i64 t = threadIdx.x, k = (i64)blockIdx.x * blockDim.x + t;
    tile[t] = k < n ? x[k] : 0;
    MEET;)" + halves + R"(
    if (t == 0) sums[blockIdx.x] = tile[0];)";
  return raw_kernel("block_sums", "x: f32[n] -> sums: f32[(n + 63) // 64]",
                    {.c = "f32 sum = 0; for (i64 k = 64 * i; k < n && k < 64 * (i + 1); ++k) sum += x[k]; sums[i] = sum;",
                     .opencl = {opencl, "#define MEET barrier(CLK_LOCAL_MEM_FENCE)"},
                     .cuda = {cuda, "#define MEET __syncthreads()"},
                     .launch = {.groups = "(n + 63) // 64", .threads = "64", .shared = "64 * 4"}});
}

void block_sums() {
  auto x = vector<f32>("x");
  auto f = function({x}, make_block_sums()(x));
  std::cout << f(std::vector<f32>(150, 1.f)) << "\n";
}

int main() {
  expressions();
  statements();
  bool good = derivative();
  block_sums();
  return good ? 0 : 1;
}
