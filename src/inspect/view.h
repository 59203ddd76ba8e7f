// One HTML page, without any network, that shows a program at every pass, its kernels and what they cost.
#pragma once
#include "src/executable.h"
#include "src/inspect/profile.h"

namespace croton::inspect {

/// `profile` adds measured times; null: none. UnsupportedError for a device that runs no plan.
std::string view_html(const Program& program, const Executable& executable, const Profile* profile = nullptr);

} // namespace croton::inspect
