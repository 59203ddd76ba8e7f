#include "src/io/npy_header.h"
#include "croton/error.h"
#include "src/io/npy.h"
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <new>
#include <optional>

namespace croton::io {

namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t max_header_text = 65536; // NumPy itself writes some hundred bytes at most for plain dtypes

struct Spelling {
  std::string_view code; // without the byte order
  DType dtype;
};
constexpr std::array spellings = std::to_array<Spelling>({
    {"b1", DType::bool_},
    {"i1", DType::i8},
    {"i2", DType::i16},
    {"i4", DType::i32},
    {"i8", DType::i64},
    {"u1", DType::u8},
    {"u2", DType::u16},
    {"u4", DType::u32},
    {"u8", DType::u64},
    {"f2", DType::f16},
    {"f4", DType::f32},
    {"f8", DType::f64},
    {"c8", DType::c64},
    {"c16", DType::c128},
});
constexpr std::string_view known_dtypes = "a little-endian dtype of b1, i1..i8, u1..u8, f2, f4, f8, c8, c16";

std::string hex(unsigned char byte) {
  constexpr char digits[] = "0123456789abcdef";
  return {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
}

// A dtype that NumPy has and Croton does not deserves its name, not "unknown".
std::string_view foreign_kind(char kind) {
  switch (kind) {
  case 'O': return "an object array (pickled Python objects)";
  case 'S':
  case 'a': return "a byte string dtype";
  case 'U': return "a text dtype";
  case 'V': return "a raw void or structured dtype";
  case 'M': return "a date dtype";
  case 'm': return "a time difference dtype";
  default: return "";
  }
}

DType parse_descr(std::string_view descr, std::string_view where) {
  std::string_view code = descr;
  char order = '=';
  if (!code.empty() && std::string_view("<>=|").find(code[0]) != std::string_view::npos) {
    order = code[0];
    code.remove_prefix(1);
  }
  if (!code.empty())
    if (auto kind = foreign_kind(code[0]); !kind.empty())
      fail(where, "dtype", std::string(kind) + " " + shown(descr), known_dtypes);
  auto it = std::ranges::find(spellings, code, &Spelling::code);
  if (it == spellings.end()) fail(where, "dtype", shown(descr), known_dtypes);
  if (size_of(it->dtype) > 1) {
    if (order == '>') fail(where, "byte order", "big-endian " + shown(descr), "little-endian data");
    if (order == '|') fail(where, "byte order", "none for " + shown(descr), "little-endian data, '<'");
  }
  return it->dtype;
}

// The part of Python's literal syntax that NumPy writes: a dict of strings, bools and a tuple of ints.
class HeaderText {
public:
  HeaderText(std::string_view text, std::string_view where) : text_(text), where_(where) {}

  void parse(NpyHeader& header) {
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{', "a dict");
    while (!accept('}')) {
      std::string_view key = string("a key");
      expect(':', "':' after a key");
      if (key == "descr" && !has_descr) {
        has_descr = true;
        header.dtype = parse_descr(descr(), where_);
      } else if (key == "fortran_order" && !has_order) {
        has_order = true;
        header.fortran_order = boolean();
      } else if (key == "shape" && !has_shape) {
        has_shape = true;
        header.shape = tuple();
      } else {
        fail(where_, "header", "the key " + shown(key), "descr, fortran_order and shape, once each");
      }
      if (!accept(',') && peek() != '}') unexpected("',' or '}'");
    }
    if (peek() != '\0' || at_ != text_.size()) unexpected("only padding after the dict");
    if (!has_descr || !has_order || !has_shape) {
      fail(where_, "header",
           std::string("no key '") +
               (!has_descr   ? "descr"
                : !has_order ? "fortran_order"
                             : "shape") +
               "'",
           "descr, fortran_order and shape, once each");
    }
  }

private:
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void unexpected(std::string_view expected) {
    peek();
    std::string found = at_ == text_.size() ? "its end" : shown(text_.substr(at_, 24));
    fail(where_, "header", found + " at byte " + std::to_string(at_), expected);
  }
  void expect(char c, std::string_view expected) {
    if (!accept(c)) unexpected(expected);
  }
  std::string_view string(std::string_view expected) {
    char quote = peek();
    if (quote != '\'' && quote != '"') unexpected(expected);
    std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) unexpected("a closed string");
    std::string_view value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return value;
  }
  std::string_view descr() {
    if (peek() == '[') fail(where_, "dtype", "a structured dtype", known_dtypes);
    if (peek() == '(') fail(where_, "dtype", "a dtype with a shape of its own", known_dtypes);
    return string("a dtype string");
  }
  bool boolean() {
    peek();
    for (std::string_view word : {"False", "True"}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return word == "True";
    }
    unexpected("True or False");
  }
  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> dims;
    expect('(', "a tuple of dims");
    while (!accept(')')) {
      dims.push_back(dim());
      if (dims.size() > std::size_t(max_file_rank))
        fail(where_, "rank", "more than " + std::to_string(max_file_rank) + " dims",
             "at most " + std::to_string(max_file_rank));
      if (accept(',')) continue;
      if (peek() != ')') unexpected("',' or ')'");
      if (dims.size() == 1) unexpected("a tuple: a single dim needs a comma after it");
    }
    return dims;
  }
  std::int64_t dim() {
    if (peek() < '0' || peek() > '9') unexpected("a dim: an integer, zero or more");
    std::uint64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + std::uint64_t(text_[at_] - '0');
      if (value > std::uint64_t(std::numeric_limits<std::int64_t>::max()) / 16) unexpected("dims below 2^59");
    }
    if (at_ < text_.size() && text_[at_] == 'L') ++at_; // Python 2 wrote its long integers so
    return std::int64_t(value);
  }

