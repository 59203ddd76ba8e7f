#include "runtime/cpu/blas.h"
#include "runtime/cpu/blas_library.h"
#include "runtime/thread_pool.h"
#include <algorithm>
#include <atomic>
#include <croton/error.h>
#include <cstring>
#include <limits>
#include <string>
#include <type_traits>

namespace croton::runtime::blas {

namespace {

/// A batch of products; plain products have batch 1.
struct Gemm {
  bool trans_a, trans_b;
  i64 m, n, k;
  double alpha;
  const void* a;
  i64 lda, stride_a;
  const void* b;
  i64 ldb, stride_b;
  double beta;
  void* c;
  i64 ldc, stride_c;
  i64 batch;
};

/// Work below this many flops is not shared with another thread: some µs on one.
constexpr double flops_per_thread = 4e5;
// Blocks of C are cut at multiples of the libraries' register tiles.
constexpr i64 row_tile = 24, column_tile = 48;

std::string sizes(const Gemm& g) {
  return std::to_string(g.m) + "x" + std::to_string(g.k) + " by " + std::to_string(g.k) + "x" + std::to_string(g.n);
}

/// Checks one leading dimension; with at most one row, or no columns, it means nothing, and the libraries get one they
/// accept.
void check_leading(const char* name, i64 rows, i64 columns, i64& leading) {
  if (rows <= 1 || columns == 0) leading = std::max<i64>(columns, 1);
  if (leading < columns)
    throw InternalError(std::string("[gemm] bad leading dimension of ") + name + ": found " + std::to_string(leading) +
                        ", expected at least " + std::to_string(columns) + ". Please report this.");
}

void check(Gemm& g) {
  if (g.m < 0 || g.n < 0 || g.k < 0 || g.batch < 0)
    throw InternalError("[gemm] negative size: " + sizes(g) + ", batch " + std::to_string(g.batch) +
                        ". Please report this.");
  check_leading("A", g.trans_a ? g.k : g.m, g.trans_a ? g.m : g.k, g.lda);
  check_leading("B", g.trans_b ? g.n : g.k, g.trans_b ? g.k : g.n, g.ldb);
  check_leading("C", g.m, g.n, g.ldc);
}

template <class T> T* offset(void* base, i64 elements) { return static_cast<T*>(base) + elements; }
template <class T> const T* offset(const void* base, i64 elements) { return static_cast<const T*>(base) + elements; }

/// C = beta · C, for products without terms.
template <class T> void scale(const Gemm& g) {
  if (g.beta == 1.0) return;
  for (i64 matrix = 0; matrix < g.batch; ++matrix)
    for (i64 row = 0; row < g.m; ++row) {
      T* c = offset<T>(g.c, matrix * g.stride_c + row * g.ldc);
      if (g.beta == 0.0) std::fill_n(c, g.n, T(0)); // whatever was there, NaN included
      else
        for (i64 i = 0; i < g.n; ++i) c[i] *= static_cast<T>(g.beta);
    }
}

/// How C is cut: rows × columns blocks, so many that all threads have one.
struct Grid {
  i64 rows = 1, columns = 1;

