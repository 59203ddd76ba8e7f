// A cuBLASLt for tests: the entry points that Croton uses. A product is computed from the layouts, transposes, batch strides
// and epilogue that it was given, element by element, and every argument is checked: a wrong descriptor is an error or a
// wrong result.
#include "tests/emulator/fake_driver.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <cublasLt.h>
#include <cstdint>
#include <limits>
#include <string_view>

namespace {

using emulator::is_inside;

struct Layout {
  cudaDataType type;
  std::uint64_t rows, columns;
  std::int64_t ld, stride = 0;
  std::int32_t batch = 1;
};
struct Desc {
  cublasComputeType_t compute;
  cudaDataType_t scale;
  std::int32_t trans_a = CUBLAS_OP_N, trans_b = CUBLAS_OP_N;
  std::uint32_t epilogue = CUBLASLT_EPILOGUE_DEFAULT;
  const void* bias = nullptr;
};
struct Preference {
  std::uint64_t workspace = 0;
  std::uint32_t alignment[4] = {256, 256, 256, 256};
};
/// What the heuristic knew: a call must be as it was told.
struct Algorithm {
  std::uint32_t mark, alignment[4];
  std::uint64_t workspace, m, n, k;
  std::int32_t batch;
  std::uint32_t epilogue;
};
static_assert(sizeof(Algorithm) <= sizeof(cublasLtMatmulAlgo_t));
constexpr std::uint32_t mark = 0xc0b1a517;

std::size_t element(cudaDataType type) { return type == CUDA_R_64F ? 8 : 4; }
bool has_bias(std::uint32_t e) { return e == CUBLASLT_EPILOGUE_BIAS || e == CUBLASLT_EPILOGUE_RELU_BIAS || e == CUBLASLT_EPILOGUE_GELU_BIAS; }
bool has_relu(std::uint32_t e) { return e == CUBLASLT_EPILOGUE_RELU || e == CUBLASLT_EPILOGUE_RELU_BIAS; }
/// CROTON_EMULATOR_RELU=fmax is a library whose relu makes a NaN 0.
bool drops_nan() {
  static const char* relu = std::getenv("CROTON_EMULATOR_RELU");
  return relu && std::string_view(relu) == "fmax";
}
bool has_gelu(std::uint32_t e) { return e == CUBLASLT_EPILOGUE_GELU || e == CUBLASLT_EPILOGUE_GELU_BIAS; }

Desc& of(cublasLtMatmulDesc_t d) { return *reinterpret_cast<Desc*>(d); }
Layout& of(cublasLtMatrixLayout_t l) { return *reinterpret_cast<Layout*>(l); }

template <class T> bool take(T& to, const void* from, std::size_t bytes) {
  if (bytes != sizeof to) return false;
  std::memcpy(&to, from, bytes);
  return true;
}

struct Sizes {
  std::uint64_t m, n, k;
};
bool fits(const Desc& d, const Layout& a, const Layout& b, const Layout& c, Sizes& s) {
  s.m = d.trans_a == CUBLAS_OP_N ? a.rows : a.columns;
  s.k = d.trans_a == CUBLAS_OP_N ? a.columns : a.rows;
  std::uint64_t k = d.trans_b == CUBLAS_OP_N ? b.rows : b.columns;
  s.n = d.trans_b == CUBLAS_OP_N ? b.columns : b.rows;
  bool types = a.type == b.type && b.type == c.type && d.scale == c.type && d.compute == (c.type == CUDA_R_64F ? CUBLAS_COMPUTE_64F : CUBLAS_COMPUTE_32F);
  for (const Layout* l : {&a, &b, &c})
    if (l->rows == 0 || l->columns == 0 || l->ld < static_cast<std::int64_t>(l->rows) || l->batch != c.batch) return false;
  return types && k == s.k && c.rows == s.m && c.columns == s.n;
}
std::size_t extent(const Layout& l) { return (static_cast<std::size_t>(l.stride) * static_cast<std::size_t>(l.batch - 1) + static_cast<std::size_t>(l.ld) * (l.columns - 1) + l.rows) * element(l.type); }

template <class T> void multiply(const Desc& d, const Layout& la, const T* a, const Layout& lb, const T* b, const Layout& lc, T* c, Sizes s, const T* bias) {
  auto at = [](const Layout& l, std::uint64_t row, std::uint64_t column, std::int32_t batch) { return static_cast<std::size_t>(batch * l.stride) + row + column * static_cast<std::uint64_t>(l.ld); };
  for (std::int32_t batch = 0; batch < lc.batch; ++batch)
    for (std::uint64_t j = 0; j < s.n; ++j)
      for (std::uint64_t i = 0; i < s.m; ++i) {
        T sum = 0;
        for (std::uint64_t k = 0; k < s.k; ++k)
          sum = std::fma(a[d.trans_a == CUBLAS_OP_N ? at(la, i, k, batch) : at(la, k, i, batch)], b[d.trans_b == CUBLAS_OP_N ? at(lb, k, j, batch) : at(lb, j, k, batch)], sum);
        if (bias) sum += bias[i];
        if (has_relu(d.epilogue)) sum = drops_nan() ? std::fmax(sum, T(0)) : sum < 0 ? 0 : sum;
        if (has_gelu(d.epilogue)) sum = static_cast<T>(0.5) * sum * (1 + std::tanh(static_cast<T>(0.7978845608028654) * (sum + static_cast<T>(0.044715) * sum * sum * sum)));
        c[at(lc, i, j, batch)] = sum;
      }
}

} // namespace

