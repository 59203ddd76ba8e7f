#include "src/io/npz.h"
#include "croton/error.h"
#include "src/io/file.h"
#include "src/io/npy_header.h"

#ifdef CROTON_HAVE_LIBZIP
#include <algorithm>
#include <ctime>
#include <exception>
#include <memory>
#include <zip.h>

namespace croton::io {

namespace {

struct DiscardArchive {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DiscardArchive>;

struct CloseMember {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Member = std::unique_ptr<zip_file_t, CloseMember>;

constexpr std::string_view good_archive = "a zip archive of .npy members";

[[noreturn]] void fail_zip(std::string_view where, std::string_view what, zip_error_t* error) {
  fail(where, what, zip_error_strerror(error), good_archive);
}

std::string member_name(std::string_view where, std::string_view member) {
  return std::string(where) + ": member " + shown(member);
}

// Sizes are the archive's word: each is held against what the file can hold before anything is allocated.
void check_member(const zip_stat_t& facts, std::uint64_t archive_bytes, const std::string& where) {
  constexpr zip_uint64_t needed =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if ((facts.valid & needed) != needed) fail(where, "entry", "sizes missing", "a complete entry");
  if (facts.encryption_method != ZIP_EM_NONE) fail(where, "entry", "an encrypted member", "a plain one");
  if (facts.comp_method != ZIP_CM_STORE && facts.comp_method != ZIP_CM_DEFLATE)
    fail(where, "compression", "method " + std::to_string(facts.comp_method), "stored (0) or deflated (8)");
  if (facts.comp_size > archive_bytes)
    fail(where, "compressed size", std::to_string(facts.comp_size),
         "at most the archive's " + std::to_string(archive_bytes) + " bytes");
  // Deflate spends at least two bits on a copy of 258 bytes: no honest member grows more than 1032-fold.
  const std::uint64_t most = facts.comp_method == ZIP_CM_STORE ? facts.comp_size : facts.comp_size * 1032 + 1032;
  if (facts.size > most || (facts.comp_method == ZIP_CM_STORE && facts.size != facts.comp_size))
    fail(where, "size", std::to_string(facts.size),
         "what " + std::to_string(facts.comp_size) + " compressed bytes can hold");
}

std::size_t read_bytes(zip_file_t* file, std::span<std::byte> into, std::string_view where) {
  std::size_t done = 0;
  while (done < into.size()) {
    zip_int64_t n =
        zip_fread(file, into.data() + done, std::min<std::size_t>(into.size() - done, std::size_t(1) << 30));
    if (n < 0) fail_zip(where, "contents", zip_file_get_error(file));
    if (n == 0) break;
    done += std::size_t(n);
  }
  return done;
}

NpyArray read_member(zip_t* archive, zip_uint64_t index, const zip_stat_t& facts, const std::string& where,
                     std::uint64_t max_bytes) {
  Member file(zip_fopen_index(archive, index, 0));
  if (!file) fail_zip(where, "contents", zip_get_error(archive));
  std::vector<std::byte> prefix(std::min<std::uint64_t>(facts.size, max_header_bytes));
  prefix.resize(read_bytes(file.get(), prefix, where));
  NpyHeader header = parse_header(prefix, where, max_bytes);
  check_data_bytes(header, facts.size - header.data_offset, where);
  std::vector<std::byte> data = allocate(header, where);
  const auto begin = std::span(prefix).subspan(header.data_offset);
  std::ranges::copy(begin, data.begin());
  const std::size_t rest = read_bytes(file.get(), std::span(data).subspan(begin.size()), where);
  check_data_bytes(header, begin.size() + rest, where);
  std::byte beyond; // reading to the end is what checks the CRC
  if (read_bytes(file.get(), {&beyond, 1}, where) != 0)
    fail(where, "contents", "more bytes than declared", std::to_string(facts.size) + " bytes");
  finish_data(header, data, where);
  return {header.dtype, std::move(header.shape), std::move(data)};
}

// Takes the source over.
std::map<std::string, NpyArray> read_archive(zip_source_t* source, zip_error_t* error, std::uint64_t archive_bytes,
                                             std::string_view where, const ReadOptions& options) {
  if (!source) fail_zip(where, "archive", error);
  Archive archive(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, error));
  if (!archive) {
    zip_source_free(source);
    fail_zip(where, "archive", error);
  }
  std::map<std::string, NpyArray> arrays;
  std::uint64_t left = options.max_bytes;
  const auto count = zip_uint64_t(zip_get_num_entries(archive.get(), 0));
  for (zip_uint64_t i = 0; i < count; ++i) {
    zip_stat_t facts;
    if (zip_stat_index(archive.get(), i, 0, &facts) != 0) fail_zip(where, "entry", zip_get_error(archive.get()));
    std::string_view name = (facts.valid & ZIP_STAT_NAME) ? facts.name : "";
    const std::string member = member_name(where, name);
    if (!name.ends_with(".npy")) fail(member, "entry", "a member that is no .npy file", good_archive);
    std::string key(name.substr(0, name.size() - 4));
    if (arrays.contains(key)) fail(member, "entry", "the same name twice", "each name once");
    check_member(facts, archive_bytes, member);
    NpyArray array = read_member(archive.get(), i, facts, member, left);
    left -= array.data.size();
    arrays.emplace(std::move(key), std::move(array));
  }
  return arrays;
}

void check_start(std::span<const std::byte> start, std::string_view where) {
  std::string_view text(reinterpret_cast<const char*>(start.data()), start.size());
  if (text.empty()) fail(where, "archive", "no bytes", good_archive);
  if (text.starts_with("\x93NUMPY")) fail(where, "archive", "a .npy file", "a zip archive: read it as .npy");
}

// Where libzip's bytes go: an OutputFile, which it may seek in. C code calls this, so errors wait in `error`.
struct Sink {
  OutputFile& file;
  std::uint64_t position = 0, end = 0;
  std::exception_ptr error;

