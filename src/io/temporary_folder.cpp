#include "src/io/temporary_folder.h"
#include "croton/error.h"
#include <cstdlib>
#include <filesystem>

namespace croton::io {

TemporaryFolder::TemporaryFolder() {
  std::filesystem::path parent = std::filesystem::temp_directory_path();
  path_ = (parent / "croton-XXXXXX").string();
  if (!mkdtemp(path_.data())) throw IoError("[dump] no folder for temporary files can be made in " + parent.string() + ".");
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

} // namespace croton::io
