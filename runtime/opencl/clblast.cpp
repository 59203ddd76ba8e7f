#include "runtime/opencl/clblast.h"
#include "croton/error.h"
#include <cstdlib>
#include <dlfcn.h>
#include <string>

namespace croton::runtime::opencl {

namespace {

// The values of CLBlastLayout and CLBlastTranspose.
constexpr int row_major = 101, as_it_is = 111, transposed = 112;

template <class T>
using Gemm = int (*)(int layout, int trans_a, int trans_b, std::size_t m, std::size_t n, std::size_t k, T alpha, cl_mem a, std::size_t a_offset, std::size_t lda, cl_mem b, std::size_t b_offset,
                     std::size_t ldb, T beta, cl_mem c, std::size_t c_offset, std::size_t ldc, cl_command_queue* queue, cl_event* event);
template <class T>
using GemmBatched = int (*)(int layout, int trans_a, int trans_b, std::size_t m, std::size_t n, std::size_t k, T alpha, cl_mem a, std::size_t a_offset, std::size_t lda, std::size_t a_stride, cl_mem b,
                            std::size_t b_offset, std::size_t ldb, std::size_t b_stride, T beta, cl_mem c, std::size_t c_offset, std::size_t ldc, std::size_t c_stride, std::size_t batch,
                            cl_command_queue* queue, cl_event* event);

struct Opened;
const Opened& opened();

struct Opened {
  Gemm<float> sgemm = nullptr;
  Gemm<double> dgemm = nullptr;
  GemmBatched<float> sgemm_batched = nullptr;
  GemmBatched<double> dgemm_batched = nullptr;
  int (*clear)() = nullptr;
  bool found = false;
  std::string why;

  Opened() {
    void* handle = dlopen("libclblast.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
      why = "libclblast.so.1 is not installed: package libclblast1 of Debian";
      return;
    }
    found = load(handle, "CLBlastSgemm", sgemm) && load(handle, "CLBlastDgemm", dgemm) && load(handle, "CLBlastSgemmStridedBatched", sgemm_batched) &&
            load(handle, "CLBlastDgemmStridedBatched", dgemm_batched) && load(handle, "CLBlastClearCache", clear);
    // The programs that it keeps go before the driver does.
    if (found) std::atexit([] { opened().clear(); });
  }
  template <class F> bool load(void* handle, const char* name, F& function) {
    function = reinterpret_cast<F>(dlsym(handle, name));
    if (!function) why = "libclblast.so.1 has no " + std::string(name) + ": install CLBlast 1.4 or later";
    return function != nullptr;
  }
};

const Opened& opened() {
  static const Opened* library = new Opened;
  return *library;
}

template <class T> int multiply(const Product& p, Operand a, Operand b, Operand c, cl_command_queue queue, Gemm<T> one, GemmBatched<T> many) {
  auto size = [](i64 n) { return static_cast<std::size_t>(n); };
  int trans_a = p.trans_a ? transposed : as_it_is, trans_b = p.trans_b ? transposed : as_it_is;
  std::size_t m = size(p.m), n = size(p.n), k = size(p.k), lda = p.trans_a ? m : k, ldb = p.trans_b ? k : n;
  if (p.batch == 1)
    return one(row_major, trans_a, trans_b, m, n, k, 1, a.memory, a.offset / sizeof(T), lda, b.memory, b.offset / sizeof(T), ldb, 0, c.memory, c.offset / sizeof(T), n, &queue, nullptr);
  return many(row_major, trans_a, trans_b, m, n, k, 1, a.memory, a.offset / sizeof(T), lda, m * k, b.memory, b.offset / sizeof(T), ldb, k * n, 0, c.memory, c.offset / sizeof(T), n, m * n, size(p.batch),
              &queue, nullptr);
}

} // namespace

bool has_clblast(std::string* why) {
  if (why) *why = opened().why;
  return opened().found;
}

void clblast_multiply(const Product& p, Operand a, Operand b, Operand c, cl_command_queue queue) {
  const Opened& lib = opened();
  int code = p.dtype == DType::f64 ? multiply<double>(p, a, b, c, queue, lib.dgemm, lib.dgemm_batched) : multiply<float>(p, a, b, c, queue, lib.sgemm, lib.sgemm_batched);
  if (code != 0)
    throw DeviceError("[opencl] CLBlast does not multiply " + std::to_string(p.m) + " × " + std::to_string(p.k) + " and " + std::to_string(p.k) + " × " + std::to_string(p.n) + " (code " + std::to_string(code) +
                      "). Set CROTON_OPENCL_PRODUCTS=kernels to use Croton's own.");
}

} // namespace croton::runtime::opencl
