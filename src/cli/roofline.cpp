// croton roofline: what this machine can do at most, for the shares that profiles show.
#include "src/cli/commands.h"
#include "src/inspect/roofline.h"
#include <iostream>

namespace croton::cli {

void add_roofline(CLI::App& program) {
  auto* roofline = program.add_subcommand("roofline", "Measure this machine once: bandwidth by size, arithmetic");
  auto json = std::make_shared<bool>(false), again = std::make_shared<bool>(false);
  roofline->add_flag("--json", *json, "For scripts");
  roofline->add_flag("--again", *again, "Measure even when a measurement is kept");
  roofline->footer("Examples:\n"
                   "  croton roofline\n"
                   "  croton roofline --again --json");
  roofline->callback([json, again] {
    auto kept = *again ? std::nullopt : inspect::kept_roofline();
    inspect::Roofline r = kept ? *kept : inspect::measure_roofline();
    std::cout << (*json ? inspect::roofline_json(r) : inspect::roofline_text(r));
  });
}

} // namespace croton::cli
