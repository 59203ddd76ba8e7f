// w6 and w7: steps of stochastic gradient descent on softmax regression and on multi-layer perceptrons.
#include "bench/protocol.h"
#include <cmath>
#include <memory>

namespace bench {

using namespace croton;

namespace {

struct Net {
  std::vector<i64> widths;
  i64 batch, steps, rows;
  double rate;
  std::uint32_t seed;
  bool zero; ///< weights start at 0
};

struct Training {
  Array X, y;
  std::vector<Array> first;
  std::vector<Shared> W, b;
  std::vector<BoundFunction> step; ///< one for each batch
};

Case train(const Options& o, const Net& net) {
  auto t = std::make_shared<Training>();
  std::size_t layers = net.widths.size() - 1;
  t->X = uniform({net.rows, net.widths[0]}, net.seed, 0, 1);
  t->y = integers(net.rows, net.seed + 1, static_cast<int>(net.widths.back()));
  auto x = tensor<f32>("x", {dim("batch"), net.widths[0]});
  auto y = tensor<i32>("y", {dim("batch")});
  Expr h = x;
  for (std::size_t i = 0; i < layers; ++i) {
    i64 in = net.widths[i], out = net.widths[i + 1];
    double s = net.zero ? 0 : std::sqrt(6.0 / static_cast<double>(in + out));
    t->first.push_back(uniform({in, out}, net.seed + 2 + static_cast<std::uint32_t>(i), -s, s));
    t->W.push_back(shared(t->first.back(), "W" + std::to_string(i)));
    t->b.push_back(shared(zeros<f32>({out}), "b" + std::to_string(i)));
    h = dot(h, t->W[i]) + t->b[i];
    if (i + 1 < layers) h = relu(h);
  }
  Expr loss = mean(cross_entropy(h, y));
  std::vector<Expr> parameters;
  for (Shared& w : t->W) parameters.push_back(w);
  for (Shared& v : t->b) parameters.push_back(v);
  std::vector<Expr> slopes = grad(loss, parameters);
  std::vector<Update> updates;
  for (std::size_t i = 0; i < layers; ++i) {
    updates.push_back({t->W[i], t->W[i] - net.rate * slopes[i]});
    updates.push_back({t->b[i], t->b[i] - net.rate * slopes[layers + i]});
  }
  Function f = function({x, y}, {}, {.updates = updates, .device = o.device, .name = "step"});
  auto X = t->X.span<float>();
  auto Y = t->y.span<i32>();
  for (i64 s = 0; s < net.steps; ++s) {
    i64 from = net.batch < net.rows ? s * net.batch % std::max<i64>(1, net.rows - net.batch + 1) : 0;
    t->step.push_back(f.bind({}, {view(X.data() + from * net.widths[0], {net.batch, net.widths[0]}), view(Y.data() + from, {net.batch})}));
  }
  Case c;
  c.steps = static_cast<double>(net.steps);
  c.run = [t] {
    for (std::size_t i = 0; i < t->W.size(); ++i) {
      t->W[i].set(t->first[i]);
      t->b[i].set(Array::from(std::vector<float>(static_cast<std::size_t>(t->first[i].shape()[1]))));
    }
    for (BoundFunction& step : t->step) step();
  };
  c.check = [t](Checksum& sum) {
    for (Shared& w : t->W) sum.add(w.get());
    for (Shared& v : t->b) sum.add(v.get());
  };
  double B = static_cast<double>(net.batch), weights = 0;
  for (std::size_t i = 0; i < layers; ++i) weights += static_cast<double>(net.widths[i] * net.widths[i + 1]);
  double first = static_cast<double>(net.widths[0] * net.widths[1]), inputs = static_cast<double>(net.widths[0]);
  if (net.zero) {
    c.flops = 4 * B * first + 100 * B;
    c.bytes = B * inputs * (B * inputs > (1 << 18) ? 8 : 4);
  } else {
    c.flops = B * (6 * weights - 2 * first);
    c.bytes = 4 * (3 * weights + B * inputs);
  }
  return c;
}

} // namespace

Workloads learning_workloads() {
  return {{"w6", [](const Options& o) { return train(o, o.large() ? Net{{784, 10}, 256, 234, 60000, .1, 50, true} : Net{{64, 10}, 1797, 20, 1797, .1, 50, true}); }},
          {"w7", [](const Options& o) { return train(o, o.large() ? Net{{784, 512, 512, 10}, 128, 20, 2560, .1, 60, false} : Net{{64, 128, 10}, 32, 20, 640, .1, 60, false}); }}};
}

} // namespace bench
