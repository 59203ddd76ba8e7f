#include "src/io/npz.h"
#include "tests/io/bytes.h"
#include "tests/support/catch.h"
#include <csignal>
#include <sys/resource.h>

using namespace croton;
using namespace croton::io;
using namespace croton::io::testing;

namespace {

using Shape = std::vector<std::int64_t>;

std::string from_hex(std::string_view hex) {
  auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += char(digit(hex[i]) * 16 + digit(hex[i + 1]));
  return out;
}

// What numpy.savez(x = arange(3, i4)) and numpy.savez_compressed(x = zeros(64, f8)) of NumPy 1.24 wrote.
const std::string numpy_stored = from_hex(
    "504b03041400000000000000210002ecbda98c0000008c00000005001400782e6e7079010010008c000000000000008c0000000000000093"
    "4e554d5059010076007b276465736372273a20273c6934272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065"
    "273a2028332c292c207d20202020202020202020202020202020202020202020202020202020202020202020202020202020202020202020"
    "20202020202020202020202020200a000000000100000002000000504b010214031400000000000000210002ecbda98c0000008c00000005"
    "0000000000000000000000800100000000782e6e7079504b0506000000000100010033000000c30000000000");
const std::string numpy_deflated = from_hex("504b0304140000000800000021005ed6e93e4a0000008002000005001400782e6e70790100"
                                            "100080020000000000004a000000000000009bec17ea1b10c9"
                                            "c850c650ad9e925a9c5ca46ea5a06e9366a1aea3a09e965f54529498179f5f94920a12774b"
                                            "cc294e058a17672416a402f91a66263a9a3a0ab50ae4032e86"
                                            "5130a20100504b01021403140000000800000021005ed6e93e4a0000008002000005000000"
                                            "0000000000000000800100000000782e6e7079504b05060000"
                                            "00000100010033000000810000000000");

std::map<std::string, NpyArray> parse(std::string_view file, const ReadOptions& options = {}) {
  return parse_npz(bytes_of(file), "x.npz", options);
}

std::string replaced(std::string file, std::size_t at, std::string_view bytes) {
  return file.replace(at, bytes.size(), bytes);
}

std::map<std::string, NpyArray> some_arrays() {
  std::map<std::string, NpyArray> arrays;
  arrays["weights"] = {DType::f64, {2, 2}, raw<double>({1, 2, 3, 4})};
  arrays["empty"] = {DType::i32, {0, 3}, {}};
  arrays["größe/β"] = {DType::u8, {}, raw<std::uint8_t>({9})};
  return arrays;
}

} // namespace

TEST_CASE("archives that NumPy wrote are read") {
  auto stored = parse(numpy_stored);
  REQUIRE(stored.size() == 1);
  CHECK(stored.at("x").dtype == DType::i32);
  CHECK(stored.at("x").shape == Shape{3});
  CHECK(stored.at("x").data == raw<std::int32_t>({0, 1, 2}));

  // Later Pythons leave the sizes before a member to its zip64 field.
  CHECK(parse(replaced(numpy_stored, 18, "\xff\xff\xff\xff\xff\xff\xff\xff")).at("x").shape == Shape{3});

  auto deflated = parse(numpy_deflated);
  CHECK(deflated.at("x").shape == Shape{64});
  CHECK(deflated.at("x").data == std::vector<std::byte>(512));
}

TEST_CASE("archives make the round trip, and the same arrays give the same bytes") {
  TemporaryFolder folder;
  const std::string path = folder / "x.npz", again = folder / "y.npz";
  auto arrays = some_arrays();
  write_npz(path, arrays);
  auto back = read_npz(path);
  REQUIRE(back.size() == arrays.size());
  for (const auto& [name, array] : arrays) {
    CHECK(back.at(name).dtype == array.dtype);
    CHECK(back.at(name).shape == array.shape);
    CHECK(back.at(name).data == array.data);
  }
  write_npz(again, arrays);
  CHECK(get(path) == get(again));

  write_npz(path, {}); // replaced by an archive of nothing, not removed
  CHECK(read_npz(path).empty());
  CHECK(folder.count() == 2);
}

