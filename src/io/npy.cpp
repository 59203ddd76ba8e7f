#include "src/io/npy.h"
#include "src/io/file.h"
#include "src/io/npy_header.h"
#include <algorithm>
#include <new>

namespace croton::io {

namespace {

// What is left of a pipe after `begin`, growing as it comes: a header's word is not enough to allocate by.
std::vector<std::byte> read_rest(InputFile& file, std::vector<std::byte> begin, std::uint64_t expected,
                                 std::string_view where) {
  constexpr std::size_t step = std::size_t(1) << 20;
  std::vector<std::byte> data = std::move(begin);
  while (data.size() <= expected) { // one byte beyond is enough to see that there is too much
    const std::size_t old = data.size();
    const std::uint64_t size = std::min<std::uint64_t>(old + std::max(step, old), expected + 1);
    try {
      data.resize(size);
    } catch (const std::bad_alloc&) {
      fail_memory(size, where);
    }
    const std::size_t n = file.read(std::span(data).subspan(old));
    data.resize(old + n);
    if (n == 0) break;
  }
  return data;
}

} // namespace

NpyArray parse_npy(std::span<const std::byte> bytes, std::string_view where, const ReadOptions& options) {
  NpyHeader header = parse_header(bytes.first(std::min(bytes.size(), max_header_bytes)), where, options.max_bytes);
  check_data_bytes(header, bytes.size() - header.data_offset, where);
  std::vector<std::byte> data = allocate(header, where);
  std::ranges::copy(bytes.subspan(header.data_offset), data.begin());
  finish_data(header, data, where);
  return {header.dtype, std::move(header.shape), std::move(data)};
}

NpyArray read_npy(const std::string& path, const ReadOptions& options) {
  InputFile file(path);
  std::vector<std::byte> prefix(max_header_bytes);
  prefix.resize(file.read(prefix));
  NpyHeader header = parse_header(prefix, path, options.max_bytes);
  const auto begin = std::span(prefix).subspan(header.data_offset);
  std::vector<std::byte> data;
  if (file.is_regular()) {
    check_data_bytes(header, std::max<std::uint64_t>(file.size(), prefix.size()) - header.data_offset, path);
    data = allocate(header, path);
    std::ranges::copy(begin, data.begin());
    const std::size_t rest = file.read(std::span(data).subspan(begin.size()));
    check_data_bytes(header, begin.size() + rest, path); // the file may have shrunk meanwhile
  } else {
    data = read_rest(file, {begin.begin(), begin.end()}, header.data_bytes, path);
    check_data_bytes(header, data.size(), path);
  }
  finish_data(header, data, path);
  return {header.dtype, std::move(header.shape), std::move(data)};
}

void write_npy(const std::string& path, DType dtype, std::span<const std::int64_t> shape,
               std::span<const std::byte> data) {
  const std::string header = format_header(dtype, shape, data.size(), path);
  OutputFile file(path);
  file.write(std::as_bytes(std::span(header)));
  file.write(data);
  file.commit();
}

} // namespace croton::io
