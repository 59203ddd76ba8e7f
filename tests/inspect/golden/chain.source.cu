typedef signed char int8;
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

extern "C" __global__ void k_chain_add_0(const f64* b0, f64* b1, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 255ll);
  const int64 v1 = (int64)((uint64)n0 + (uint64)(-1ll));
  for (int64 i2 = begin; i2 < end; i2 += 1) {
    const int64 v3 = (int64)((uint64)i2 * (uint64)256ll);
    const int64 v4 = (int64)((uint64)v0 + (uint64)v3);
    const bool v5 = (v4 < n0);
    const int64 v6 = v5 ? v4 : v1;
    const f64 v7 = b0[v6];
    const bool v8 = (v7 <= (-0x1p+0));
    const bool v9 = (v7 == (-0x1p+0));
    const f64 v10 = v9 ? bitcast<f64>(0xfff0000000000000ull) : bitcast<f64>(0x7ff8000000000000ull);
    const bool v11 = (v7 < bitcast<f64>(0x7ff0000000000000ull));
    const f64 v12 = (v7 + 0x1p+0);
    const int64 v13 = bitcast<int64>(v12);
    const int64 v14 = (int64)((uint64)v13 - (uint64)4604930618986332160ll);
    const int64 v15 = (v14 >> 52ll);
    const int64 v16 = (int64)((uint64)v15 + (uint64)4843621399236968448ll);
    const f64 v17 = bitcast<f64>(v16);
    const f64 v18 = (v17 - 0x1.8p+52);
    const bool v19 = (v7 > 0x1p+100);
    const int64 v20 = (int64)((uint64)v15 << (uint64)52ll);
    const int64 v21 = (int64)((uint64)v13 - (uint64)v20);
    const f64 v22 = bitcast<f64>(v21);
    const f64 v23 = (v22 - 0x1p+0);
    const int64 v24 = (int64)((uint64)4607182418800017408ll - (uint64)v20);
    const f64 v25 = bitcast<f64>(v24);
    const f64 v26 = (v25 - 0x1p+0);
    const f64 v27 = fma(v7, v25, v26);
    const f64 v28 = v19 ? v23 : v27;
    const f64 v29 = (v28 * v28);
    const f64 v30 = (v29 * v29);
    const f64 v31 = fma(v30, (-0x1.bf5befd8a1646p-5), (-0x1.23b296cf99578p-4));
    const f64 v32 = fma(v31, v30, (-0x1.9999588ccefd3p-4));
    const f64 v33 = fma(v32, v30, (-0x1.55555555e97ffp-3));
    const f64 v34 = fma(v30, (-0x1.30438f2529772p-7), (-0x1.0742f9dfc7092p-4));
    const f64 v35 = fma(v34, v30, (-0x1.55608f06ab4aap-4));
    const f64 v36 = fma(v35, v30, (-0x1.0000003890562p-3));
    const f64 v37 = fma(v36, v30, (-0x1.fffffffffe5e9p-3));
    const f64 v38 = fma(v33, v29, v37);
    const f64 v39 = fma(v30, 0x1.028d614bb1c57p-4, 0x1.3af6d479f3f22p-4);
    const f64 v40 = fma(v39, v30, 0x1.c71c583c9ac91p-4);
    const f64 v41 = fma(v40, v30, 0x1.9999999916a62p-3);
    const f64 v42 = fma(v30, 0x1.0b31ed8f00394p-5, 0x1.10aa89868805fp-4);
    const f64 v43 = fma(v42, v30, 0x1.745fc07ff946ep-4);
    const f64 v44 = fma(v43, v30, 0x1.24924960d32ep-3);
    const f64 v45 = fma(v44, v30, 0x1.5555555555848p-2);
    const f64 v46 = fma(v41, v29, v45);
    const f64 v47 = fma(v38, v28, v46);
    const f64 v48 = fma(v47, v28, (-0x1p-1));
    const f64 v49 = (v18 * 0x1.abc9e3b39803fp-56);
    const f64 v50 = fma(v29, v48, v49);
    const f64 v51 = (v28 + v50);
    const f64 v52 = fma(v18, 0x1.62e42fefa39efp-1, v51);
    const f64 v53 = v11 ? v52 : v7;
    const f64 v54 = copysign(v53, v7);
    const f64 v55 = v8 ? v10 : v54;
    const f64 v56 = (v55 * 0x1p+1);
    const bool v57 = (v56 < (-0x1.75p+9));
    const f64 v58 = v57 ? (-0x1.75p+9) : v56;
    const bool v59 = (v58 > 0x1.63p+9);
    const f64 v60 = v59 ? 0x1.63p+9 : v58;
    const f64 v61 = fma(v60, 0x1.71547652b82fep+0, 0x1.8p+52);
    const f64 v62 = (v61 - 0x1.8p+52);
    const f64 v63 = fma(v62, (-0x1.62e42fefa39efp-1), v60);
    const f64 v64 = fma(v62, (-0x1.abc9e3b39803fp-56), v63);
    const f64 v65 = (v64 * v64);
    const f64 v66 = fma(v65, 0x1.ad904c232627dp-26, 0x1.71df1af29625ap-19);
    const f64 v67 = fma(v66, v65, 0x1.a01a012edf549p-13);
    const f64 v68 = fma(v67, v65, 0x1.1111111126ecbp-7);
    const f64 v69 = fma(v68, v65, 0x1.55555555554fdp-3);
    const f64 v70 = fma(v65, 0x1.28ae252d63205p-22, 0x1.a01999392ab12p-16);
    const f64 v71 = fma(v70, v65, 0x1.6c16c18482215p-10);
    const f64 v72 = fma(v71, v65, 0x1.555555555069cp-5);
    const f64 v73 = fma(v72, v65, 0x1.000000000000ap-1);
    const f64 v74 = fma(v69, v64, v73);
    const f64 v75 = fma(v74, v64, 0x1p+0);
    const f64 v76 = fma(v75, v64, 0x1p+0);
    const f64 v77 = (v62 + 0x1.80000000007fep+52);
    const int64 v78 = bitcast<int64>(v77);
    const uint64 v79 = bitcast<uint64>(v78);
    const uint64 v80 = (v79 >> 1ull);
    const int64 v81 = bitcast<int64>(v80);
    const int64 v82 = (int64)((uint64)v81 << (uint64)52ll);
    const f64 v83 = bitcast<f64>(v82);
    const f64 v84 = (v76 * v83);
    const int64 v85 = (int64)((uint64)v78 - (uint64)v81);
    const int64 v86 = (int64)((uint64)v85 << (uint64)52ll);
    const f64 v87 = bitcast<f64>(v86);
    const f64 v88 = (v84 * v87);
    const f64 v89 = fma(v7, 0x1p-2, v88);
    if (v5) b1[v6] = v89;
  }
}
