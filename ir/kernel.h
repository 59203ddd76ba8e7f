// Kernels: parameters and statements over the same interned nodes. Registers are scalars (rank 0) or vectors of a static
// number of lanes (rank 1), so that vector code is ordinary node arithmetic.
#pragma once
#include "ir/node.h"
#include <algorithm>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace croton::ir {

struct Stmt;
using Block = std::vector<Stmt>;

/// Binds a register to a value at this point; loads happen here.
struct Let {
  Ref var, value;
};

/// buffer[index] = value. A vector value goes to neighbouring elements from a scalar index, or to a vector of indices.
struct Store {
  Ref buffer, index, value;
  Ref mask = nullptr;     ///< lanes (or the scalar) to write; null: all
  bool streaming = false; ///< bypass the cache where the target can; the address is a multiple of the vector's bytes
};

/// A value carried around a loop: `init` before, `next` after each iteration; `var` holds the last one afterwards.
struct Carried {
  Ref var, init, next;
};

struct For {
  Ref var, begin, end;
  i64 step = 1; ///< iterations run while var + step ≤ end
  std::vector<Carried> carried;
  Block body;

  For(); // defined where Stmt is complete
  For(Ref var, Ref begin, Ref end, i64 step = 1);
};

struct If {
  Ref condition;
  Block body;
};

/// A hint: buffer[index] is read before long. It may lie outside the buffer.
struct Prefetch {
  Ref buffer, index;
  bool near = false; ///< in a few iterations, so that the first cache will still have it
};

/// All threads of the block wait for each other; after it each sees what the others stored before.
struct Barrier {};

/// var = value of the thread whose number differs by `distance`, a power of two below the device's subgroup size.
struct Exchange {
  Ref var, value;
  i64 distance;
};

struct Stmt {
  std::variant<Let, Store, For, If, Barrier, Exchange, Prefetch> as;
};

inline For::For() = default;
inline For::For(Ref var_, Ref begin_, Ref end_, i64 step_) : var(std::move(var_)), begin(std::move(begin_)), end(std::move(end_)), step(step_) {}

/// Per-worker memory of a phase; sizes in elements.
struct Scratch {
  Ref buffer, size;
};

/// Threads of a worker where a device has them: a worker is then a block, and every thread runs the body with the
/// block's part. Threads meet only at barriers and exchanges, which all of them must reach.
struct Threads {
  i64 count = 0; ///< of a block; 0: the worker is one thread
  Ref index;     ///< register, 0 … count − 1
  std::vector<Scratch> shared; ///< memory of a block, sizes constant
};

/// A parallel loop over [0, extent): workers run the body with their own part [begin, end). Phases of one extent and work
/// are cut alike.
struct Phase {
  Ref begin, end;      ///< registers
  Ref extent;          ///< iterations; an expression of the kernel's scalars
  Ref work;            ///< rough cost of one iteration, in element operations
  std::vector<Scratch> scratch;
  Block body;
  Threads threads = {};
  bool rare = false;   ///< its extent is 0 at the sizes of most calls: devices may compile it when one needs it
};

struct BufferParam {
  Ref buffer;
  bool is_written;
};

/// Phases run one after the other, each seeing all that the ones before wrote.
struct Kernel {
  std::string name;
  std::vector<BufferParam> buffers;
  std::vector<Ref> scalars; ///< `dim` leaves, passed as i64
  std::vector<Phase> phases;
};

// ---- leaves of kernels ----
Ref register_of(std::string_view name, DType dtype, i64 lanes = 0);
Ref buffer_of(std::string_view name, DType dtype);
Ref load(const Ref& buffer, const Ref& index, const Ref& mask = nullptr);
Ref vload(const Ref& buffer, const Ref& index, i64 lanes, const Ref& mask = nullptr);
Ref lane_ramp(i64 lanes); ///< i64 0, 1, …, lanes − 1
i64 lanes_of(const Node& node); ///< 0 for a scalar
/// How many elements of the buffer stand in front of the first whose address is a multiple of the bytes.
Ref until_aligned(const Ref& buffer, i64 bytes);
bool is_until_aligned(const Node& node);
bool is_register(const Node& node);
/// Lane k of the result is lane order[k] of x.
Ref shuffle(const Ref& x, std::vector<i64> order);
bool is_load(const Node& node);
bool is_shuffle(const Node& node);
bool is_buffer(const Node& node);

/// Every expression a statement evaluates itself (not those of nested statements), by reference so that passes can edit.
void for_each_expression(Stmt& stmt, const std::function<void(Ref&)>& visit);
void for_each_expression(const Stmt& stmt, const std::function<void(const Ref&)>& visit);

/// A statement of the block, or one inside of it, passes the test.
template <class Test> bool any_statement(const Block& block, const Test& test) {
  return std::any_of(block.begin(), block.end(), [&](const Stmt& stmt) {
    auto *loop = std::get_if<For>(&stmt.as);
    auto *branch = std::get_if<If>(&stmt.as);
    return test(stmt) || (loop && any_statement(loop->body, test)) || (branch && any_statement(branch->body, test));
  });
}

/// Applies `change` to every expression of the kernel's bodies, the next values of loops included.
void transform(Kernel& kernel, const std::function<Ref(const Ref&)>& change);

// ---- text ----
//
//   kernel softmax.multiply(in b0: f32, out b1: f32, n)
//     parallel n as begin.0..end.1 work 112 {
//       scratch row.2: f32[8]
//       for p.3 in begin.0..end.1 step 1 {
//         let v.4 = exp(b0[p.3 * 8 + 1])
//         %1 = maximum(v.4, 0.5) + b0[p.3 * 8; 16 if mask.5]
//         b1[p.3] = %1 * %1 where mask.5 streaming
//       }
//     }
//
// Expressions are those of ir/pattern.h over registers, buffers and sizes; x[i; 16] reads 16 neighbours, x[i if m] where m
// holds. What is used several times or is long has a line of its own, `%1 = …`. A register's type is that of what it is
// bound to; x{f32; 16} says which x it is where there are several. Literals are as in graphs (ir/text.h).

std::string to_text(const Kernel& kernel);
/// On one line, for messages; parts beyond some hundred letters are written `op(…)`.
std::string expression_text(const Ref& expression);
/// The kernels of a text, one after the other: the same as were printed, verified. Throws IoError for what is none:
/// "`name`:line:column: …".
std::vector<Kernel> parse_kernels(std::string_view text, std::string_view name = "kernel");

} // namespace croton::ir
