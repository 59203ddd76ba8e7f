// w1 Black–Scholes, w2 a chain of transcendental functions, w8 and w9 matrix products, w12 the cost of a call, w17 a running sum.
#include "bench/protocol.h"
#include <cmath>
#include <memory>

namespace bench {

using namespace croton;

namespace {

/// A function bound to inputs and outputs that live as long as the case.
Case bound(const Function& f, std::vector<Array> inputs, std::vector<Array> outputs, double bytes, double flops) {
  std::vector<TensorArg> in(inputs.begin(), inputs.end());
  std::vector<OutArg> out;
  for (Array& o : outputs) out.emplace_back(o);
  auto call = std::make_shared<BoundFunction>(f.bind(out, in));
  auto keep = std::make_shared<std::pair<std::vector<Array>, std::vector<Array>>>(std::move(inputs), std::move(outputs));
  return {[call, keep] { (*call)(); },
          [keep](Checksum& c) { for (const Array& o : keep->second) c.add(o); }, 1, bytes, flops};
}

Case black_scholes(const Options& o) {
  i64 n = o.large() ? 10'000'000 : 10'000;
  auto S = vector<f32>("S"), K = vector<f32>("K"), T = vector<f32>("T");
  const double r = 0.02, v = 0.30;
  auto Phi = [](Expr x) { return 0.5 * (1 + erf(x * std::sqrt(0.5))); };
  Expr d1 = (log(S / K) + (r + v * v / 2) * T) / (v * sqrt(T)), d2 = d1 - v * sqrt(T);
  Expr discounted = K * exp(-r * T);
  Expr call = S * Phi(d1) - discounted * Phi(d2), put = call - S + discounted;
  Function f = function({S, K, T}, {call, put}, {.device = o.device, .name = "black_scholes"});
  return bound(f, {uniform({n}, 1, 10, 100), uniform({n}, 2, 10, 100), uniform({n}, 3, .1, 2)}, {output({n}), output({n})}, 20. * n, 40. * n);
}

Case chain(const Options& o) {
  i64 n = o.large() ? 1 << 24 : 10'000;
  auto a = vector<f32>("a"), b = vector<f32>("b"), c = vector<f32>("c"), d = vector<f32>("d");
  Function f = function({a, b, c, d}, {tanh(a * b + c) * sigmoid(d) - exp(-a * a)}, {.device = o.device, .name = "chain"});
  return bound(f, {uniform({n}, 10, -1, 1), uniform({n}, 11, -1, 1), uniform({n}, 12, -1, 1), uniform({n}, 13, -1, 1)}, {output({n})}, 20. * n, 8. * n);
}

Case product(const Options& o) {
  i64 n = o.large() ? 2048 : 1024;
  auto A = matrix<f32>("A"), B = matrix<f32>("B");
  Function f = function({A, B}, {dot(A, B)}, {.device = o.device, .name = "product"});
  double m = static_cast<double>(n);
  return bound(f, {uniform({n, n}, 70, -1, 1), uniform({n, n}, 71, -1, 1)}, {output({n, n})}, 12 * m * m, 2 * m * m * m);
}

Case product_bias_gelu(const Options& o) {
  i64 m = o.large() ? 1024 : 128, k = o.large() ? 1024 : 784, n = o.large() ? 4096 : 512;
  auto A = matrix<f32>("A"), B = matrix<f32>("B");
  auto b = vector<f32>("b");
  Function f = function({A, B, b}, {gelu(dot(A, B) + b, Gelu::tanh)}, {.device = o.device, .name = "layer"});
  double M = static_cast<double>(m), K = static_cast<double>(k), N = static_cast<double>(n);
  return bound(f, {uniform({m, k}, 80, -1, 1), uniform({k, n}, 81, -.05, .05), uniform({n}, 82, -1, 1)}, {output({m, n})},
               4 * (M * K + K * N + N + M * N), 2 * M * N * K + 10 * M * N);
}

Case call_cost(const Options& o) {
  auto a = vector<f32>("a"), b = vector<f32>("b"), c = vector<f32>("c");
  Function f = function({a, b, c}, {a + b * c}, {.device = o.device, .name = "call"});
  return bound(f, {uniform({8}, 110, -1, 1), uniform({8}, 111, -1, 1), uniform({8}, 112, -1, 1)}, {output({8})}, 128, 16);
}

Case running_sum(const Options& o) {
  i64 n = o.large() ? 1 << 24 : 10'000;
  auto x = vector<f32>("x");
  Function f = function({x}, {cumsum(x)}, {.device = o.device, .name = "running_sum"});
  return bound(f, {uniform({n}, 170, -1, 1)}, {output({n})}, 8. * n, 1. * n);
}

Case softmax_rows(const Options& o) {
  i64 R = o.large() ? 4096 : 128, C = o.large() ? 4096 : 1000;
  auto x = matrix<f32>("x");
  Function f = function({x}, {softmax(x)}, {.device = o.device, .name = "softmax"});
  double n = static_cast<double>(R) * static_cast<double>(C);
  return bound(f, {uniform({R, C}, 20, -4, 4)}, {output({R, C})}, 8 * n, 5 * n);
}

Case layer_norm_rows(const Options& o) {
  i64 R = o.large() ? 4096 : 128, C = o.large() ? 1024 : 768;
  auto x = matrix<f32>("x");
  auto g = vector<f32>("g"), b = vector<f32>("b");
  Function f = function({x, g, b}, {layer_norm(x, g, b)}, {.device = o.device, .name = "layer_norm"});
  double n = static_cast<double>(R) * static_cast<double>(C);
  return bound(f, {uniform({R, C}, 30, -2, 2), uniform({C}, 31, .5, 1.5), uniform({C}, 32, -.5, .5)}, {output({R, C})}, 8 * n + 8. * C, 8 * n);
}

Make reduction(const std::string& op, const std::string& axes) {
  return [=](const Options& o) {
    i64 R = o.large() ? 8192 : 256, C = o.large() ? 4096 : 256;
    auto x = matrix<f32>("x");
    Axes over = axes == "all" ? Axes{0, 1} : axes == "rows" ? Axes{1} : Axes{0};
    Expr y = op == "sum" ? sum(x, over) : op == "mean" ? mean(x, over) : op == "var" ? var(x, over) : logsumexp(x, over);
    std::vector<i64> shape;
    if (axes != "all") shape = {axes == "rows" ? R : C};
    Function f = function({x}, {y}, {.device = o.device, .name = op + "_" + axes});
    double n = static_cast<double>(R) * static_cast<double>(C);
    return bound(f, {uniform({R, C}, 40, -1, 1)}, {output(shape)}, 4 * n, n);
  };
}

} // namespace

Workloads elementwise_workloads() {
  return {{"w1", black_scholes}, {"w2", chain}, {"w3", softmax_rows}, {"w4", layer_norm_rows}};
}

Workloads reduction_workloads() {
  Workloads all;
  for (const char* op : {"sum", "mean", "var", "lse"})
    for (const char* axes : {"all", "rows", "cols"}) all.emplace_back(std::string("w5.") + op + "." + axes, reduction(op, axes));
  return all;
}

Workloads product_workloads() { return {{"w8", product}, {"w9", product_bias_gelu}, {"w12", call_cost}, {"w17", running_sum}}; }

} // namespace bench
