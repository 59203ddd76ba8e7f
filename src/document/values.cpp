#include "src/document/values.h"
#include "croton/array.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/pattern.h"
#include "src/io/npz.h"
#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace croton::document {

std::pair<std::string, std::string> name_and_value(const std::string& option, const std::string& text) {
  std::size_t at = text.find('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size())
    throw ValueError(option + ": found " + ir::quoted_text(text.substr(0, 80)) + ", expected NAME=FILE.");
  return {text.substr(0, at), text.substr(at + 1)};
}

bool is_archive(const std::string& path) { return path.ends_with(".npz"); }

const std::map<std::string, io::NpyArray>& ValueFiles::archive(const std::string& path) {
  auto found = archives_.find(path);
  if (found != archives_.end()) return found->second;
  auto members = io::read_npz(path, {left_});
  for (auto& [name, array] : members) left_ -= array.data.size();
  return archives_.emplace(path, std::move(members)).first->second;
}

io::NpyArray ValueFiles::read(const std::string& path, const std::string& name) {
  if (!is_archive(path)) {
    io::NpyArray array = io::read_npy(path, {left_});
    left_ -= array.data.size();
    return array;
  }
  auto& members = archive(path);
  auto found = members.find(name);
  if (found == members.end()) throw IoError(path + ": there is no array " + ir::quoted_text(name.substr(0, 60)) + " in it.");
  return found->second;
}

std::optional<io::NpyArray> literal_value(DType dtype, const std::string& text) {
  double number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  bool numeric = error != std::errc::invalid_argument && end == text.data() + text.size();
  if (!numeric && text != "true" && text != "false") return {};
  ir::Ref constant = ir::literal_of(dtype, text);
  ir::expect_host_dtype(dtype, "input");
  const ir::AttrValue& v = *constant->attrs.find("value");
  io::NpyArray array{dtype, {}, std::vector<std::byte>(size_of(dtype))};
  ir::store_element(dtype, array.data.data(), is_float(dtype) ? ir::Scalar{std::get<double>(v), 0} : ir::Scalar{0, std::get<i64>(v)});
  return array;
}

void check_value(const std::string& what, const std::string& where, const io::NpyArray& value, const ir::Type& type) {
  if (value.dtype != type.dtype)
    throw DTypeError(what + ": " + where + " holds " + std::string(name(value.dtype)) + ", expected " + std::string(name(type.dtype)) +
                     ". Convert the file; nothing is converted here.");
  bool fits = value.shape.size() == type.shape.size();
  for (std::size_t k = 0; fits && k < value.shape.size(); ++k) fits = ir::constant_value(type.shape[k]).value_or(value.shape[k]) == value.shape[k];
  if (!fits) throw ShapeError(what + ": " + where + " has the shape " + ir::shape_text(value.shape) + ", expected " + ir::to_string(type.shape) + ".");
}

io::NpyArray zeros(DType dtype, std::vector<i64> shape) {
  i64 count = ir::checked_count(shape), bytes = 0;
  if (__builtin_mul_overflow(count, static_cast<i64>(size_of(dtype)), &bytes))
    throw ShapeError("an array of the shape " + ir::shape_text(shape) + " has more bytes than memory can hold.");
  return {dtype, std::move(shape), std::vector<std::byte>(static_cast<std::size_t>(bytes))};
}

TensorView view_of(io::NpyArray& array) { return {array.data.data(), array.shape, ir::strides_of(array.shape)}; }

std::string preview(const std::string& name, const io::NpyArray& array) {
  Array shown(array.dtype, array.shape);
  if (!array.data.empty()) std::memcpy(shown.data(), array.data.data(), array.data.size());
  std::string values = array.data.empty() ? "empty" : shown.to_string();
  bool lines = values.find('\n') != std::string::npos;
  return name + ": " + std::string(croton::name(array.dtype)) + ir::shape_text(array.shape) + (lines ? "\n" : " ") + values + "\n";
}

std::uint64_t memory_limit() {
  auto pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGE_SIZE);
  std::uint64_t limit = pages > 0 && page > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) : UINT64_MAX;
  for (const char* file : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::uint64_t group = 0;
    if (std::ifstream(file) >> group && group > 0) limit = std::min(limit, group);
  }
  return limit;
}

std::string bytes_text(std::uint64_t bytes) {
  const char* units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1000 && unit + 1 < std::size(units)) value /= 1000, ++unit;
  char text[32];
  std::snprintf(text, sizeof text, unit && value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  return text;
}

} // namespace croton::document