  zip_int64_t write(const void* data, zip_uint64_t length) {
    try {
      file.write_at(position, {static_cast<const std::byte*>(data), std::size_t(length)});
    } catch (...) {
      error = std::current_exception();
      return -1;
    }
    position += length;
    end = std::max(end, position);
    return zip_int64_t(length);
  }
};

zip_int64_t sink_callback(void* state, void* data, zip_uint64_t length, zip_source_cmd_t command) {
  auto& sink = *static_cast<Sink*>(state);
  switch (command) {
  case ZIP_SOURCE_SUPPORTS:
    return zip_source_make_command_bitmap(
        ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE,
        ZIP_SOURCE_SEEK, ZIP_SOURCE_TELL, ZIP_SOURCE_BEGIN_WRITE, ZIP_SOURCE_COMMIT_WRITE, ZIP_SOURCE_ROLLBACK_WRITE,
        ZIP_SOURCE_WRITE, ZIP_SOURCE_SEEK_WRITE, ZIP_SOURCE_TELL_WRITE, ZIP_SOURCE_REMOVE, -1);
  case ZIP_SOURCE_BEGIN_WRITE:
  case ZIP_SOURCE_COMMIT_WRITE:
  case ZIP_SOURCE_ROLLBACK_WRITE:
  case ZIP_SOURCE_REMOVE:
  case ZIP_SOURCE_CLOSE:
  case ZIP_SOURCE_FREE: return 0;
  case ZIP_SOURCE_WRITE: return sink.write(data, length);
  case ZIP_SOURCE_TELL_WRITE: return zip_int64_t(sink.position);
  case ZIP_SOURCE_SEEK_WRITE: {
    zip_int64_t to = zip_source_seek_compute_offset(sink.position, sink.end, data, length, nullptr);
    if (to < 0) return -1;
    sink.position = zip_uint64_t(to);
    return 0;
  }
  case ZIP_SOURCE_ERROR: { // "no such file" is what makes libzip begin a new archive
    int codes[2] = {sink.error ? ZIP_ER_WRITE : ZIP_ER_READ, ENOENT};
    if (length < sizeof codes) return -1;
    std::copy_n(codes, 2, static_cast<int*>(data));
    return sizeof codes;
  }
  default: return -1;
  }
}

// The first time a zip archive can tell, in the zone libzip will turn it back in.
std::time_t no_time() {
  std::tm first{};
  first.tm_year = 80;
  first.tm_mday = 1;
  first.tm_isdst = -1;
  return std::mktime(&first);
}

} // namespace

std::map<std::string, NpyArray> parse_npz(std::span<const std::byte> bytes, std::string_view where,
                                          const ReadOptions& options) {
  check_start(bytes.first(std::min<std::size_t>(bytes.size(), 6)), where);
  zip_error_t error;
  zip_error_init(&error);
  return read_archive(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error), &error, bytes.size(), where,
                      options);
}

std::map<std::string, NpyArray> read_npz(const std::string& path, const ReadOptions& options) {
  InputFile file(path);
  if (!file.is_regular()) fail(path, "archive", "no regular file", "one: an archive is read from its end");
  std::byte start[6];
  check_start(std::span(start).first(file.read(start)), path);
  zip_error_t error;
  zip_error_init(&error);
  return read_archive(zip_source_file_create(path.c_str(), 0, -1, &error), &error, file.size(), path, options);
}

void write_npz(const std::string& path, const std::map<std::string, NpyArray>& arrays) {
  std::vector<std::string> headers;
  for (const auto& [name, array] : arrays) {
    if (name.size() > 65535 - 4 || name.find('\0') != std::string::npos)
      fail(member_name(path, name), "name", std::to_string(name.size()) + " bytes",
           "at most 65531 without a zero byte");
    headers.push_back(format_header(array.dtype, array.shape, array.data.size(), member_name(path, name)));
  }
  OutputFile file(path);
  if (!file.is_regular()) fail(path, "archive", "no regular file", "one: an archive is not written in order");
  if (arrays.empty()) { // libzip would make no file at all
    const char end_of_directory[22] = {'P', 'K', 5, 6};
    file.write(std::as_bytes(std::span(end_of_directory)));
    return file.commit();
  }

  Sink sink{file, 0, 0, nullptr};
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_function_create(sink_callback, &sink, &error);
  if (!target) fail_zip(path, "archive", &error);
  Archive archive(zip_open_from_source(target, ZIP_CREATE, &error));
  if (!archive) {
    zip_source_free(target);
    fail_zip(path, "archive", &error);
  }
  auto header = headers.begin();
  for (const auto& [name, array] : arrays) {
    const std::string where = member_name(path, name);
    zip_buffer_fragment_t parts[2]; // libzip only reads them, but takes pointers to non-const
    parts[0] = {reinterpret_cast<zip_uint8_t*>(header->data()), header->size()};
    parts[1] = {const_cast<zip_uint8_t*>(reinterpret_cast<const zip_uint8_t*>(array.data.data())), array.data.size()};
    zip_source_t* source = zip_source_buffer_fragment_create(parts, array.data.empty() ? 1 : 2, 0, &error);
    if (!source) fail_zip(where, "archive", &error);
    const zip_int64_t index = zip_file_add(archive.get(), (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      fail_zip(where, "name", zip_get_error(archive.get()));
    }
    if (zip_set_file_compression(archive.get(), zip_uint64_t(index), ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_mtime(archive.get(), zip_uint64_t(index), no_time(), 0) != 0)
      fail_zip(where, "archive", zip_get_error(archive.get()));
    ++header;
  }
  if (zip_close(archive.get()) != 0) {
    if (sink.error) std::rethrow_exception(sink.error);
    fail_zip(path, "archive", zip_get_error(archive.get()));
  }
  static_cast<void>(archive.release()); // a successful close frees it
  file.commit();
}

} // namespace croton::io

#else

namespace croton::io {

namespace {
[[noreturn]] void no_libzip(std::string_view where) {
  fail(where, "archive", "a build without libzip", "one made with libzip-dev installed");
}
} // namespace

std::map<std::string, NpyArray> read_npz(const std::string& path, const ReadOptions&) { no_libzip(path); }
std::map<std::string, NpyArray> parse_npz(std::span<const std::byte>, std::string_view where, const ReadOptions&) {
  no_libzip(where);
}
void write_npz(const std::string& path, const std::map<std::string, NpyArray>&) { no_libzip(path); }

} // namespace croton::io

#endif
