// schedule_cpu: a nest of loops → a kernel of explicit vector code.
//
// Needs: a nest of `lower`. Establishes: parallel phases, vector loops with masked tails, accumulators in registers or in
// cache tiles. Stands after `lower` and before the kernel passes, which know nothing of nests.
//
// Four shapes, chosen by where the unit strides are (see the cpp for each):
//   map      no reduction: one vector loop per row of the collapsed axes
//   rows     the reduced axis is contiguous: stages over one row, vector accumulators
//   columns  an outer axis is contiguous: a tile of accumulators in L1, rows stream past
//   total    everything is reduced: a state per chunk, merged in a second phase
#pragma once
#include "passes/nest.h"

namespace croton::passes {

struct CpuFacts {
  i64 vector_bytes = 64;
  i64 chunk = 8192;     ///< elements of a total that one state covers
  i64 scan_chunk = 16384; ///< elements of a row that are scanned apart from what lies before them
  i64 tile = 1024;      ///< columns that accumulate together …
  i64 joined_tiles = 4; ///< … and how many such are one, at most, where each row is read once and …
  i64 tile_bytes = 32768; ///< … their accumulators fit
  i64 stream_bytes = 0; ///< results of so many bytes together are written past the cache; 0: none are
};

/// A kernel, and temporaries shared by its phases with their sizes in elements.
struct ScheduledKernel {
  ir::Kernel kernel;
  std::vector<ir::Scratch> temporaries;
};

ScheduledKernel schedule_cpu(Nest nest, const CpuFacts& facts);

} // namespace croton::passes
