#include "src/io/npy.h"
#include "tests/io/bytes.h"
#include "tests/support/catch.h"
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

using namespace croton;
using namespace croton::io;
using namespace croton::io::testing;
using namespace std::string_literals;

namespace {

NpyArray parse(std::string_view file, const ReadOptions& options = {}) {
  return parse_npy(bytes_of(file), "x.npy", options);
}
std::string parse_error(std::string_view file, const ReadOptions& options = {}) {
  std::string message = error_of([&] { parse(file, options); });
  CHECK((message.empty() || well_formed(message)));
  return message;
}
std::string dict(std::string_view descr, std::string_view shape, std::string_view order = "False") {
  return "{'descr': " + std::string(descr) + ", 'fortran_order': " + std::string(order) +
         ", 'shape': " + std::string(shape) + ", }";
}
using Shape = std::vector<std::int64_t>;

// Bytes that NumPy 1.24 wrote; the strings are split where padding makes them long.
const std::string pad = std::string(56, ' ');
const std::string numpy_f4 = "\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"s + pad +
                             "  \n"s +
                             "\x00\x00\xc0?\x00\x00\x00\xc0\x00\x00@@\x00\x00\x80@\x00\x00\xa0@\x00\x00\xc0@"s;
const std::string numpy_fortran = "\x93NUMPY\x01\0v\0{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }"s +
                                  pad + "   \n"s + "\x00\x00\x03\x00\x01\x00\x04\x00\x02\x00\x05\x00"s;
const std::string numpy_v2 = "\x93NUMPY\x02\0t\0\0\0{'descr': '<i8', 'fortran_order': False, 'shape': (), }"s + pad +
                             "    \n"s + "\x07\0\0\0\0\0\0\0"s;
const std::string numpy_v3 =
    "\x93NUMPY\x03\0t\0\0\0{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }"s + pad + "  \n"s + "\x01\0"s;

} // namespace

TEST_CASE("files that NumPy wrote are read") {
  NpyArray a = parse(numpy_f4);
  CHECK(a.dtype == DType::f32);
  CHECK(a.shape == Shape{2, 3});
  CHECK(a.data == raw<float>({1.5f, -2, 3, 4, 5, 6}));

  NpyArray b = parse(numpy_fortran);
  CHECK(b.dtype == DType::i16);
  CHECK(b.data == raw<std::int16_t>({0, 1, 2, 3, 4, 5}));

  NpyArray c = parse(numpy_v2);
  CHECK(c.dtype == DType::i64);
  CHECK(c.shape.empty());
  CHECK(c.data == raw<std::int64_t>({7}));

  NpyArray d = parse(numpy_v3);
  CHECK(d.dtype == DType::bool_);
  CHECK(d.data == raw<std::uint8_t>({1, 0}));
}

TEST_CASE("spellings that NumPy accepts are accepted") {
  CHECK(parse(npy_file(dict("'f4'", "(1,)"), "abcd")).dtype == DType::f32);
  CHECK(parse(npy_file(dict("'=u2'", "(2,)"), "abcd")).dtype == DType::u16);
  CHECK(parse(npy_file(dict("\"<i4\"", "(1L,)"), "abcd")).shape == Shape{1});
  CHECK(parse(npy_file("{'shape':(4,),'fortran_order':False,'descr':'|u1'}", "abcd")).data.size() == 4);
  CHECK(parse(npy_file(dict("'>i1'", "(1,)"), "a")).dtype == DType::i8); // one byte has no order
}

