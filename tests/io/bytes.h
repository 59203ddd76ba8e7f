// What the tests of file formats share: bytes by hand, a folder that cleans up, errors as text.
#pragma once
#include "croton/error.h"
#include "src/io/npy.h"
#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace croton::io::testing {

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

template <class T> std::vector<std::byte> raw(std::initializer_list<T> values) {
  std::vector<T> copy(values);
  auto bytes = std::as_bytes(std::span(copy));
  return {bytes.begin(), bytes.end()};
}

/// A format 1.0 file around a header's dict, as NumPy frames it.
inline std::string npy_file(std::string dict, std::string_view data) {
  dict += '\n';
  return std::string("\x93NUMPY\x01", 7) + '\0' + char(dict.size() & 255) + char(dict.size() >> 8) + dict +
         std::string(data);
}

class TemporaryFolder {
public:
  TemporaryFolder() {
    static std::atomic<int> counter = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("croton-io-" + std::to_string(getpid()) + "-" + std::to_string(counter++));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::size_t count() const {
    return std::size_t(
        std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
  }

private:
  std::filesystem::path path_;
};

inline void put(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary).write(text.data(), std::streamsize(text.size()));
}

inline std::string get(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The message of the IoError that `action` throws; "" when it throws none. Anything else escapes and fails the test.
template <class Action> std::string error_of(Action&& action) {
  try {
    action();
  } catch (const IoError& error) {
    return error.what();
  }
  return "";
}

/// One line, `[npy] …: …: found …, expected …`.
inline bool well_formed(std::string_view message) {
  return message.starts_with("[npy] ") && message.find(": found ") != message.npos &&
         message.find(", expected ") != message.npos &&
         std::ranges::none_of(message, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

/// What every array a reader returns must be, whatever the file said.
inline bool consistent(const NpyArray& array) {
  std::uint64_t bytes = size_of(array.dtype);
  for (std::int64_t dim : array.shape) {
    if (dim < 0) return false;
    bytes *= std::uint64_t(dim);
  }
  return bytes == array.data.size() && array.shape.size() <= std::size_t(max_file_rank);
}

/// The same small generator everywhere, so that a failing round can be run again.
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()(std::uint64_t below) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % below;
  }

private:
  std::uint64_t state_;
};

/// One to three small damages: bytes changed, cut out, doubled, or swapped for what a format's fields like least.
inline std::string mutated(std::string file, Random& random) {
  static constexpr std::string_view words[] = {"(",
                                               ")",
                                               "'",
                                               "{",
                                               "-1",
                                               "99999999999999999999",
                                               "4611686018427387904",
                                               "True",
                                               "'|O'",
                                               ">f8",
                                               "\xff\xff\xff\xff",
                                               "L",
                                               ",",
                                               "\n",
                                               "[('a', '<f4')]"};
  for (auto times = 1 + random(3); times-- > 0 && !file.empty();) {
    const std::size_t at = random(file.size());
    const std::size_t length = std::min<std::size_t>(1 + random(16), file.size() - at);
    switch (random(7)) {
    case 0: file[at] = char(random(256)); break;
    case 1: file[at] = char(file[at] ^ (1 << random(8))); break;
    case 2: file.erase(at, length); break;
    case 3: file.insert(at, file.substr(at, length)); break;
    case 4: file.resize(at); break;
    case 5: file.insert(at, words[random(std::size(words))]); break;
    default: {
      auto word = words[random(std::size(words))];
      file.replace(at, std::min(word.size(), file.size() - at), word);
    }
    }
  }
  return file;
}

} // namespace croton::io::testing
