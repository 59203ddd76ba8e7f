// A folder of its own for the files of another program, gone with the object.
#pragma once
#include <string>

namespace croton::io {

class TemporaryFolder {
public:
  /// IoError naming the place when none can be made.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

} // namespace croton::io