  std::string_view text_, where_;
  std::size_t at_ = 0;
};

// Bytes of an array, or nothing where they do not fit an i64. A zero dim does not excuse the others: strides are made
// of them.
std::optional<std::uint64_t> bytes_of(DType dtype, std::span<const std::int64_t> shape) {
  std::uint64_t bytes = size_of(dtype);
  bool empty = false;
  for (std::int64_t dim : shape) {
    empty |= dim == 0;
    if (dim == 0) continue;
    if (bytes > std::uint64_t(std::numeric_limits<std::int64_t>::max()) / std::uint64_t(dim)) return std::nullopt;
    bytes *= std::uint64_t(dim);
  }
  return empty ? 0 : bytes;
}

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

// Copies a column-major array to row-major. The first axis is contiguous in the source and the last in the result:
// both are walked in tiles, so that each cache line is used whole.
template <std::size_t Size>
void to_row_major(std::span<const std::int64_t> shape, const std::byte* from, std::byte* to) {
  constexpr std::int64_t tile = 32;
  const std::size_t rank = shape.size();
  std::vector<std::int64_t> from_stride(rank), to_stride(rank), index(rank, 0);
  for (std::size_t i = 0, stride = 1; i < rank; stride *= std::size_t(shape[i++]))
    from_stride[i] = std::int64_t(stride);
  for (std::size_t i = rank, stride = 1; i-- > 0; stride *= std::size_t(shape[i])) to_stride[i] = std::int64_t(stride);
  const std::int64_t first = shape[0], last = shape[rank - 1];
  while (true) {
    std::int64_t from_base = 0, to_base = 0;
    for (std::size_t i = 1; i + 1 < rank; ++i) {
      from_base += index[i] * from_stride[i];
      to_base += index[i] * to_stride[i];
    }
    for (std::int64_t i0 = 0; i0 < first; i0 += tile)
      for (std::int64_t j0 = 0; j0 < last; j0 += tile)
        for (std::int64_t i = i0; i < std::min(first, i0 + tile); ++i)
          for (std::int64_t j = j0; j < std::min(last, j0 + tile); ++j)
            std::memcpy(to + (to_base + i * to_stride[0] + j) * std::int64_t(Size),
                        from + (from_base + i + j * from_stride[rank - 1]) * std::int64_t(Size), Size);
    std::size_t axis = rank - 1;
    while (--axis > 0) { // the next index of the middle axes
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
    if (axis == 0) return;
  }
}

} // namespace

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string out = "'";
  for (char c : text.substr(0, longest)) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f)
      out += hex(byte);
    else
      out += c;
  }
  return out + (text.size() > longest ? "…'" : "'");
}

void fail(std::string_view where, std::string_view what, std::string_view found, std::string_view expected) {
  std::string message = "[npy] ";
  for (char c : where) { // a file's name may hold anything, a message is one line
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      message += hex(static_cast<unsigned char>(c));
    else
      message += c;
  }
  message.append(": ").append(what).append(": found ").append(found).append(", expected ").append(expected);
  throw IoError(message);
}

