// A user's first program, built against an installed Croton.
#if __has_include(<croton/croton.h>)
#include <croton/croton.h>
#else
#include <croton/dtype.h>
#include <croton/error.h>
#endif
#include <iostream>

int main() {
  try {
    throw croton::ValueError("hello from " + std::string(croton::name(croton::DType::f32)));
  } catch (const croton::Error& error) {
    std::cout << error.what() << '\n';
  }
}