TEST_CASE("every dtype that NumPy has makes the round trip") {
  TemporaryFolder folder;
  const std::string path = folder / "x.npy";
  for (DType dtype : {DType::bool_, DType::i8, DType::i16, DType::i32, DType::i64, DType::u8, DType::u16, DType::u32,
                      DType::u64, DType::f16, DType::f32, DType::f64, DType::c64, DType::c128}) {
    for (const Shape& shape :
         {Shape{}, Shape{0}, Shape{1}, Shape{5}, Shape{2, 0, 3}, Shape{2, 3, 4}, Shape{1, 1, 1, 1, 1, 1, 1, 2}}) {
      std::int64_t count = 1;
      for (auto dim : shape) count *= dim;
      std::vector<std::byte> data(std::size_t(count) * size_of(dtype));
      for (std::size_t i = 0; i < data.size(); ++i) data[i] = std::byte(dtype == DType::bool_ ? i % 2 : i * 37);
      write_npy(path, dtype, shape, data);
      NpyArray back = read_npy(path);
      CHECK(back.dtype == dtype);
      CHECK(back.shape == shape);
      CHECK(back.data == data);
      CHECK(get(path).find('\n') % 64 == 63); // data starts aligned, as NumPy's does
    }
  }
  CHECK(folder.count() == 1); // nothing is left beside it
}

TEST_CASE("column-major data becomes row-major for any rank") {
  for (const Shape& shape :
       {Shape{3, 5}, Shape{70, 33}, Shape{2, 3, 4}, Shape{4, 1, 3}, Shape{2, 3, 1, 5, 2}, Shape{1, 9}, Shape{7}}) {
    std::int64_t count = 1;
    std::string dims = "(";
    for (auto dim : shape) count *= dim, dims += std::to_string(dim) + ",";
    for (auto [descr, size] : {std::pair{"'|u1'", 1}, {"'<u2'", 2}, {"'<f4'", 4}, {"'<f8'", 8}, {"'<c16'", 16}}) {
      // Element n of the file is the number n; row-major order must visit them by strides 1, d0, d0·d1 …
      std::string data(std::size_t(count * size), '\0');
      for (std::int64_t n = 0; n < count; ++n)
        std::memcpy(&data[std::size_t(n * size)], &n, std::size_t(std::min(size, 8)));
      NpyArray array = parse(npy_file(dict(descr, dims + ")", "True"), data));
      Shape index(shape.size(), 0);
      for (std::int64_t k = 0; k < count; ++k) {
        std::int64_t expected = 0, stride = 1, found = 0;
        for (std::size_t i = 0; i < shape.size(); stride *= shape[i++]) expected += index[i] * stride;
        if (size == 1) expected &= 255;
        std::memcpy(&found, array.data.data() + k * size, std::size_t(std::min(size, 8)));
        REQUIRE(found == expected);
        for (std::size_t i = shape.size(); i-- > 0 && ++index[i] == shape[i];) index[i] = 0;
      }
    }
  }
}

