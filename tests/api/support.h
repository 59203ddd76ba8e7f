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

/// "name.cpp:LINE)" as it stands at the end of a message.
inline bool ends_with_line(const std::string& text, const char* file, unsigned line) {
  std::string end = "(" + to_string(Location(file, line)) + ")";
  return text.size() >= end.size() && text.ends_with(end);
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

/// The call throws E with a message that holds PART and ends with this line.
#define CHECK_FAILS(E, part, ...)                                                                                      \
  do {                                                                                                                 \
    std::string message_ = croton::test::message_of<E>([&] { (void)(__VA_ARGS__); });                                  \
    INFO("message: " << message_);                                                                                     \
    CHECK(croton::test::contains(message_, part));                                                                     \
    CHECK(croton::test::ends_with_line(message_, __FILE__, __LINE__));                                                 \
  } while (false)
