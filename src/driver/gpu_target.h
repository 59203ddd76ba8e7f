// The target of devices with many threads in step, whoever makes them.
#pragma once
#include "runtime/device.h"
#include "src/driver/target.h"

namespace croton::driver {

/// Blocks of at most `threads` threads, of which `subgroup` exchange registers (0: none). `device` and `language` are those
/// of raw kernels.
Target gpu_target(bool strict, i64 threads, i64 subgroup, std::string_view device = {}, std::optional<ir::RawLanguage> language = {});

/// Threads of a block on a device with these facts.
i64 block_threads(const runtime::DeviceFacts& facts);
/// Blocks that share a phase: enough for every unit to have some waiting.
int block_count(const runtime::DeviceFacts& facts);

} // namespace croton::driver
