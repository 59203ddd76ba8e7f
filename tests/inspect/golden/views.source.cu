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

extern "C" __global__ void k_views_add_0(const f32* b0, f32* b1, f32* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const bool v4 = (v3 > 0ll);
  const int64 v5 = v4 ? v3 : 0ll;
  const int64 v6 = (int64)((uint64)v5 + (uint64)255ll);
  const int64 v7 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v11 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v12 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v13 = (int64)((uint64)v2 + (uint64)224ll);
  const int64 v14 = (v2 & 16ll);
  const bool v15 = (v14 != 0ll);
  const int64 v16 = (v2 & 8ll);
  const bool v17 = (v16 != 0ll);
  const int64 v18 = (v2 & 4ll);
  const bool v19 = (v18 != 0ll);
  const int64 v20 = (v2 & 2ll);
  const bool v21 = (v20 != 0ll);
  const int64 v22 = (v2 & 1ll);
  const bool v23 = (v22 != 0ll);
  const f32 v24 = b0[0ll];
  const bool v25 = (v1 == 0ll);
  for (int64 i26 = begin; i26 < end; i26 += 1) {
    const int64 v27 = (int64)((uint64)i26 * (uint64)(-1ll));
    f32 acc28 = 0x0p+0f;
    for (int64 i29 = v1; i29 + 256 <= v6; i29 += 256) {
      const int64 v30 = (int64)((uint64)i29 * (uint64)8ll);
      const int64 v31 = (int64)((uint64)v27 + (uint64)v30);
      const int64 v32 = (int64)((uint64)v31 + (uint64)15ll);
      const f32 v33 = b0[v32];
      const f32 v34 = (acc28 + v33);
      acc28 = v34;
    }
    shared0[thread] = acc28;
    __syncthreads();
    const f32 v35 = shared0[v2];
    const f32 v36 = shared0[v7];
    const f32 v37 = shared0[v8];
    const f32 v38 = shared0[v9];
    const f32 v39 = shared0[v10];
    const f32 v40 = shared0[v11];
    const f32 v41 = shared0[v12];
    const f32 v42 = shared0[v13];
    const f32 v43 = (v35 + v36);
    const f32 v44 = (v43 + v37);
    const f32 v45 = (v44 + v38);
    const f32 v46 = (v45 + v39);
    const f32 v47 = (v46 + v40);
    const f32 v48 = (v47 + v41);
    const f32 v49 = (v48 + v42);
    __syncthreads();
    const f32 v50 = exchange(v49, 16);
    const f32 v51 = v15 ? v50 : v49;
    const f32 v52 = v15 ? v49 : v50;
    const f32 v53 = (v51 + v52);
    const f32 v54 = exchange(v53, 8);
    const f32 v55 = v17 ? v54 : v53;
    const f32 v56 = v17 ? v53 : v54;
    const f32 v57 = (v55 + v56);
    const f32 v58 = exchange(v57, 4);
    const f32 v59 = v19 ? v58 : v57;
    const f32 v60 = v19 ? v57 : v58;
    const f32 v61 = (v59 + v60);
    const f32 v62 = exchange(v61, 2);
    const f32 v63 = v21 ? v62 : v61;
    const f32 v64 = v21 ? v61 : v62;
    const f32 v65 = (v63 + v64);
    const f32 v66 = exchange(v65, 1);
    const f32 v67 = v23 ? v66 : v65;
    const f32 v68 = v23 ? v65 : v66;
    const f32 v69 = (v67 + v68);
    const f32 v70 = (v69 + v24);
    if (v25) b1[i26] = v70;
  }
}

