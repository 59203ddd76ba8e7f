// A directory that exists for the length of a test.
#pragma once
#include <filesystem>
#include <stdexcept>
#include <stdlib.h>
#include <string>

struct TemporaryDirectory {
  std::string path;
  TemporaryDirectory() {
    path = (std::filesystem::temp_directory_path() / "croton-test-XXXXXX").string();
    if (!::mkdtemp(path.data())) throw std::runtime_error("no temporary directory");
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, ignored);
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
};
