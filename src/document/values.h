// Values on the command line: NAME=FILE and NAME=NUMBER in, files and previews out.
#pragma once
#include "ir/array.h"
#include "src/executable.h"
#include "src/io/npy.h"
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace croton::document {

/// "x=x.npy" → ("x", "x.npy"); throws ValueError naming the option.
std::pair<std::string, std::string> name_and_value(const std::string& option, const std::string& text);

/// .npy files, and members of .npz archives, each archive read once. The bytes of all are limited together.
class ValueFiles {
public:
  explicit ValueFiles(std::uint64_t max_bytes) : left_(max_bytes) {}
  /// A .npy file, or the member `name` of a .npz archive.
  io::NpyArray read(const std::string& path, const std::string& name);
  const std::map<std::string, io::NpyArray>& archive(const std::string& path);

private:
  std::uint64_t left_;
  std::map<std::string, std::map<std::string, io::NpyArray>> archives_;
};

bool is_archive(const std::string& path); ///< by its ending, .npz

/// A number, true, false, nan or inf as a scalar of the dtype; nothing when the text is no such word.
std::optional<io::NpyArray> literal_value(DType dtype, const std::string& text);

/// Throws DTypeError or ShapeError for a value that cannot be `leaf`'s; `what` names the leaf, `where` the value.
void check_value(const std::string& what, const std::string& where, const io::NpyArray& value, const ir::Type& type);

/// Zeros; `what` names it when there is no memory for it.
io::NpyArray zeros(DType dtype, std::vector<i64> shape);
TensorView view_of(io::NpyArray& array);

/// "y: f32{2, 3}" and the values, the middle of long axes left out.
std::string preview(const std::string& name, const io::NpyArray& array);

/// Bytes of memory this process may use: the machine's or the control group's.
std::uint64_t memory_limit();
std::string bytes_text(std::uint64_t bytes); ///< "1.5 GB"

} // namespace croton::document
