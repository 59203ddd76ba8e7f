// Matrix products by cuBLASLt, opened at run time.
#pragma once
#include "runtime/cuda/cuda.h"
#include "runtime/cuda/library.h"
#include <functional>

namespace croton::runtime::cuda {

class Products {
public:
  virtual ~Products() = default;
  /// Whether there is an algorithm for such products.
  virtual bool takes(DType dtype, bool bias, ir::Activation activation) = 0;
  /// Asked for in the stream's order. Thread-safe.
  virtual void multiply(const Product& product, CUdeviceptr a, CUdeviceptr b, CUdeviceptr c, CUdeviceptr bias, CUstream stream) = 0;
};

/// For the current context; its scratch memory comes from `allocate`. Null where the library is missing or does not start,
/// and then `why` says it.
std::unique_ptr<Products> open_products(const std::function<CUdeviceptr(std::size_t bytes)>& allocate, std::string& why);

} // namespace croton::runtime::cuda
