// A user's first program, built against an installed Croton.
#include <croton/croton.h>
#include <iostream>
#include <vector>
using namespace croton;

int main(int argc, char** argv) {
  auto x = vector<f32>("x");
  auto f = function({x}, x * 2 + 1);
  std::cout << f(std::vector{1.f, 2.f, 3.f}) << '\n';
  try {
    f(std::vector{1, 2, 3});
  } catch (const DTypeError& error) {
    std::cout << error.what() << '\n';
  }
  if (argc > 1) f.capture(argv[1], std::vector{1.f, 2.f, 3.f});
}
