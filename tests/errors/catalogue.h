// The catalogue of messages: every error a user can meet, with a program that meets it. docs/errors.md is made from these
// entries and the messages that their programs really give, so the wording stands in one place, where it is thrown.
#pragma once
#include "croton/croton.h"
#include <functional>
#include <source_location>
#include <string>
#include <vector>

namespace croton::test {

struct CatalogueEntry {
  int number;                    ///< never used for another message
  std::string title, cure;
  std::function<void()> program; ///< throws the error; its lines are read from the file for the page
  std::source_location where;    ///< of the line before the program's first
};

class Catalogue {
public:
  /// The program's lines follow the call's first line and end before "  });".
  void entry(int number, std::string title, std::string cure, std::function<void()> program,
             std::source_location where = std::source_location::current()) {
    entries_.push_back({number, std::move(title), std::move(cure), std::move(program), where});
  }
  const std::vector<CatalogueEntry>& entries() const { return entries_; }

private:
  std::vector<CatalogueEntry> entries_;
};

// One function for each chapter; each has a file.
void expression_errors(Catalogue& c);
void shape_errors(Catalogue& c);
void function_errors(Catalogue& c);
void call_errors(Catalogue& c);
void value_errors(Catalogue& c);
void graph_errors(Catalogue& c);
void kernel_errors(Catalogue& c);

} // namespace croton::test