TEST_CASE("each malformed archive is refused with one line that says how") {
  const std::size_t directory = numpy_stored.find("PK\1\2"), end = numpy_stored.find("PK\5\6");
  auto refused = [](const std::string& file, const std::string& says, const ReadOptions& options = {}) {
    std::string message = error_of([&] { parse(file, options); });
    INFO("message: " << message);
    INFO("expected to read: " << says);
    CHECK(well_formed(message));
    CHECK(message.find(says) != std::string::npos);
  };
  refused("", "archive: found no bytes");
  refused("\x93NUMPY\1", "found a .npy file");
  refused("hello world, this is no archive at all", "Not a zip archive");
  refused(numpy_stored.substr(0, 100), "Not a zip archive");
  refused(numpy_stored.substr(0, end), "Not a zip archive");
  refused(numpy_stored.substr(3), "inconsistent");
  refused(replaced(replaced(numpy_stored, 30, "x.txt"), directory + 46, "x.txt"), "a member that is no .npy file");
  refused(replaced(numpy_stored, directory - 2, "!"), "CRC error");
  refused(replaced(numpy_deflated, 70, "!!!!"), "member 'x.npy'");
  const std::string no_array = "zzzzz";
  refused(replaced(numpy_stored, 55, no_array), "member 'x.npy'");
  // The directory's word on sizes, with the local header's to match.
  auto sized = [&](std::string_view compressed, std::string_view full) {
    std::string file = replaced(replaced(numpy_deflated, 18, compressed), 22, full);
    const std::size_t at = file.find("PK\1\2");
    return replaced(replaced(file, at + 20, compressed), at + 24, full);
  };
  refused(sized(std::string("\x4a\0\0\0", 4), std::string("\0\0\0\x40", 4)), "size: found 1073741824");
  refused(sized(std::string("\x4a\0\0\0", 4), std::string("\x81\2\0\0", 4)), "data: found 513 bytes, expected 512");
  refused(numpy_deflated, "512 bytes, expected at most 511 bytes", {.max_bytes = 511});

  TemporaryFolder folder;
  for (const std::string& path : {folder / "missing.npz", folder / ".", std::string("/dev/null")})
    CHECK(well_formed(error_of([&] { read_npz(path); })));
}

TEST_CASE("the limit holds for all members together") {
  TemporaryFolder folder;
  std::map<std::string, NpyArray> arrays;
  for (const char* name : {"a", "b", "c"}) arrays[name] = {DType::u8, {100}, std::vector<std::byte>(100)};
  const std::string path = folder / "x.npz";
  write_npz(path, arrays);
  CHECK(read_npz(path, {.max_bytes = 300}).size() == 3);
  CHECK(error_of([&] { read_npz(path, {.max_bytes = 299}); }).find("member 'c.npy'") != std::string::npos);
}

TEST_CASE("archives that cannot be written leave the old file as it was") {
  TemporaryFolder folder;
  const std::string path = folder / "x.npz";
  write_npz(path, some_arrays());
  const std::string old = get(path);

  auto bad = some_arrays();
  bad["weights"].shape = {5};
  CHECK(error_of([&] { write_npz(path, bad); }).find("member 'weights': data: found 32 bytes, expected 40") !=
        std::string::npos);
  CHECK(well_formed(error_of([&] { write_npz(path, {{std::string("a\0b", 3), {DType::u8, {0}, {}}}}); })));
  CHECK(well_formed(error_of([&] { write_npz(path, {{"\xff\xfe", {DType::u8, {0}, {}}}}); })));
  CHECK(well_formed(error_of([&] { write_npz("/dev/null", some_arrays()); })));

  rlimit before{}; // no room on the disk
  getrlimit(RLIMIT_FSIZE, &before);
  auto* handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  std::string message = error_of([&] {
    write_npz(path, {{"x", {DType::u8, {1 << 20}, std::vector<std::byte>(1 << 20)}}});
  });
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  CHECK(message.find("write: found File too large") != std::string::npos);

  CHECK(get(path) == old);
  CHECK(folder.count() == 1);
}

TEST_CASE("mutated archives never do worse than an IoError") {
  TemporaryFolder folder;
  write_npz(folder / "x.npz", some_arrays());
  const std::string seeds[] = {numpy_stored, numpy_deflated, get(folder / "x.npz")};
  Random random(7);
  for (int round = 0; round < 5000; ++round) {
    const std::string file = mutated(seeds[random(std::size(seeds))], random);
    INFO("round " << round);
    std::map<std::string, NpyArray> arrays;
    std::string message = error_of([&] { arrays = parse(file); });
    INFO(message);
    REQUIRE((message.empty() || well_formed(message)));
    for (const auto& [name, array] : arrays) REQUIRE(consistent(array));
  }
}