  /// Each row of blocks packs all of its columns' B anew, and each column all of A: the least of that wins.
  static Grid choose(i64 m, i64 n, i64 blocks) {
    Grid best;
    double best_cost = std::numeric_limits<double>::max();
    const i64 most_rows = (m + row_tile - 1) / row_tile, most_columns = (n + column_tile - 1) / column_tile;
    for (i64 rows = 1; rows <= blocks; ++rows) {
      const Grid grid{std::min(rows, most_rows), std::min(blocks / rows, most_columns)};
      const double packing = static_cast<double>(grid.columns) * static_cast<double>(m) +
                             static_cast<double>(grid.rows) * static_cast<double>(n);
      // An idle thread is worse than any packing.
      const double cost = packing - 1e3 * static_cast<double>(grid.rows * grid.columns) * static_cast<double>(m + n);
      if (cost < best_cost) {
        best_cost = cost;
        best = grid;
      }
    }
    return best;
  }
};

/// oneDNN on one thread: its OpenMP threads spin after work and would fight ours for the processors. The setting is the
/// calling thread's own and is put back.
class OneThread {
public:
  explicit OneThread(const OneDnn& library) : library_(library) {
    if (!library_.omp_set_num_threads) return;
    before_ = library_.omp_get_max_threads();
    if (before_ != 1) library_.omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before_ != 1) library_.omp_set_num_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

private:
  const OneDnn& library_;
  int before_ = 1;
};

/// One block of C, rows × columns at a, b, c, on this thread; false when the library refuses.
template <class T> bool block(const Gemm& g, i64 rows, i64 columns, const T* a, const T* b, T* c) {
  if constexpr (std::is_same_v<T, float>) {
    if (const OneDnn* dnn = one_dnn()) {
      const OneThread one(*dnn);
      return dnn->sgemm(g.trans_a ? 'T' : 'N', g.trans_b ? 'T' : 'N', rows, columns, g.k, static_cast<float>(g.alpha), a,
                        g.lda, b, g.ldb, static_cast<float>(g.beta), c, g.ldc) == 0;
    }
  }
  OpenBlas::Gemm<T> call;
  if constexpr (std::is_same_v<T, float>) call = open_blas()->sgemm;
  else call = open_blas()->dgemm;
  call(OpenBlas::row_major, g.trans_a ? OpenBlas::trans : OpenBlas::no_trans,
       g.trans_b ? OpenBlas::trans : OpenBlas::no_trans, static_cast<int>(rows), static_cast<int>(columns),
       static_cast<int>(g.k), static_cast<T>(g.alpha), a, static_cast<int>(g.lda), b, static_cast<int>(g.ldb),
       static_cast<T>(g.beta), c, static_cast<int>(g.ldc));
  return true;
}

bool uses_open_blas(DType dtype) { return dtype == DType::f64 || !one_dnn(); }

/// Blocks worth making of one product.
i64 blocks_of(const Gemm& g, DType dtype) {
  const int threads = ThreadPool::shared().thread_count();
  if (threads == 1 || (uses_open_blas(dtype) && open_blas()->foreign)) return 1;
  const double flops = 2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  const i64 for_all = (threads + g.batch - 1) / g.batch; // the matrices of a batch go to different threads first
  return std::clamp<i64>(static_cast<i64>(flops / flops_per_thread), 1, for_all);
}

template <class T> void run(const Gemm& g, DType dtype) {
  const i64 blocks = blocks_of(g, dtype);
  const Grid grid = blocks == 1 ? Grid{} : Grid::choose(g.m, g.n, blocks);
  const i64 per_matrix = grid.rows * grid.columns;
  const auto cut = [](i64 size, i64 parts, i64 tile) { return Partition::make(0, size, 1, tile, static_cast<int>(parts)); };
  const Partition rows = cut(g.m, grid.rows, row_tile), columns = cut(g.n, grid.columns, column_tile);
  std::atomic<bool> refused{false};
  const auto task = [&](i64 first, i64 last, int) {
    for (i64 index = first; index < last; ++index) {
      const i64 matrix = index / per_matrix, within = index % per_matrix;
      const int i = static_cast<int>(within / grid.columns), j = static_cast<int>(within % grid.columns);
      const i64 top = rows.boundary(i), left = columns.boundary(j);
      const T* a = offset<T>(g.a, matrix * g.stride_a + (g.trans_a ? top : top * g.lda));
      const T* b = offset<T>(g.b, matrix * g.stride_b + (g.trans_b ? left * g.ldb : left));
      T* c = offset<T>(g.c, matrix * g.stride_c + top * g.ldc + left);
      if (!block<T>(g, rows.boundary(i + 1) - top, columns.boundary(j + 1) - left, a, b, c))
        refused.store(true, std::memory_order_relaxed);
    }
  };
  const i64 tasks = g.batch * per_matrix;
  const double flops = 2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  const auto grain = static_cast<i64>(flops_per_thread * static_cast<double>(per_matrix) / flops);
  if (tasks == 1 || (uses_open_blas(dtype) && open_blas()->foreign)) task(0, tasks, 0);
  else ThreadPool::shared().for_chunks(0, tasks, per_matrix > 1 ? 1 : std::max<i64>(grain, 1), task);
  if (refused) throw DeviceError("[gemm] oneDNN refuses a product of " + sizes(g) + ". Please report this.");
}

void require_library(const Gemm& g, DType dtype) {
  if (dtype != DType::f32 && dtype != DType::f64)
    throw UnsupportedError("[gemm] no matrix product of " + std::string(name(dtype)) +
                           " by a library: expected f32 or f64. Cast the operands first.");
  if (!available(dtype))
    throw UnsupportedError("[gemm] no library for matrix products of " + std::string(name(dtype)) + ": install " +
                           (dtype == DType::f32 ? "libdnnl2 or libopenblas0" : "libopenblas0") + " (Debian).");
  if (!uses_open_blas(dtype)) return;
  if (const i64 most = std::max({g.m, g.n, g.k, g.lda, g.ldb, g.ldc}); most > std::numeric_limits<int>::max())
    throw UnsupportedError("[gemm] size too large for OpenBLAS: found " + std::to_string(most) + ", expected at most " +
                           std::to_string(std::numeric_limits<int>::max()) + ". Split the product.");
}

} // namespace

bool available(DType dtype) {
  if (dtype == DType::f32) return one_dnn() || open_blas();
  return dtype == DType::f64 && open_blas();
}

void gemm_batched(DType dtype, bool trans_a, bool trans_b, i64 m, i64 n, i64 k, double alpha, const void* a, i64 lda,
                  i64 stride_a, const void* b, i64 ldb, i64 stride_b, double beta, void* c, i64 ldc, i64 stride_c,
                  i64 batch) {
  Gemm g{trans_a, trans_b, m, n, k, alpha, a, lda, stride_a, b, ldb, stride_b, beta, c, ldc, stride_c, batch};
  check(g);
  require_library(g, dtype);
  if (m == 0 || n == 0 || batch == 0) return;
  const bool no_terms = k == 0 || alpha == 0.0;
  if (dtype == DType::f32) return no_terms ? scale<float>(g) : run<float>(g, dtype);
  return no_terms ? scale<double>(g) : run<double>(g, dtype);
}

void gemm(DType dtype, bool trans_a, bool trans_b, i64 m, i64 n, i64 k, double alpha, const void* a, i64 lda,
          const void* b, i64 ldb, double beta, void* c, i64 ldc) {
  gemm_batched(dtype, trans_a, trans_b, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1);
}

} // namespace croton::runtime::blas