extern "C" {

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) { return *handle = reinterpret_cast<cublasLtHandle_t>(5), CUBLAS_STATUS_SUCCESS; }
std::size_t cublasLtGetVersion(void) { return 10000; }
const char* cublasLtGetStatusString(cublasStatus_t status) { return status == CUBLAS_STATUS_INVALID_VALUE ? "CUBLAS_STATUS_INVALID_VALUE, says the emulator" : "a status of the emulator"; }

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* desc, cublasComputeType_t compute, cudaDataType_t scale) {
  *desc = reinterpret_cast<cublasLtMatmulDesc_t>(new Desc{compute, scale});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t desc) { return delete &of(desc), CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t desc, cublasLtMatmulDescAttributes_t what, const void* value, std::size_t bytes) {
  Desc& d = of(desc);
  bool good = false;
  if (what == CUBLASLT_MATMUL_DESC_TRANSA) good = take(d.trans_a, value, bytes);
  else if (what == CUBLASLT_MATMUL_DESC_TRANSB) good = take(d.trans_b, value, bytes);
  else if (what == CUBLASLT_MATMUL_DESC_EPILOGUE) good = take(d.epilogue, value, bytes);
  else if (what == CUBLASLT_MATMUL_DESC_BIAS_POINTER) good = take(d.bias, value, bytes);
  return good ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType type, std::uint64_t rows, std::uint64_t columns, std::int64_t ld) {
  *layout = reinterpret_cast<cublasLtMatrixLayout_t>(new Layout{type, rows, columns, ld});
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) { return delete &of(layout), CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasLtMatrixLayoutSetAttribute(cublasLtMatrixLayout_t layout, cublasLtMatrixLayoutAttribute_t what, const void* value, std::size_t bytes) {
  bool good = false;
  if (what == CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT) good = take(of(layout).batch, value, bytes);
  else if (what == CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET) good = take(of(layout).stride, value, bytes);
  return good ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
  *preference = reinterpret_cast<cublasLtMatmulPreference_t>(new Preference);
  return CUBLAS_STATUS_SUCCESS;
}
cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) { return delete reinterpret_cast<Preference*>(preference), CUBLAS_STATUS_SUCCESS; }
cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference, cublasLtMatmulPreferenceAttributes_t what, const void* value, std::size_t bytes) {
  auto& p = *reinterpret_cast<Preference*>(preference);
  bool good = false;
  if (what == CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) good = take(p.workspace, value, bytes);
  else if (what >= CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES && what <= CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES)
    good = take(p.alignment[what - CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES], value, bytes);
  return good ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_INVALID_VALUE;
}

