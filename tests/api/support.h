// Shorthand for tests of the public API.
#pragma once
#include "croton/croton.h"
#include "tests/support/catch.h"
#include <string>

namespace croton::test {

/// The message of the error that `f` throws; "" when it throws none. E is the type expected.
template <class E, class F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// "(name.cpp:LINE)" stands in a message, once.
inline bool names_line(const std::string& text, const char* file, unsigned line) {
  std::string place = "(" + to_string(Location(file, line)) + ")";
  std::size_t found = text.find(place);
  return found != std::string::npos && text.find(place, found + 1) == std::string::npos;
}

template <Element T> std::vector<T> values(const Array& array) {
  auto all = array.span<T>();
  return {all.begin(), all.end()};
}
/// The values of an expression of constants, or of given variables.
template <Element T> std::vector<T> values(const Expr& x, const std::vector<EvalInput>& inputs = {}) {
  return values<T>(eval(x, inputs));
}

inline std::string shape_of(const Expr& x) { return x.shape().to_string(); }

} // namespace croton::test

/// The call throws E with a message that holds PART and names this line.
#define CHECK_FAILS(E, part, ...)                                                                                      \
  do {                                                                                                                 \
    std::string message_ = croton::test::message_of<E>([&] { (void)(__VA_ARGS__); });                                  \
    INFO("message: " << message_);                                                                                     \
    CHECK(croton::test::contains(message_, part));                                                                     \
    CHECK(croton::test::names_line(message_, __FILE__, __LINE__));                                                 \
  } while (false)