NpyHeader parse_header(std::span<const std::byte> prefix, std::string_view where, std::uint64_t max_bytes) {
  std::string_view bytes(reinterpret_cast<const char*>(prefix.data()), prefix.size());
  constexpr std::string_view file_start = "\"\\x93NUMPY\", the start of a .npy file";
  if (bytes.empty()) fail(where, "file", "no bytes", file_start);
  if (bytes.starts_with("PK")) fail(where, "file", "a zip archive", "a .npy file: read it as .npz");
  if (bytes[0] == '\x80') fail(where, "file", "a Python pickle", file_start);
  if (!bytes.starts_with(magic.substr(0, std::min(magic.size(), bytes.size()))))
    fail(where, "file", shown(bytes.substr(0, magic.size())), file_start);
  auto byte_at = [&](std::size_t i) { return std::size_t(static_cast<unsigned char>(bytes[i])); };
  auto need = [&](std::size_t size) {
    if (bytes.size() < size)
      fail(where, "header", std::to_string(bytes.size()) + " bytes", "at least " + std::to_string(size));
  };
  need(8);
  const std::size_t major = byte_at(6), minor = byte_at(7);
  if (major < 1 || major > 3 || minor != 0)
    fail(where, "format version", std::to_string(major) + "." + std::to_string(minor), "1.0, 2.0 or 3.0");
  const std::size_t length_bytes = major == 1 ? 2 : 4, start = 8 + length_bytes;
  need(start);
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length |= byte_at(8 + i) << (8 * i);
  if (length > max_header_text)
    fail(where, "header length", std::to_string(length), "at most " + std::to_string(max_header_text));
  need(start + length);

  NpyHeader header;
  HeaderText(bytes.substr(start, length), where).parse(header);
  header.data_offset = start + length;
  auto data_bytes = bytes_of(header.dtype, header.shape);
  if (!data_bytes) fail(where, "shape", shape_text(header.shape), "fewer than 2^63 bytes");
  if (*data_bytes > max_bytes)
    fail(where, "shape", shape_text(header.shape) + ", " + std::to_string(*data_bytes) + " bytes",
         "at most " + std::to_string(max_bytes) + " bytes");
  header.data_bytes = *data_bytes;
  return header;
}

std::string format_header(DType dtype, std::span<const std::int64_t> shape, std::size_t data_bytes,
                          std::string_view where) {
  auto it = std::ranges::find(spellings, dtype, &Spelling::dtype);
  if (it == spellings.end()) fail(where, "dtype", name(dtype), "a dtype that NumPy has: cast to f32");
  if (shape.size() > std::size_t(max_file_rank))
    fail(where, "rank", std::to_string(shape.size()), "at most " + std::to_string(max_file_rank));
  if (std::ranges::any_of(shape, [](std::int64_t dim) { return dim < 0; }))
    fail(where, "shape", shape_text(shape), "dims of zero or more");
  auto expected = bytes_of(dtype, shape);
  if (!expected) fail(where, "shape", shape_text(shape), "fewer than 2^63 bytes");
  if (*expected != data_bytes)
    fail(where, "data", std::to_string(data_bytes) + " bytes",
         std::to_string(*expected) + " for shape " + shape_text(shape) + " of " + std::string(name(dtype)));

  std::string text = std::string("{'descr': '") + (size_of(dtype) > 1 ? '<' : '|') + std::string(it->code) +
                     "', 'fortran_order': False, 'shape': " + shape_text(shape) + ", }";
  text.append(63 - (10 + text.size()) % 64, ' ').push_back('\n');
  std::string header(magic);
  header += {'\x01', '\x00', char(text.size() & 255), char(text.size() >> 8)};
  return header + text;
}

void check_data_bytes(const NpyHeader& header, std::uint64_t found, std::string_view where) {
  if (found != header.data_bytes)
    fail(where, found < header.data_bytes ? "truncated data" : "data", std::to_string(found) + " bytes",
         std::to_string(header.data_bytes) + " for shape " + shape_text(header.shape) + " of " +
             std::string(name(header.dtype)));
}

void fail_memory(std::uint64_t bytes, std::string_view where) {
  fail(where, "memory", "no room for " + std::to_string(bytes) + " bytes", "a smaller array");
}

std::vector<std::byte> allocate(const NpyHeader& header, std::string_view where) {
  try {
    return std::vector<std::byte>(header.data_bytes);
  } catch (const std::bad_alloc&) {
    fail_memory(header.data_bytes, where);
  }
}

void finish_data(const NpyHeader& header, std::vector<std::byte>& data, std::string_view where) {
  if (header.dtype == DType::bool_) { // any other byte read as a C++ bool is undefined behaviour
    auto bad = std::ranges::find_if(data, [](std::byte b) { return b > std::byte(1); });
    if (bad != data.end())
      fail(where, "bool element " + std::to_string(bad - data.begin()), std::to_string(int(*bad)), "0 or 1");
  }
  auto wide = std::ranges::count_if(header.shape, [](std::int64_t dim) { return dim > 1; });
  if (!header.fortran_order || data.empty() || wide < 2) return; // both orders are the same bytes
  std::vector<std::byte> rows = allocate(header, where);
  switch (size_of(header.dtype)) {
  case 1: to_row_major<1>(header.shape, data.data(), rows.data()); break;
  case 2: to_row_major<2>(header.shape, data.data(), rows.data()); break;
  case 4: to_row_major<4>(header.shape, data.data(), rows.data()); break;
  case 8: to_row_major<8>(header.shape, data.data(), rows.data()); break;
  default: to_row_major<16>(header.shape, data.data(), rows.data()); break;
  }
  data = std::move(rows);
}

} // namespace croton::io
