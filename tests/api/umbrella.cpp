// The program of the introduction, as a user writes it.
#include <croton/croton.h>
#include <cstdio>
#include <iostream>
using namespace croton;

int main() {
  std::vector<float> pixels(32 * 64, 0.5f);
  std::vector<int> labels(32, 3);
  auto images = view(pixels.data(), {32, 64});

  auto x = matrix<f32>("x");
  auto y = vector<i32>("y");
  auto W = shared(zeros<f32>({64, 10}), "W");
  auto b = shared(zeros<f32>({10}), "b");
  auto logits = dot(x, W) + b;
  auto loss = mean(cross_entropy(logits, y));
  auto [dW, db] = grad(loss, W, b);
  auto step = function({x, y}, {loss}, {.updates = {{W, W - 0.5f * dW}, {b, b - 0.5f * db}}, .device = "cpu"});
  float first = step(images, labels).item<float>();
  float second = step(images, labels).item<float>();
  step.explain(std::cout);
  compare(step, {"cpu", "opencl", "cuda"}, {images, labels}).print();
  std::printf("loss %g, then %g\n", static_cast<double>(first), static_cast<double>(second));
  return second < first && first > 2.30f && first < 2.31f ? 0 : 1;
}
