// The commands of the program `croton`. Each adds its options to the program and runs when it is chosen on the line.
#pragma once
#include <CLI/CLI.hpp>

namespace croton::cli {

void add_run(CLI::App& program);
void add_compare(CLI::App& program);
void add_dump(CLI::App& program);
void add_ops(CLI::App& program);
void add_devices(CLI::App& program);
void add_roofline(CLI::App& program);
void add_doctor(CLI::App& program);
void add_view(CLI::App& program);

} // namespace croton::cli
