#include "runtime/cuda/products.h"
#include "croton/error.h"
#include <map>
#include <mutex>

namespace croton::runtime::cuda {

#if __has_include(<cublasLt.h>)

namespace {

constexpr std::size_t scratch_bytes = std::size_t(32) << 20; ///< what the fastest algorithms of recent devices ask for
constexpr std::uint32_t alignment = 64;                       ///< of what a plan places in memory

void check(const CublasLt& lt, cublasStatus_t code, const char* what) {
  if (code != CUBLAS_STATUS_SUCCESS) throw DeviceError("[cuda] " + std::string(what) + " failed: " + lt.cublasLtGetStatusString_(code) + ".");
}

/// What is asked of the library for one kind and size of product. Row-major C = A·B is column-major Cᵀ = Bᵀ·Aᵀ over the same
/// memory: the library's first operand is our second, and its rows, which a bias has one element for, are our columns.
class Call {
public:
  Call(const CublasLt& lt, const Product& p) : lt_(lt) {
    cudaDataType_t type = p.dtype == DType::f64 ? CUDA_R_64F : CUDA_R_32F;
    // 32F and not its TF32 relatives: products have the precision of their dtype.
    check(lt, lt.cublasLtMatmulDescCreate_(&desc, p.dtype == DType::f64 ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F, type), "cublasLtMatmulDescCreate");
    set(CUBLASLT_MATMUL_DESC_TRANSA, static_cast<std::int32_t>(p.trans_b ? CUBLAS_OP_T : CUBLAS_OP_N));
    set(CUBLASLT_MATMUL_DESC_TRANSB, static_cast<std::int32_t>(p.trans_a ? CUBLAS_OP_T : CUBLAS_OP_N));
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, static_cast<std::uint32_t>(epilogue(p)));
    if (p.trans_b) layout(first, type, p.k, p.n, p);
    else layout(first, type, p.n, p.k, p);
    if (p.trans_a) layout(second, type, p.m, p.k, p);
    else layout(second, type, p.k, p.m, p);
    layout(result, type, p.n, p.m, p);
  }
  ~Call() {
    for (auto l : {first, second, result})
      if (l) lt_.cublasLtMatrixLayoutDestroy_(l);
    if (desc) lt_.cublasLtMatmulDescDestroy_(desc);
  }
  Call(const Call&) = delete;

  void bias(CUdeviceptr address) { set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, reinterpret_cast<const void*>(address)); }

  /// False: the library has no algorithm.
  bool choose(cublasLtHandle_t handle) {
    cublasLtMatmulPreference_t preference = nullptr;
    check(lt_, lt_.cublasLtMatmulPreferenceCreate_(&preference), "cublasLtMatmulPreferenceCreate");
    auto prefer = [&](cublasLtMatmulPreferenceAttributes_t what, const auto& value) { return lt_.cublasLtMatmulPreferenceSetAttribute_(preference, what, &value, sizeof value); };
    cublasStatus_t code = prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, static_cast<std::uint64_t>(scratch_bytes));
    for (auto what : {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES})
      if (code == CUBLAS_STATUS_SUCCESS) code = prefer(what, alignment);
    cublasLtMatmulHeuristicResult_t found{};
    int count = 0;
    if (code == CUBLAS_STATUS_SUCCESS) code = lt_.cublasLtMatmulAlgoGetHeuristic_(handle, desc, first, second, result, result, preference, 1, &found, &count);
    lt_.cublasLtMatmulPreferenceDestroy_(preference);
    if (code == CUBLAS_STATUS_NOT_SUPPORTED || (code == CUBLAS_STATUS_SUCCESS && (count == 0 || found.state != CUBLAS_STATUS_SUCCESS))) return false;
    check(lt_, code, "cublasLtMatmulAlgoGetHeuristic");
    algorithm = found.algo;
    return true;
  }

  cublasLtMatmulDesc_t desc = nullptr;
  cublasLtMatrixLayout_t first = nullptr, second = nullptr, result = nullptr;
  cublasLtMatmulAlgo_t algorithm{};

private:
  const CublasLt& lt_;

  static cublasLtEpilogue_t epilogue(const Product& p) {
    switch (p.activation) {
    case ir::Activation::relu: return p.bias ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_RELU;
    case ir::Activation::gelu: return p.bias ? CUBLASLT_EPILOGUE_GELU_BIAS : CUBLASLT_EPILOGUE_GELU;
    case ir::Activation::none: break;
    }
    return p.bias ? CUBLASLT_EPILOGUE_BIAS : CUBLASLT_EPILOGUE_DEFAULT;
  }
  template <class T> void set(cublasLtMatmulDescAttributes_t what, const T& value) { check(lt_, lt_.cublasLtMatmulDescSetAttribute_(desc, what, &value, sizeof value), "cublasLtMatmulDescSetAttribute"); }
  void layout(cublasLtMatrixLayout_t& l, cudaDataType_t type, i64 rows, i64 columns, const Product& p) {
    check(lt_, lt_.cublasLtMatrixLayoutCreate_(&l, type, static_cast<std::uint64_t>(rows), static_cast<std::uint64_t>(columns), rows), "cublasLtMatrixLayoutCreate");
    if (p.batch == 1) return;
    if (p.batch > INT32_MAX) throw DeviceError("[cuda] cuBLASLt multiplies at most 2147483647 matrices at once: found " + std::to_string(p.batch) + ".");
    auto count = static_cast<std::int32_t>(p.batch);
    std::int64_t stride = rows * columns;
    check(lt_, lt_.cublasLtMatrixLayoutSetAttribute_(l, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, &count, sizeof count), "cublasLtMatrixLayoutSetAttribute");
    check(lt_, lt_.cublasLtMatrixLayoutSetAttribute_(l, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, &stride, sizeof stride), "cublasLtMatrixLayoutSetAttribute");
  }
};

