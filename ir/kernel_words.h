// What the printer and the parser of kernels agree on.
#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace croton::ir {

inline bool is_kernel_word(std::string_view word) {
  constexpr std::array<std::string_view, 25> words{"kernel", "in", "out", "rare", "parallel", "as", "by", "threads", "thread", "work", "shared", "scratch", "let", "of", "for", "step", "next", "if", "barrier", "prefetch", "near", "where", "streaming", "inf", "nan"};
  return std::find(words.begin(), words.end(), word) != words.end() || word == "true" || word == "false";
}

/// A name as it stands in a kernel's text: "row.2", or quoted.
std::string kernel_name_text(std::string_view name);

} // namespace croton::ir