extern "C" __global__ void k_views_add_1(const f32* b0, f32* b1, f32* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const bool v4 = (v3 > 0ll);
  const int64 v5 = v4 ? v3 : 0ll;
  const int64 v6 = (int64)((uint64)v5 + (uint64)8191ll);
  const int64 v7 = (v6 / 8192ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v11 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v12 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v13 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v14 = (int64)((uint64)v2 + (uint64)224ll);
  const int64 v15 = (v2 & 16ll);
  const bool v16 = (v15 != 0ll);
  const int64 v17 = (v2 & 8ll);
  const bool v18 = (v17 != 0ll);
  const int64 v19 = (v2 & 4ll);
  const bool v20 = (v19 != 0ll);
  const int64 v21 = (v2 & 2ll);
  const bool v22 = (v21 != 0ll);
  const int64 v23 = (v2 & 1ll);
  const bool v24 = (v23 != 0ll);
  const bool v25 = (v1 == 0ll);
  for (int64 i26 = begin; i26 < end; i26 += 1) {
    const int64 v27 = (i26 / v7);
    const int64 v28 = (int64)((uint64)v7 * (uint64)v27);
    const int64 v29 = (int64)((uint64)v28 * (uint64)(-1ll));
    const int64 v30 = (int64)((uint64)v29 + (uint64)i26);
    const int64 v31 = (int64)((uint64)v30 * (uint64)8192ll);
    const int64 v32 = (int64)((uint64)v31 + (uint64)8192ll);
    const bool v33 = (v32 < v5);
    const int64 v34 = v33 ? v32 : v5;
    const int64 v35 = (int64)((uint64)v27 * (uint64)(-1ll));
    const int64 v36 = (int64)((uint64)v31 + (uint64)v1);
    const int64 v37 = (int64)((uint64)v34 + (uint64)255ll);
    f32 acc38 = 0x0p+0f;
    for (int64 i39 = v36; i39 + 256 <= v37; i39 += 256) {
      const int64 v40 = (int64)((uint64)i39 * (uint64)8ll);
      const int64 v41 = (int64)((uint64)v35 + (uint64)v40);
      const int64 v42 = (int64)((uint64)v41 + (uint64)15ll);
      const f32 v43 = b0[v42];
      const f32 v44 = (acc38 + v43);
      acc38 = v44;
    }
    shared0[thread] = acc38;
    __syncthreads();
    const f32 v45 = shared0[v2];
    const f32 v46 = shared0[v8];
    const f32 v47 = shared0[v9];
    const f32 v48 = shared0[v10];
    const f32 v49 = shared0[v11];
    const f32 v50 = shared0[v12];
    const f32 v51 = shared0[v13];
    const f32 v52 = shared0[v14];
    const f32 v53 = (v45 + v46);
    const f32 v54 = (v53 + v47);
    const f32 v55 = (v54 + v48);
    const f32 v56 = (v55 + v49);
    const f32 v57 = (v56 + v50);
    const f32 v58 = (v57 + v51);
    const f32 v59 = (v58 + v52);
    __syncthreads();
    const f32 v60 = exchange(v59, 16);
    const f32 v61 = v16 ? v60 : v59;
    const f32 v62 = v16 ? v59 : v60;
    const f32 v63 = (v61 + v62);
    const f32 v64 = exchange(v63, 8);
    const f32 v65 = v18 ? v64 : v63;
    const f32 v66 = v18 ? v63 : v64;
    const f32 v67 = (v65 + v66);
    const f32 v68 = exchange(v67, 4);
    const f32 v69 = v20 ? v68 : v67;
    const f32 v70 = v20 ? v67 : v68;
    const f32 v71 = (v69 + v70);
    const f32 v72 = exchange(v71, 2);
    const f32 v73 = v22 ? v72 : v71;
    const f32 v74 = v22 ? v71 : v72;
    const f32 v75 = (v73 + v74);
    const f32 v76 = exchange(v75, 1);
    const f32 v77 = v24 ? v76 : v75;
    const f32 v78 = v24 ? v75 : v76;
    const f32 v79 = (v77 + v78);
    if (v25) b2[i26] = v79;
  }
}

extern "C" __global__ void k_views_add_2(const f32* b0, f32* b1, f32* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const bool v4 = (v3 > 0ll);
  const int64 v5 = v4 ? v3 : 0ll;
  const int64 v6 = (int64)((uint64)v5 + (uint64)8191ll);
  const int64 v7 = (v6 / 8192ll);
  const int64 v8 = (v7 & 3ll);
  const bool v9 = (v8 == 0ll);
  const int64 v10 = (v7 & (-4ll));
  const int64 v11 = v9 ? v10 : 0ll;
  const int64 v12 = (int64)((uint64)v1 * (uint64)4ll);
  const int64 v13 = (int64)((uint64)v7 + (uint64)255ll);
  const int64 v14 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v15 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v16 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v17 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v18 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v19 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v20 = (int64)((uint64)v2 + (uint64)224ll);
  const int64 v21 = (v2 & 16ll);
  const bool v22 = (v21 != 0ll);
  const int64 v23 = (v2 & 8ll);
  const bool v24 = (v23 != 0ll);
  const int64 v25 = (v2 & 4ll);
  const bool v26 = (v25 != 0ll);
  const int64 v27 = (v2 & 2ll);
  const bool v28 = (v27 != 0ll);
  const int64 v29 = (v2 & 1ll);
  const bool v30 = (v29 != 0ll);
  const f32 v31 = b0[0ll];
  const bool v32 = (v1 == 0ll);
  for (int64 i33 = begin; i33 < end; i33 += 1) {
    const int64 v34 = (int64)((uint64)v7 * (uint64)i33);
    const int64 v35 = (int64)((uint64)v11 + (uint64)1020ll);
    f32x4 acc36 = f32x4(0x0p+0f);
    for (int64 i37 = v12; i37 + 1024 <= v35; i37 += 1024) {
      const int64 v38 = (int64)((uint64)v34 + (uint64)i37);
      const f32x4 v39 = wide_load4(0, b2 + v38);
      const f32x4 v40 = (acc36 + v39);
      acc36 = v40;
    }
    const f32x2 v41 = part<f32x2>(acc36, 0);
    const f32x2 v42 = part<f32x2>(acc36, 2);
    const f32x2 v43 = (v41 + v42);
    const f32 v44 = v43.x[0];
    const f32 v45 = v43.x[1];
    const f32 v46 = (v44 + v45);
    const f32 v47 = v46;
    const f32 v48 = (0x0p+0f + v47);
    const int64 v49 = (int64)((uint64)v1 + (uint64)v11);
    f32 acc50 = v48;
    for (int64 i51 = v49; i51 + 256 <= v13; i51 += 256) {
      const int64 v52 = (int64)((uint64)v34 + (uint64)i51);
      const f32 v53 = b2[v52];
      const f32 v54 = (acc50 + v53);
      acc50 = v54;
    }
    shared0[thread] = acc50;
    __syncthreads();
    const f32 v55 = shared0[v2];
    const f32 v56 = shared0[v14];
    const f32 v57 = shared0[v15];
    const f32 v58 = shared0[v16];
    const f32 v59 = shared0[v17];
    const f32 v60 = shared0[v18];
    const f32 v61 = shared0[v19];
    const f32 v62 = shared0[v20];
    const f32 v63 = (v55 + v56);
    const f32 v64 = (v63 + v57);
    const f32 v65 = (v64 + v58);
    const f32 v66 = (v65 + v59);
    const f32 v67 = (v66 + v60);
    const f32 v68 = (v67 + v61);
    const f32 v69 = (v68 + v62);
    __syncthreads();
    const f32 v70 = exchange(v69, 16);
    const f32 v71 = v22 ? v70 : v69;
    const f32 v72 = v22 ? v69 : v70;
    const f32 v73 = (v71 + v72);
    const f32 v74 = exchange(v73, 8);
    const f32 v75 = v24 ? v74 : v73;
    const f32 v76 = v24 ? v73 : v74;
    const f32 v77 = (v75 + v76);
    const f32 v78 = exchange(v77, 4);
    const f32 v79 = v26 ? v78 : v77;
    const f32 v80 = v26 ? v77 : v78;
    const f32 v81 = (v79 + v80);
    const f32 v82 = exchange(v81, 2);
    const f32 v83 = v28 ? v82 : v81;
    const f32 v84 = v28 ? v81 : v82;
    const f32 v85 = (v83 + v84);
    const f32 v86 = exchange(v85, 1);
    const f32 v87 = v30 ? v86 : v85;
    const f32 v88 = v30 ? v85 : v86;
    const f32 v89 = (v87 + v88);
    const f32 v90 = (v89 + v31);
    if (v32) b1[i33] = v90;
  }
}
