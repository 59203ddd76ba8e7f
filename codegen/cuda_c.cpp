// CUDA C as NVRTC compiles it, without headers. CUDA has neither vectors with operators nor saturating conversions, so the
// prologue brings them, named as the printer names OpenCL's: one text form serves both.
#include "codegen/c.h"

namespace croton::codegen {

namespace {

constexpr std::string_view prologue = R"(typedef signed char int8;
typedef short int16;
typedef int int32;
typedef long long int64;
typedef unsigned char uint8;
typedef unsigned short uint16;
typedef unsigned int uint32;
typedef unsigned long long uint64;
typedef float f32;
typedef double f64;

template <class T, int n> struct alignas(sizeof(T) * n < 16 ? sizeof(T) * n : 16) lanes {
  typedef T element;
  T x[n];
  __device__ lanes() {}
  __device__ explicit lanes(T s) {
    for (int k = 0; k < n; ++k) x[k] = s;
  }
  template <class... R> __device__ lanes(T a, T b, R... rest) : x{a, b, static_cast<T>(rest)...} {}
};
#define CROTON_VECTORS(T) typedef lanes<T, 2> T##x2; typedef lanes<T, 4> T##x4; typedef lanes<T, 8> T##x8; typedef lanes<T, 16> T##x16;
CROTON_VECTORS(int8) CROTON_VECTORS(int16) CROTON_VECTORS(int32) CROTON_VECTORS(int64) CROTON_VECTORS(uint8) CROTON_VECTORS(uint16)
CROTON_VECTORS(uint32) CROTON_VECTORS(uint64) CROTON_VECTORS(f32) CROTON_VECTORS(f64)

#define CROTON_LANES(R, expression) lanes<R, n> r; for (int k = 0; k < n; ++k) r.x[k] = static_cast<R>(expression); return r;
#define CROTON_BINARY(op) \
  template <class T, int n> __device__ inline lanes<T, n> operator op(lanes<T, n> a, lanes<T, n> b) { CROTON_LANES(T, a.x[k] op b.x[k]) }
#define CROTON_COMPARE(op) \
  template <class T, int n> __device__ inline lanes<int8, n> operator op(lanes<T, n> a, lanes<T, n> b) { CROTON_LANES(int8, -(a.x[k] op b.x[k])) }
CROTON_BINARY(+) CROTON_BINARY(-) CROTON_BINARY(*) CROTON_BINARY(/) CROTON_BINARY(&) CROTON_BINARY(|) CROTON_BINARY(^) CROTON_BINARY(<<) CROTON_BINARY(>>)
CROTON_COMPARE(<) CROTON_COMPARE(<=) CROTON_COMPARE(>) CROTON_COMPARE(>=) CROTON_COMPARE(==) CROTON_COMPARE(!=)
template <class T, int n> __device__ inline lanes<T, n> operator-(lanes<T, n> a) { CROTON_LANES(T, -a.x[k]) }
template <class T, int n> __device__ inline lanes<T, n> operator~(lanes<T, n> a) { CROTON_LANES(T, ~a.x[k]) }
template <int n> __device__ inline lanes<int8, n> operator!(lanes<int8, n> a) { CROTON_LANES(int8, -(a.x[k] == 0)) }
#define CROTON_UNARY_MATH(f) template <class T, int n> __device__ inline lanes<T, n> f(lanes<T, n> a) { CROTON_LANES(T, f(a.x[k])) }
#define CROTON_BINARY_MATH(f) template <class T, int n> __device__ inline lanes<T, n> f(lanes<T, n> a, lanes<T, n> b) { CROTON_LANES(T, f(a.x[k], b.x[k])) }
CROTON_UNARY_MATH(fabs) CROTON_UNARY_MATH(floor) CROTON_UNARY_MATH(ceil) CROTON_UNARY_MATH(trunc) CROTON_UNARY_MATH(rint) CROTON_UNARY_MATH(sqrt)
CROTON_BINARY_MATH(fmod) CROTON_BINARY_MATH(copysign)
template <class T, int n> __device__ inline lanes<T, n> fma(lanes<T, n> a, lanes<T, n> b, lanes<T, n> c) { CROTON_LANES(T, fma(a.x[k], b.x[k], c.x[k])) }
template <class T, class M, int n> __device__ inline lanes<T, n> select(lanes<T, n> no, lanes<T, n> yes, lanes<M, n> m) { CROTON_LANES(T, m.x[k] ? yes.x[k] : no.x[k]) }
template <class R, class T, int n> __device__ inline R part(lanes<T, n> a, int start) {
  R r;
  for (int k = 0; k < static_cast<int>(sizeof(R) / sizeof(T)); ++k) r.x[k] = a.x[start + k];
  return r;
}

template <class R, class A> __device__ inline R bitcast(A a) {
  static_assert(sizeof(R) == sizeof(A), "the same bits");
  R r;
  memcpy(&r, &a, sizeof(R));
  return r;
}
template <class T> __device__ constexpr T highest() { return static_cast<T>(-1) > static_cast<T>(0) ? static_cast<T>(-1) : static_cast<T>(~(1ull << (8 * sizeof(T) - 1))); }
template <class R> struct to {
  template <class A> static __device__ inline R convert(A a) { return static_cast<R>(a); }
  // Towards zero and saturating; the bound is a power of two and exact, and a NaN fails every comparison.
  template <class A> static __device__ inline R integer(A a) {
    const bool is_signed = static_cast<R>(-1) < static_cast<R>(0);
    const A above = static_cast<A>(1ull << (8 * sizeof(R) - 1)) * static_cast<A>(is_signed ? 1 : 2), below = is_signed ? -above : static_cast<A>(0);
    if (a >= above) return highest<R>();
    if (a <= below) return is_signed ? static_cast<R>(-highest<R>() - 1) : static_cast<R>(0);
    return a == a ? static_cast<R>(a) : static_cast<R>(0);
  }
};
template <class R, int n> struct to<lanes<R, n>> {
  template <class A> static __device__ inline lanes<R, n> convert(lanes<A, n> a) { CROTON_LANES(R, to<R>::convert(a.x[k])) }
  template <class A> static __device__ inline lanes<R, n> integer(lanes<A, n> a) { CROTON_LANES(R, to<R>::integer(a.x[k])) }
};

#define CROTON_MEMORY(n) \
  template <class T> __device__ inline lanes<T, n> vload##n(int, const T* p) { lanes<T, n> r; for (int k = 0; k < n; ++k) r.x[k] = p[k]; return r; } \
  template <class T> __device__ inline void vstore##n(lanes<T, n> v, int, T* p) { for (int k = 0; k < n; ++k) p[k] = v.x[k]; } \
  template <class T> __device__ inline lanes<T, n> wide_load##n(int, const T* p) { return *reinterpret_cast<const lanes<T, n>*>(p); } \
  template <class T> __device__ inline void wide_store##n(lanes<T, n> v, int, T* p) { *reinterpret_cast<lanes<T, n>*>(p) = v; }
CROTON_MEMORY(2) CROTON_MEMORY(4) CROTON_MEMORY(8) CROTON_MEMORY(16)

// Of the thread of the warp whose number differs by `distance`.
template <class T> __device__ inline T exchange(T x, int distance) { return __shfl_xor_sync(0xffffffffu, x, distance); }
#define CROTON_NARROW(T) __device__ inline T exchange(T x, int distance) { return static_cast<T>(__shfl_xor_sync(0xffffffffu, static_cast<int32>(x), distance)); }
CROTON_NARROW(bool) CROTON_NARROW(int8) CROTON_NARROW(uint8) CROTON_NARROW(int16) CROTON_NARROW(uint16)
)";

} // namespace

