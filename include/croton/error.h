// Typed errors. Every error a user can cause is one of these; the message is one sentence
// `[op] what is wrong: found …, expected …. What to do.` that quotes the user's own file and line.
#pragma once
#include <source_location>
#include <stdexcept>
#include <string>

namespace croton {

/// A place in the user's program; `file` has static storage duration.
struct Location {
  const char* file = nullptr;
  unsigned line = 0;

  constexpr Location() = default;
  constexpr Location(const std::source_location& here) : file(here.file_name()), line(here.line()) {}
  constexpr Location(const char* file_name, unsigned line_number) : file(file_name), line(line_number) {}
  explicit operator bool() const { return file != nullptr; }
};

/// "train.cpp:12" (the file's last path component), or "" for an unknown place.
std::string to_string(Location where);

class Error : public std::runtime_error {
public:
  explicit Error(const std::string& message, Location where = {}) : std::runtime_error(message), where_(where) {}
  /// The user's line at fault, when known; the message already quotes it.
  Location where() const { return where_; }

private:
  Location where_;
};

struct DTypeError : Error { using Error::Error; };       ///< an element type that does not fit
struct ShapeError : Error { using Error::Error; };       ///< ranks or dims that do not agree
struct ValueError : Error { using Error::Error; };       ///< any other bad argument
struct IndexError : Error { using Error::Error; };       ///< an index out of range
struct GradientError : Error { using Error::Error; };    ///< a derivative that does not exist
struct IoError : Error { using Error::Error; };          ///< a file, its format or its contents
struct UnsupportedError : Error { using Error::Error; }; ///< valid, but not built yet or not on this device
struct DeviceError : Error { using Error::Error; };      ///< a device, driver, compiler or library failed
struct InternalError : Error { using Error::Error; };    ///< Croton's own bug: please report it

} // namespace croton