TEST_CASE("each malformed file is refused with one line that says how") {
  auto refused = [](const std::string& file, const std::string& says) {
    INFO("expected to read: " << says);
    std::string message = parse_error(file);
    INFO("message: " << message);
    CHECK(message.find(says) != std::string::npos);
  };
  refused("", "found no bytes, expected \"\\x93NUMPY\"");
  refused("hello world", "found 'hello '");
  refused("PK\3\4 and more", "a zip archive");
  refused("\x80\4\x95 pickle", "a Python pickle");
  refused("\x93NUMP", "header: found 5 bytes, expected at least 8");
  refused("\x93NUMPY\4\0\1\0{"s, "format version: found 4.0");
  refused("\x93NUMPY\1\1\1\0{"s, "format version: found 1.1");
  refused("\x93NUMPY\1\0\xff\0{"s, "header: found 11 bytes, expected at least 265");
  refused("\x93NUMPY\2\0\0\0\0\x80{"s, "header length: found 2147483648, expected at most 65536");
  refused(npy_file("", ""), "expected a dict");
  refused(npy_file("{", ""), "expected a key");
  refused(npy_file("{}", ""), "no key 'descr'");
  refused(npy_file("{'descr': '<f4', 'fortran_order': False}", ""), "no key 'shape'");
  refused(npy_file("{'descr': '<f4', 'descr': '<f4'}", ""), "the key 'descr'");
  refused(npy_file("{'descr': '<f4', 'colour': 1}", ""), "the key 'colour'");
  refused(npy_file("{'descr': '<f4", ""), "expected a closed string");
  refused(npy_file(dict("'<f4'", "(1,)") + " import os", "abcd"), "expected only padding");
  refused(npy_file(dict("'<f4'", "(1,)") + "\0x"s, "abcd"), "expected only padding");
  refused(npy_file(dict("'<f4'", "(1,)", "0"), "abcd"), "expected True or False");
  refused(npy_file(dict("'<f4'", "(4)"), ""), "a single dim needs a comma");
  refused(npy_file(dict("'<f4'", "[4]"), ""), "expected a tuple of dims");
  refused(npy_file(dict("'<f4'", "(-1,)"), ""), "an integer, zero or more");
  refused(npy_file(dict("'<f4'", "(1.5,)"), ""), "'.5,), }");
  refused(npy_file(dict("'<f4'", "(99999999999999999999,)"), ""), "dims below 2^59");
  refused(npy_file(dict("'<f4'", "(4294967296, 4294967296)"), ""), "fewer than 2^63 bytes");
  refused(npy_file(dict("'<f4'", "(0, 288230376151711743, 288230376151711743)"), ""), "fewer than 2^63 bytes");
  std::string many = "(";
  for (int i = 0; i < 33; ++i) many += "1,";
  refused(npy_file(dict("'<f4'", many + ")"), "abcd"), "rank: found more than 32 dims");
  refused(npy_file(dict("'<f4'", "(2,)"), "abcd"), "truncated data: found 4 bytes, expected 8 for shape (2,) of f32");
  refused(npy_file(dict("'<f4'", "(1,)"), "abcde"), "data: found 5 bytes, expected 4");
  refused(npy_file(dict("'|b1'", "(3,)"), "\0\1\2"s), "bool element 2: found 2, expected 0 or 1");
  refused(npy_file(dict("'|O'", "(1,)"), "x"), "an object array (pickled Python objects) '|O'");
  refused(npy_file(dict("'|S4'", "(1,)"), "abcd"), "a byte string dtype");
  refused(npy_file(dict("'<U1'", "(1,)"), "abcd"), "a text dtype");
  refused(npy_file(dict("'|V4'", "(1,)"), "abcd"), "a raw void or structured dtype");
  refused(npy_file(dict("'<M8[ns]'", "(1,)"), "abcdefgh"), "a date dtype");
  refused(npy_file(dict("'<m8[s]'", "(1,)"), "abcdefgh"), "a time difference dtype");
  refused(npy_file(dict("[('a', '<f4')]", "(1,)"), "abcd"), "a structured dtype");
  refused(npy_file(dict("('<f4', (2,))", "(1,)"), "abcd"), "a dtype with a shape of its own");
  refused(npy_file(dict("'>f4'", "(1,)"), "abcd"), "byte order: found big-endian '>f4'");
  refused(npy_file(dict("'|f4'", "(1,)"), "abcd"), "byte order: found none");
  refused(npy_file(dict("'<f16'", "(1,)"), "abcd"), "dtype: found '<f16'");
  refused(npy_file(dict("''", "(1,)"), ""), "dtype: found ''");
  refused(npy_file(dict("'<\x1b[31m'", "(1,)"), ""), "'<\\x1b[31m'"); // a file does not get to colour a terminal
}

TEST_CASE("a limit bounds what is read") {
  const std::string file = npy_file(dict("'<f8'", "(3,)"), std::string(24, 'a'));
  CHECK(parse(file, {.max_bytes = 24}).data.size() == 24);
  CHECK(parse_error(file, {.max_bytes = 23}).find("24 bytes, expected at most 23 bytes") != std::string::npos);

  TemporaryFolder folder; // a sparse file can claim a size that no machine has
  const std::string path = folder / "huge.npy";
  const std::string begin = npy_file(dict("'|u1'", "(1099511627776,)"), "");
  put(path, begin);
  std::filesystem::resize_file(path, begin.size() + 1099511627776);
  CHECK(error_of([&] { read_npy(path); }).find("expected at most 17179869184 bytes") != std::string::npos);
}

