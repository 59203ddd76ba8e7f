// The viewer's page: the files beside this one, made into text by cmake/CrotonEmbed.cmake when Croton is built.
#pragma once
#include <string>

namespace croton::inspect::viewer {

extern const std::string html, css, js;

} // namespace croton::inspect::viewer