cublasStatus_t cublasLtMatmulAlgoGetHeuristic(cublasLtHandle_t, cublasLtMatmulDesc_t desc, cublasLtMatrixLayout_t a, cublasLtMatrixLayout_t b, cublasLtMatrixLayout_t c, cublasLtMatrixLayout_t d,
                                              cublasLtMatmulPreference_t preference, int wanted, cublasLtMatmulHeuristicResult_t results[], int* count) {
  Sizes s;
  if (wanted < 1 || c != d || !fits(of(desc), of(a), of(b), of(c), s)) return CUBLAS_STATUS_INVALID_VALUE;
  const auto& p = *reinterpret_cast<Preference*>(preference);
  Algorithm chosen{mark, {}, p.workspace / 2, s.m, s.n, s.k, of(c).batch, of(desc).epilogue};
  std::memcpy(chosen.alignment, p.alignment, sizeof chosen.alignment);
  std::memcpy(&results[0].algo, &chosen, sizeof chosen);
  results[0].workspaceSize = chosen.workspace;
  results[0].state = CUBLAS_STATUS_SUCCESS;
  return *count = 1, CUBLAS_STATUS_SUCCESS;
}

cublasStatus_t cublasLtMatmul(cublasLtHandle_t, cublasLtMatmulDesc_t desc, const void* alpha, const void* a, cublasLtMatrixLayout_t a_layout, const void* b, cublasLtMatrixLayout_t b_layout, const void* beta,
                              const void* c, cublasLtMatrixLayout_t c_layout, void* d, cublasLtMatrixLayout_t d_layout, const cublasLtMatmulAlgo_t* algo, void* workspace, std::size_t workspace_bytes, cudaStream_t stream) {
  Desc t = of(desc);
  Layout la = of(a_layout), lb = of(b_layout), lc = of(d_layout);
  Sizes s;
  Algorithm known;
  std::memcpy(&known, algo, sizeof known);
  auto address = [](const void* p) { return reinterpret_cast<CUdeviceptr>(p); };
  bool good = fits(t, la, lb, lc, s) && c == d && c_layout == d_layout && known.mark == mark && known.m == s.m && known.n == s.n && known.k == s.k && known.batch == lc.batch && known.epilogue == t.epilogue;
  const void* operands[] = {a, b, c, d};
  const Layout* layouts[] = {&la, &lb, &lc, &lc};
  for (int k = 0; good && k < 4; ++k) good = is_inside(address(operands[k]), extent(*layouts[k])) && address(operands[k]) % known.alignment[k] == 0;
  good = good && workspace_bytes >= known.workspace && is_inside(address(workspace), workspace_bytes) && has_bias(t.epilogue) == (t.bias != nullptr);
  if (good && t.bias) good = is_inside(address(t.bias), s.m * element(lc.type));
  if (good && lc.type == CUDA_R_64F) good = *static_cast<const double*>(alpha) == 1 && *static_cast<const double*>(beta) == 0;
  else if (good) good = *static_cast<const float*>(alpha) == 1 && *static_cast<const float*>(beta) == 0;
  if (!good) return CUBLAS_STATUS_INVALID_VALUE;
  CUresult code = emulator::ask(reinterpret_cast<CUstream>(stream), [=] {
    if (lc.type == CUDA_R_64F) multiply(t, la, static_cast<const double*>(a), lb, static_cast<const double*>(b), lc, static_cast<double*>(d), s, static_cast<const double*>(t.bias));
    else multiply(t, la, static_cast<const float*>(a), lb, static_cast<const float*>(b), lc, static_cast<float*>(d), s, static_cast<const float*>(t.bias));
    return CUDA_SUCCESS;
  });
  return code == CUDA_SUCCESS ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

} // extern "C"