TEST_CASE("arrays that a file cannot hold are not written") {
  TemporaryFolder folder;
  const std::string path = folder / "x.npy";
  const std::vector<std::byte> data(8);
  auto refused = [&](DType dtype, const Shape& shape, std::string_view says) {
    std::string message = error_of([&] { write_npy(path, dtype, shape, data); });
    CHECK(well_formed(message));
    CHECK(message.find(says) != std::string::npos);
  };
  refused(DType::bf16, {4}, "dtype: found bf16");
  refused(DType::f32, {3}, "data: found 8 bytes, expected 12");
  refused(DType::f32, {-2}, "shape: found (-2,)");
  refused(DType::f32, Shape(33, 1), "rank: found 33");
  CHECK(folder.count() == 0);
}

TEST_CASE("paths that cannot be used give one line") {
  TemporaryFolder folder;
  const std::vector<std::byte> data(4);
  for (const std::string& path : {folder / "missing.npy", folder / ".", folder / "no\nsuch\x1b", ""s, "a\0b"s}) {
    std::string message = error_of([&] { read_npy(path); });
    CHECK(well_formed(message));
  }
  for (const std::string& path : {folder / "no/such/folder.npy", folder / ".", ""s, "a\0b"s}) {
    std::string message = error_of([&] { write_npy(path, DType::f32, Shape{1}, data); });
    CHECK(well_formed(message));
  }
}

TEST_CASE("a failed write leaves the old file as it was") {
  TemporaryFolder folder;
  const std::string path = folder / "x.npy";
  write_npy(path, DType::u8, Shape{1}, raw<std::uint8_t>({42}));
  const std::string old = get(path);

  // No room on the disk, as a limit on file sizes shows it.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  auto* handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message = error_of([&] { write_npy(path, DType::u8, Shape{1 << 20}, std::vector<std::byte>(1 << 20)); });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);

  CHECK(message.find("write: found File too large") != std::string::npos);
  CHECK(get(path) == old);
  CHECK(folder.count() == 1);
}

TEST_CASE("a file is replaced with its mode and through its links") {
  TemporaryFolder folder;
  const std::string path = folder / "x.npy", link = folder / "link.npy";
  put(path, "old");
  chmod(path.c_str(), 0640);
  std::filesystem::create_symlink("x.npy", link);
  write_npy(link, DType::u8, Shape{1}, raw<std::uint8_t>({1}));
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_npy(path).data.size() == 1);
  struct stat facts {};
  stat(path.c_str(), &facts);
  CHECK((facts.st_mode & 0777) == 0640);
}

TEST_CASE("pipes and devices are read and written as they come") {
  write_npy("/dev/null", DType::u8, Shape{1}, raw<std::uint8_t>({1}));
  CHECK(std::filesystem::is_character_file("/dev/null"));

  TemporaryFolder folder;
  const std::string path = folder / "pipe.npy";
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  const std::int64_t count = 3 << 20;
  std::vector<std::byte> data(std::size_t(count), std::byte(7));
  {
    std::thread writer([&] { write_npy(path, DType::u8, Shape{count}, data); });
    NpyArray back = read_npy(path);
    writer.join();
    CHECK(back.data == data);
  }
  for (std::string_view body : {"abc", "abcde"}) { // too short, too long
    std::thread writer([&] { put(path, npy_file(dict("'<f4'", "(1,)"), body)); });
    std::string message = error_of([&] { read_npy(path); });
    writer.join();
    CHECK(message.find("data: found " + std::to_string(body.size()) + " bytes, expected 4") != std::string::npos);
  }
}
