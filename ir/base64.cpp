#include "ir/base64.h"
#include <algorithm>

namespace croton::ir {

namespace {
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

std::string to_base64(std::span<const std::byte> bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t given = std::min<std::size_t>(3, bytes.size() - i);
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < given ? static_cast<unsigned>(bytes[i + k]) : 0);
    for (std::size_t k = 0; k < 4; ++k) text += k <= given ? alphabet[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

std::optional<std::vector<std::byte>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return {};
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::size_t given = i + 4 == text.size() ? 4 - padding : 4;
    std::size_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      std::size_t digit = k < given ? alphabet.find(text[i + k]) : 0;
      if (digit == std::string_view::npos) return {};
      group = group << 6 | digit;
    }
    for (std::size_t k = 0; k + 1 < given; ++k) bytes.push_back(static_cast<std::byte>(group >> (16 - 8 * k) & 255));
  }
  return bytes;
}

} // namespace croton::ir
