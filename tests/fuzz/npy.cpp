// Any bytes, read as .npy and as .npz: an array that is whole, or an IoError.
#include "croton/error.h"
#include "src/io/npz.h"
#include <cstdlib>

using namespace croton;
using namespace croton::io;

namespace {

void check(const NpyArray& array) {
  std::uint64_t bytes = size_of(array.dtype);
  for (std::int64_t dim : array.shape) bytes *= std::uint64_t(dim);
  if (bytes != array.data.size()) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const ReadOptions options{.max_bytes = 1 << 24};
  try {
    check(parse_npy(bytes, "x.npy", options));
  } catch (const IoError&) {
  }
  try {
    for (const auto& [name, array] : parse_npz(bytes, "x.npz", options)) check(array);
  } catch (const IoError&) {
  }
  return 0;
}
