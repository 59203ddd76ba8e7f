// The BLAS libraries, opened at first use.
#pragma once
#include <cstdint>
#include <string>

namespace croton::runtime::blas {

/// oneDNN. Its threads are OpenMP's; the two functions are null in a build of it without OpenMP.
struct OneDnn {
  using Sgemm = int (*)(char trans_a, char trans_b, std::int64_t m, std::int64_t n, std::int64_t k, float alpha,
                        const float* a, std::int64_t lda, const float* b, std::int64_t ldb, float beta, float* c,
                        std::int64_t ldc);
  Sgemm sgemm = nullptr;
  int (*omp_get_max_threads)() = nullptr;
  void (*omp_set_num_threads)(int) = nullptr;
};

/// OpenBLAS with 32-bit integers.
struct OpenBlas {
  template <class T>
  using Gemm = void (*)(int order, int trans_a, int trans_b, int m, int n, int k, T alpha, const T* a, int lda,
                        const T* b, int ldb, T beta, T* c, int ldc);
  template <class T>
  using Gemv = void (*)(int order, int trans, int rows, int columns, T alpha, const T* a, int lda, const T* x, int incx,
                        T beta, T* y, int incy);
  static constexpr int row_major = 101, no_trans = 111, trans = 112;
  Gemm<float> sgemm = nullptr;
  Gemm<double> dgemm = nullptr;
  Gemv<float> sgemv = nullptr;
  Gemv<double> dgemv = nullptr;
  std::string core; ///< whose kernels it uses: "Cooperlake", "Haswell"; empty when it does not say
  /// The program had loaded it before us, with threads of its own: it must not be called from several of ours at once.
  bool foreign = false;
};

/// Null when the library is not there. The first call opens it; thread-safe.
const OneDnn* one_dnn();
const OpenBlas* open_blas();

} // namespace croton::runtime::blas
