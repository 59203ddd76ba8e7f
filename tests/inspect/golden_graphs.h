// The five graphs of the golden dumps.
#pragma once
#include "croton/croton.h"
#include <vector>

namespace croton::test {

struct Golden {
  const char* name;
  Function function;
};

inline std::vector<Golden> golden_graphs() {
  std::vector<Golden> all;
  auto x = tensor<f32>("x", {dim("n"), 8});
  auto y = tensor<i32>("y", {dim("n")});
  auto w = shared(ones<f32>({8}), "w");
  auto v = vector<f64>("v");
  Expr loss = mean(cross_entropy(x * w, y));
  all.push_back({"chain", function({v}, exp(log(1 + v) * 2) + v / 4, {.name = "chain"})});
  all.push_back({"softmax", function({x}, softmax(x), {.name = "softmax"})});
  all.push_back({"training", function({x, y}, loss, {.updates = {{w, w - 0.5f * grad(loss, w)}}, .name = "training", .output_names = {"loss"}})});
  all.push_back({"views", function({x}, {x, sum(x(slice(1, none), slice(none, none, -1)), 0) + x.T()(0, 0)}, {.name = "views"})});
  all.push_back({"moments", function({v}, {var(v), max(v), argmax(v) + 1, logsumexp(v)}, {.name = "moments"})});
  return all;
}

} // namespace croton::test
