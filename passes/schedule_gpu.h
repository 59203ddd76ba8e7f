// schedule_gpu: a nest of loops → a kernel for blocks of threads.
//
// Needs: a nest of `lower`. Establishes: phases with threads (each phase is one launch: a phase sees all that the ones
// before wrote), neighbouring threads on neighbouring elements, reductions over registers and shared memory. Stands where
// schedule_cpu stands, for devices that have threads in step; their facts decide, not their maker.
//
// One picture for all shapes: a block holds `rows` teams of lanes × copies threads, and a team works on one iteration of
// the outer axes at a time.
//   map      teams of one thread; a thread has neighbouring elements of 16 bytes where all accesses allow it
//   rows     the reduced axis is contiguous: a team strides over the row, stage after stage
//   columns  an outer axis is contiguous: a thread has a column; several threads share one where rows are many
//   split    rows or columns too long and too few: blocks take chunks of them, one launch for the chunks of each stage and
//            one that merges their states. A further way to do the same, chosen by the sizes of the call.
//   total    everything is reduced: a team per chunk, its state stored, and a second phase over the chunks
// A team's states meet copy by copy through shared memory, in order, then lane by lane (i with i + half, halving) by
// exchanges of registers: the tree of schedule_cpu, where a copy is a vector of accumulators and a lane one of its lanes.
// So strict mode takes the CPU's own numbers of lanes and copies, and gives the same bits.
#pragma once
#include "passes/schedule_cpu.h"

namespace croton::passes {

struct GpuFacts {
  i64 threads = 256;     ///< of a block, a power of two
  i64 subgroup = 32;     ///< threads that can exchange registers; 0: none can
  i64 vector_bytes = 16; ///< of the widest access
  bool strict = false;   ///< reduce by the tree of schedule_cpu
  CpuFacts tree = {};    ///< of that tree, and the chunks of totals
  i64 busy_blocks = 264; ///< that keep the device busy
  i64 row_chunk = 8192;  ///< elements of a row that a block takes where rows are too few for all blocks …
  i64 column_chunk = 512; ///< … and rows of a column
};

ScheduledKernel schedule_gpu(Nest nest, const GpuFacts& facts);

} // namespace croton::passes
