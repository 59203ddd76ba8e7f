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

/// Up to so many multiplications f32 goes to OpenBLAS, whose calls cost less.
constexpr double small_product = 64 * 64 * 64;
/// Work below this many flops is not shared with another thread: some µs on one.
constexpr double flops_per_thread = 4e5;
// Blocks of C are cut at multiples of the libraries' register tiles.
constexpr i64 row_tile = 8, column_tile = 48;

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

/// How C is cut: rows × columns blocks, one for each thread.
struct Grid {
  i64 rows = 1, columns = 1;

  /// The cut whose largest block takes the shortest: its products, and the packing of its parts of A and B, which every
  /// block does anew.
  static Grid choose(i64 m, i64 n, i64 blocks) {
    constexpr double pack_cost = 16; // of an element, in multiplications by it
    const auto largest = [](i64 size, i64 parts, i64 tile) {
      const i64 tiles = (size + tile - 1) / tile;
      return static_cast<double>(std::min((tiles + parts - 1) / parts * tile, size));
    };
    Grid best;
    double best_cost = std::numeric_limits<double>::max();
    for (i64 rows = 1; rows <= blocks; ++rows) {
      const i64 columns = blocks / rows;
      const double height = largest(m, rows, row_tile), width = largest(n, columns, column_tile);
      const double cost = height * width + pack_cost * (height + width);
      if (cost >= best_cost) continue;
      best_cost = cost;
      best = {std::min(rows, (m + row_tile - 1) / row_tile), std::min(columns, (n + column_tile - 1) / column_tile)};
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

/// Which library takes a product.
enum class Library { none, one_dnn, open_blas };

bool fits_int(const Gemm& g) {
  return std::max({g.m, g.n, g.k, g.lda, g.ldb, g.ldc}) <= std::numeric_limits<int>::max();
}

Library library_for(const Gemm& g, DType dtype) {
  if (dtype == DType::f64) return open_blas() ? Library::open_blas : Library::none;
  if (!one_dnn()) return open_blas() ? Library::open_blas : Library::none;
  // oneDNN needs 0.3 µs before it begins, OpenBLAS 0.05.
  const bool small = static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k) <= small_product;
  return small && fits_int(g) && open_blas() && !open_blas()->foreign ? Library::open_blas : Library::one_dnn;
}

/// One block of C, rows × columns at a, b, c, on this thread by oneDNN; false when it refuses.
bool dnn_block(const Gemm& g, i64 rows, i64 columns, const float* a, const float* b, float* c) {
  const OneDnn& dnn = *one_dnn();
  const OneThread one(dnn);
  return dnn.sgemm(g.trans_a ? 'T' : 'N', g.trans_b ? 'T' : 'N', rows, columns, g.k, static_cast<float>(g.alpha), a,
                   g.lda, b, g.ldb, static_cast<float>(g.beta), c, g.ldc) == 0;
}

/// The same by OpenBLAS. A vector as one side goes to its matrix-vector product, which is twice as fast.
template <class T> void blas_block(const Gemm& g, i64 rows, i64 columns, const T* a, const T* b, T* c) {
  const OpenBlas& blas = *open_blas();
  const auto flag = [](bool trans) { return trans ? OpenBlas::trans : OpenBlas::no_trans; };
  const int m = static_cast<int>(rows), n = static_cast<int>(columns), k = static_cast<int>(g.k);
  const int lda = static_cast<int>(g.lda), ldb = static_cast<int>(g.ldb), ldc = static_cast<int>(g.ldc);
  const T alpha = static_cast<T>(g.alpha), beta = static_cast<T>(g.beta);
  OpenBlas::Gemm<T> gemm;
  OpenBlas::Gemv<T> gemv;
  if constexpr (std::is_same_v<T, float>) gemm = blas.sgemm, gemv = blas.sgemv;
  else gemm = blas.dgemm, gemv = blas.dgemv;
  if (m > 1 && n > 1) {
    gemm(OpenBlas::row_major, flag(g.trans_a), flag(g.trans_b), m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return;
  }
  const int step = n == 1 ? ldc : 1;
  if (g.beta == 0.0) // some versions multiply what was there by 0, and keep its NaN
    for (i64 i = 0; i < rows * columns; ++i) c[i * step] = T(0);
  const T keep = g.beta == 0.0 ? T(1) : beta;
  if (n == 1) // a column: op(A) · b
    gemv(OpenBlas::row_major, flag(g.trans_a), g.trans_a ? k : m, g.trans_a ? m : k, alpha, a, lda, b,
         g.trans_b ? 1 : ldb, keep, c, step);
  else // a row: op(B)ᵀ · a
    gemv(OpenBlas::row_major, flag(!g.trans_b), g.trans_b ? n : k, g.trans_b ? k : n, alpha, b, ldb, a,
         g.trans_a ? lda : 1, keep, c, step);
}

/// Blocks worth making of one product.
i64 blocks_of(const Gemm& g, double flops, int threads) {
  const i64 for_all = (threads + g.batch - 1) / g.batch; // the matrices of a batch go to different threads first
  return std::clamp<i64>(static_cast<i64>(flops / flops_per_thread), 1, for_all);
}

template <class T> void run(const Gemm& g, Library library) {
  const bool alone = library == Library::open_blas && open_blas()->foreign;
  const double flops = 2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k);
  const i64 blocks = blocks_of(g, flops, alone ? 1 : ThreadPool::shared().thread_count());
  const Grid grid = blocks == 1 ? Grid{} : Grid::choose(g.m, g.n, blocks);
  const i64 per_matrix = grid.rows * grid.columns;
  const auto cut = [](i64 size, i64 parts, i64 tile) { return Partition::make(0, size, 1, tile, static_cast<int>(parts)); };
  const Partition rows = cut(g.m, grid.rows, row_tile), columns = cut(g.n, grid.columns, column_tile);
  std::atomic<bool> refused{false};
  const auto product = [&](i64 height, i64 width, const T* a, const T* b, T* c) {
    if (library == Library::open_blas) blas_block<T>(g, height, width, a, b, c);
    else if constexpr (std::is_same_v<T, float>)
      if (!dnn_block(g, height, width, a, b, c)) refused.store(true, std::memory_order_relaxed);
  };
  const auto task = [&](i64 first, i64 last, int) {
    for (i64 index = first; index < last; ++index) {
      const i64 matrix = index / per_matrix, within = index % per_matrix;
      const int i = static_cast<int>(within / grid.columns), j = static_cast<int>(within % grid.columns);
      const i64 top = rows.boundary(i), height = rows.boundary(i + 1) - top;
      const i64 left = columns.boundary(j), width = columns.boundary(j + 1) - left;
      const T* a = offset<T>(g.a, matrix * g.stride_a + (g.trans_a ? top : top * g.lda));
      const T* b = offset<T>(g.b, matrix * g.stride_b + (g.trans_b ? left * g.ldb : left));
      T* c = offset<T>(g.c, matrix * g.stride_c + top * g.ldc + left);
      product(height, width, a, b, c);
    }
  };
  const i64 tasks = g.batch * per_matrix;
  const i64 matrices_per_thread = std::max<i64>(1, static_cast<i64>(flops_per_thread / flops));
  if (tasks == 1) product(g.m, g.n, offset<T>(g.a, 0), offset<T>(g.b, 0), offset<T>(g.c, 0)); // a small one is 50 ns
  else if (alone) task(0, tasks, 0);
  else ThreadPool::shared().for_chunks(0, tasks, per_matrix > 1 ? 1 : matrices_per_thread, task);
  if (refused) throw DeviceError("[gemm] oneDNN refuses a product of " + sizes(g) + ". Please report this.");
}

/// The library for a product, or the error that says why there is none.
Library require_library(const Gemm& g, DType dtype) {
  if (dtype != DType::f32 && dtype != DType::f64)
    throw UnsupportedError("[gemm] no matrix product of " + std::string(name(dtype)) +
                           " by a library: expected f32 or f64. Cast the operands first.");
  const Library library = library_for(g, dtype);
  if (library == Library::none)
    throw UnsupportedError("[gemm] no library for matrix products of " + std::string(name(dtype)) + ": install " +
                           (dtype == DType::f32 ? "libdnnl2 or libopenblas0" : "libopenblas0") + " (Debian).");
  if (library == Library::open_blas && !fits_int(g))
    throw UnsupportedError("[gemm] " + sizes(g) + " is too large for OpenBLAS: expected sizes and leading dimensions up to " +
                           std::to_string(std::numeric_limits<int>::max()) + ". Split the product.");
  return library;
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
  const Library library = require_library(g, dtype);
  if (m == 0 || n == 0 || batch == 0) return;
  const bool no_terms = k == 0 || alpha == 0.0;
  if (dtype == DType::f32) return no_terms ? scale<float>(g) : run<float>(g, library);
  return no_terms ? scale<double>(g) : run<double>(g, library);
}

void gemm(DType dtype, bool trans_a, bool trans_b, i64 m, i64 n, i64 k, double alpha, const void* a, i64 lda,
          const void* b, i64 ldb, double beta, void* c, i64 ldc) {
  gemm_batched(dtype, trans_a, trans_b, m, n, k, alpha, a, lda, 0, b, ldb, 0, beta, c, ldc, 0, 1);
}

} // namespace croton::runtime::blas