const CLanguage& cuda_c() {
  static const CLanguage language{
      .name = "CUDA C",
      .prologue = prologue,
      .types = {"bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "", "", "f32", "f64", "", ""},
      .i64_suffix = "ll",
      .u64_suffix = "ull",
      .has_vectors = true,
      .vector_mark = "x",
      .wide_load = "wide_load",
      .wide_store = "wide_store",
      .vector = [](const std::string& type, const std::string& values) { return type + "(" + values + ")"; },
      .part = [](const std::string& x, const std::string& type, i64 start, i64 lanes) {
        return lanes == 1 ? x + ".x[" + std::to_string(start) + "]" : "part<" + type + ">(" + x + ", " + std::to_string(start) + ")";
      },
      .global_memory = "",
      .kernel = "extern \"C\" __global__ void ",
      .function = "static __device__ inline ",
      .scalar_only = "",
      .rolled = "#pragma unroll\n  ",
      .worker = "(int64)blockIdx.x",
      .thread = "(int64)threadIdx.x",
      .shared_memory = "__shared__ ",
      .barrier = "__syncthreads();",
      .prefetch = "",
      .exchange = [](const std::string& x, i64 distance) { return "exchange(" + x + ", " + std::to_string(distance) + ")"; },
      .buffers_have_offsets = false,
      .avx512 = nullptr,
      .bitcast = [](const std::string& type, const std::string& x) { return "bitcast<" + type + ">(" + x + ")"; },
      .to_integer = [](const std::string& type, const std::string& x) { return "to<" + type + ">::integer(" + x + ")"; },
      .convert = [](const std::string& type, const std::string& x) { return "to<" + type + ">::convert(" + x + ")"; },
      .raw = ir::RawLanguage::cuda,
      .raw_prologue = "typedef int8 i8;\ntypedef int16 i16;\ntypedef int32 i32;\ntypedef int64 i64;\ntypedef uint8 u8;\ntypedef uint16 u16;\ntypedef uint32 u32;\ntypedef uint64 u64;\n"
                      "#ifndef CROTON_SHARED\n#define CROTON_SHARED(name) extern __shared__ __align__(16) unsigned char name[]\n#endif\n",
      .no_alias = "__restrict__ ",
      .threads = "(int64)blockDim.x",
      .shared_parameter = "",
      .shared_statement = "CROTON_SHARED(shared);",
  };
  return language;
}

} // namespace croton::codegen
