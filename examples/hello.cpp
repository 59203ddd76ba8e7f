// The first program: a function of two vectors, its derivative, and both compiled into one function.
#include <croton/croton.h>
#include <iostream>
using namespace croton;

int main() {
  auto x = vector<f32>("x");
  auto w = vector<f32>("w");
  auto loss = sum(square(x * w - 1));
  auto f = function({x, w}, {loss, grad(loss, w)});
  auto [value, slope] = f(std::vector{1.f, 2.f, 3.f}, std::vector{1.f, 1.f, 1.f}).unpack<2>();
  std::cout << value << "\n" << slope << "\n";
}
