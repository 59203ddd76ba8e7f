// Matrix products by the machine's BLAS libraries: f32 by oneDNN (else OpenBLAS), f64 by OpenBLAS.
#pragma once
#include <croton/dtype.h>

namespace croton::runtime::blas {

/// Whether this machine has a library for matrix products of `dtype`. Looks for it, and loads it, the first time.
/// Thread-safe. Loading OpenBLAS sets and restores OPENBLAS_* environment variables (see blas_library.cpp).
bool available(DType dtype);

/// C = alpha · op(A) · op(B) + beta · C, row-major, op(A) m×k and op(B) k×n, op the transpose where asked for.
/// Leading dimensions count elements from row to row of the matrix as stored; that of a matrix with at most one row is
/// not looked at. beta = 0 never reads C; k = 0 and alpha = 0 scale C. C must not overlap A or B.
/// Runs on ThreadPool::shared(): the libraries' own threads stay off. Thread-safe.
/// UnsupportedError, naming the package to install, when there is no library or a size it cannot take; InternalError for
/// negative sizes or leading dimensions shorter than a row.
void gemm(DType dtype, bool trans_a, bool trans_b, i64 m, i64 n, i64 k, double alpha, const void* a, i64 lda,
          const void* b, i64 ldb, double beta, void* c, i64 ldc);

/// `batch` products at once; matrix i of A starts i · stride_a elements after the first (0: the same for all), and so on.
/// The results must not overlap.
void gemm_batched(DType dtype, bool trans_a, bool trans_b, i64 m, i64 n, i64 k, double alpha, const void* a, i64 lda,
                  i64 stride_a, const void* b, i64 ldb, i64 stride_b, double beta, void* c, i64 ldc, i64 stride_c,
                  i64 batch);

} // namespace croton::runtime::blas