class CublasLtProducts final : public Products {
public:
  CublasLtProducts(const CublasLt& lt, cublasLtHandle_t handle, CUdeviceptr scratch) : lt_(lt), handle_(handle), scratch_(scratch) {}

  bool takes(DType dtype, bool bias, ir::Activation activation) override {
    if (dtype != DType::f32 && (dtype != DType::f64 || bias || activation != ir::Activation::none)) return false;
    std::lock_guard lock(mutex_);
    Product probe{.dtype = dtype, .m = 64, .n = 64, .k = 64, .bias = bias, .activation = activation};
    auto [known, fresh] = takes_.try_emplace(probe, false);
    if (fresh) {
      Call call(lt_, probe);
      if (bias) call.bias(scratch_);
      known->second = call.choose(handle_);
    }
    return known->second;
  }

  void multiply(const Product& p, CUdeviceptr a, CUdeviceptr b, CUdeviceptr c, CUdeviceptr bias, CUstream stream) override {
    std::lock_guard lock(mutex_); // the bias is part of what is kept
    auto known = calls_.find(p);
    if (known == calls_.end()) {
      auto call = std::make_unique<Call>(lt_, p);
      if (p.bias) call->bias(bias);
      if (!call->choose(handle_))
        throw DeviceError("[cuda] cuBLASLt has no algorithm for a product of " + std::to_string(p.m) + " × " + std::to_string(p.k) + " and " + std::to_string(p.k) + " × " + std::to_string(p.n) +
                          ". Set CROTON_CUBLASLT=off to use Croton's own.");
      if (calls_.size() >= most_kept) calls_.clear();
      known = calls_.emplace(p, std::move(call)).first;
    }
    Call& call = *known->second;
    if (p.bias) call.bias(bias);
    const double one64 = 1, zero64 = 0;
    const float one32 = 1, zero32 = 0;
    const void *one = &one32, *zero = &zero32;
    if (p.dtype == DType::f64) one = &one64, zero = &zero64;
    auto memory = [](CUdeviceptr address) { return reinterpret_cast<void*>(address); };
    check(lt_,
          lt_.cublasLtMatmul_(handle_, call.desc, one, memory(b), call.first, memory(a), call.second, zero, memory(c), call.result, memory(c), call.result, &call.algorithm, memory(scratch_), scratch_bytes,
                              reinterpret_cast<cudaStream_t>(stream)),
          "cublasLtMatmul");
  }

private:
  static constexpr std::size_t most_kept = 256;
  const CublasLt& lt_;
  const cublasLtHandle_t handle_;
  const CUdeviceptr scratch_;
  std::mutex mutex_;
  std::map<Product, bool> takes_;
  std::map<Product, std::unique_ptr<Call>> calls_;
};

} // namespace

std::unique_ptr<Products> open_products(const std::function<CUdeviceptr(std::size_t bytes)>& allocate, std::string& why) {
  const CublasLt* lt = cublaslt(&why);
  if (!lt) return nullptr;
  cublasLtHandle_t handle = nullptr;
  if (cublasStatus_t code = lt->cublasLtCreate_(&handle); code != CUBLAS_STATUS_SUCCESS) {
    why = std::string("cuBLASLt does not start: ") + lt->cublasLtGetStatusString_(code);
    return nullptr;
  }
  return std::make_unique<CublasLtProducts>(*lt, handle, allocate(scratch_bytes));
}

std::string products_text() {
  std::string why;
  const CublasLt* lt = cublaslt(&why);
  if (!lt) return why;
  std::size_t v = lt->cublasLtGetVersion_();
  return "cuBLASLt " + std::to_string(v / 10000) + "." + std::to_string(v / 100 % 100) + "." + std::to_string(v % 100);
}

#else

std::unique_ptr<Products> open_products(const std::function<CUdeviceptr(std::size_t bytes)>&, std::string& why) {
  why = products_text();
  return nullptr;
}
std::string products_text() { return "built without cublasLt.h: install the headers of cuBLAS (package libcublas-dev-13-0 of NVIDIA) and configure again"; }

#endif

} // namespace croton::runtime::cuda
