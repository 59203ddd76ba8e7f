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

extern "C" __global__ void k_training_any_0(const int32* b0, uint8* b1, uint8* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ uint8 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)v1 * (uint64)4ll);
  const int64 v4 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v5 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v6 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v7 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)224ll);
  const int64 v11 = (v2 & 16ll);
  const bool v12 = (v11 != 0ll);
  const int64 v13 = (v2 & 8ll);
  const bool v14 = (v13 != 0ll);
  const int64 v15 = (v2 & 4ll);
  const bool v16 = (v15 != 0ll);
  const int64 v17 = (v2 & 2ll);
  const bool v18 = (v17 != 0ll);
  const int64 v19 = (v2 & 1ll);
  const bool v20 = (v19 != 0ll);
  const bool v21 = (v1 == 0ll);
  for (int64 i22 = begin; i22 < end; i22 += 1) {
    const int64 v23 = (int64)((uint64)i22 * (uint64)8192ll);
    const int64 v24 = (int64)((uint64)v23 + (uint64)8192ll);
    const bool v25 = (v24 < n0);
    const int64 v26 = v25 ? v24 : n0;
    const int64 v27 = (int64)((uint64)v23 * (uint64)(-1ll));
    const int64 v28 = (int64)((uint64)v26 + (uint64)v27);
    const int64 v29 = (v28 & (-4ll));
    const int64 v30 = (int64)((uint64)v23 + (uint64)v3);
    const int64 v31 = (int64)((uint64)v29 + (uint64)v23);
    const int64 v32 = (int64)((uint64)v31 + (uint64)1020ll);
    int8x4 acc33 = int8x4(0);
    for (int64 i34 = v30; i34 + 1024 <= v32; i34 += 1024) {
      const int32x4 v35 = wide_load4(0, b0 + i34);
      const int8x4 v36 = to<int8x4>::convert((v35 < int32x4(0)));
      const int32x4 v37 = bitcast<int32x4>((bitcast<uint32x4>(v35) + bitcast<uint32x4>(int32x4(8))));
      const int32x4 v38 = select(v35, v37, to<int32x4>::convert(v36));
      const int64x4 v39 = to<int64x4>::convert(v38);
      const int8x4 v40 = to<int8x4>::convert((v39 < int64x4(0ll)));
      const int8x4 v41 = to<int8x4>::convert((v39 >= int64x4(8ll)));
      const int8x4 v42 = (v40 | v41);
      const int8x4 v43 = (acc33 | v42);
      acc33 = v43;
    }
    const int8x2 v44 = part<int8x2>(acc33, 0);
    const int8x2 v45 = part<int8x2>(acc33, 2);
    const int8x2 v46 = (v44 | v45);
    const bool v47 = (v46.x[0] != 0);
    const bool v48 = (v46.x[1] != 0);
    const bool v49 = (v47 | v48);
    const bool v50 = v49;
    const bool v51 = (false | v50);
    const int64 v52 = (int64)((uint64)v31 + (uint64)v1);
    const int64 v53 = (int64)((uint64)v26 + (uint64)255ll);
    bool acc54 = v51;
    for (int64 i55 = v52; i55 + 256 <= v53; i55 += 256) {
      const int32 v56 = b0[i55];
      const bool v57 = (v56 < 0);
      const int32 v58 = (int32)((uint32)v56 + (uint32)8);
      const int32 v59 = v57 ? v58 : v56;
      const int64 v60 = to<int64>::convert(v59);
      const bool v61 = (v60 < 0ll);
      const bool v62 = (v60 >= 8ll);
      const bool v63 = (v61 | v62);
      const bool v64 = (acc54 | v63);
      acc54 = v64;
    }
    shared0[thread] = acc54;
    __syncthreads();
    const bool v65 = (shared0[v2] != 0);
    const bool v66 = (shared0[v4] != 0);
    const bool v67 = (shared0[v5] != 0);
    const bool v68 = (shared0[v6] != 0);
    const bool v69 = (shared0[v7] != 0);
    const bool v70 = (shared0[v8] != 0);
    const bool v71 = (shared0[v9] != 0);
    const bool v72 = (shared0[v10] != 0);
    const bool v73 = (v65 | v66);
    const bool v74 = (v73 | v67);
    const bool v75 = (v74 | v68);
    const bool v76 = (v75 | v69);
    const bool v77 = (v76 | v70);
    const bool v78 = (v77 | v71);
    const bool v79 = (v78 | v72);
    __syncthreads();
    const bool v80 = exchange(v79, 16);
    const bool v81 = v12 ? v80 : v79;
    const bool v82 = v12 ? v79 : v80;
    const bool v83 = (v81 | v82);
    const bool v84 = exchange(v83, 8);
    const bool v85 = v14 ? v84 : v83;
    const bool v86 = v14 ? v83 : v84;
    const bool v87 = (v85 | v86);
    const bool v88 = exchange(v87, 4);
    const bool v89 = v16 ? v88 : v87;
    const bool v90 = v16 ? v87 : v88;
    const bool v91 = (v89 | v90);
    const bool v92 = exchange(v91, 2);
    const bool v93 = v18 ? v92 : v91;
    const bool v94 = v18 ? v91 : v92;
    const bool v95 = (v93 | v94);
    const bool v96 = exchange(v95, 1);
    const bool v97 = v20 ? v96 : v95;
    const bool v98 = v20 ? v95 : v96;
    const bool v99 = (v97 | v98);
    if (v21) b2[i22] = v99;
  }
}

extern "C" __global__ void k_training_any_1(const int32* b0, uint8* b1, uint8* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ uint8 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)8191ll);
  const int64 v4 = (v3 / 8192ll);
  const int64 v5 = (v4 & (-4ll));
  const int64 v6 = (int64)((uint64)v1 * (uint64)4ll);
  const int64 v7 = (int64)((uint64)v4 + (uint64)255ll);
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
    const int64 v27 = (int64)((uint64)v5 + (uint64)1020ll);
    int8x4 acc28 = int8x4(0);
    for (int64 i29 = v6; i29 + 1024 <= v27; i29 += 1024) {
      const int8x4 v30 = (wide_load4(0, b2 + i29) != uint8x4(0));
      const int8x4 v31 = (acc28 | v30);
      acc28 = v31;
    }
    const int8x2 v32 = part<int8x2>(acc28, 0);
    const int8x2 v33 = part<int8x2>(acc28, 2);
    const int8x2 v34 = (v32 | v33);
    const bool v35 = (v34.x[0] != 0);
    const bool v36 = (v34.x[1] != 0);
    const bool v37 = (v35 | v36);
    const bool v38 = v37;
    const bool v39 = (false | v38);
    const int64 v40 = (int64)((uint64)v1 + (uint64)v5);
    bool acc41 = v39;
    for (int64 i42 = v40; i42 + 256 <= v7; i42 += 256) {
      const bool v43 = (b2[i42] != 0);
      const bool v44 = (acc41 | v43);
      acc41 = v44;
    }
    shared0[thread] = acc41;
    __syncthreads();
    const bool v45 = (shared0[v2] != 0);
    const bool v46 = (shared0[v8] != 0);
    const bool v47 = (shared0[v9] != 0);
    const bool v48 = (shared0[v10] != 0);
    const bool v49 = (shared0[v11] != 0);
    const bool v50 = (shared0[v12] != 0);
    const bool v51 = (shared0[v13] != 0);
    const bool v52 = (shared0[v14] != 0);
    const bool v53 = (v45 | v46);
    const bool v54 = (v53 | v47);
    const bool v55 = (v54 | v48);
    const bool v56 = (v55 | v49);
    const bool v57 = (v56 | v50);
    const bool v58 = (v57 | v51);
    const bool v59 = (v58 | v52);
    __syncthreads();
    const bool v60 = exchange(v59, 16);
    const bool v61 = v16 ? v60 : v59;
    const bool v62 = v16 ? v59 : v60;
    const bool v63 = (v61 | v62);
    const bool v64 = exchange(v63, 8);
    const bool v65 = v18 ? v64 : v63;
    const bool v66 = v18 ? v63 : v64;
    const bool v67 = (v65 | v66);
    const bool v68 = exchange(v67, 4);
    const bool v69 = v20 ? v68 : v67;
    const bool v70 = v20 ? v67 : v68;
    const bool v71 = (v69 | v70);
    const bool v72 = exchange(v71, 2);
    const bool v73 = v22 ? v72 : v71;
    const bool v74 = v22 ? v71 : v72;
    const bool v75 = (v73 | v74);
    const bool v76 = exchange(v75, 1);
    const bool v77 = v24 ? v76 : v75;
    const bool v78 = v24 ? v75 : v76;
    const bool v79 = (v77 | v78);
    if (v25) b1[0ll] = v79;
  }
}

extern "C" __global__ void k_training_subtract_0(const f32* b0, const f32* b1, const int32* b2, f32* b3, int32* b4, f32* b5, f32* b6, f32* b7, f32* b8, f32* b9, f32* b10, f32* b11, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const bool v4 = (v0 == 0ll);
  const int64 v5 = (int64)((uint64)v0 * (uint64)4ll);
  const bool v6 = (bitcast<f32>(0xff800000u) != bitcast<f32>(0xff800000u));
  const int64 v7 = (v2 & 1ll);
  const bool v8 = (v7 != 0ll);
  for (int64 i9 = begin; i9 < end; i9 += 1) {
    const int64 v10 = (int64)((uint64)i9 * (uint64)128ll);
    const int64 v11 = (int64)((uint64)v10 + (uint64)v1);
    const bool v12 = (v11 < n0);
    const int64 v13 = v12 ? v11 : v3;
    const int32 v14 = b2[v13];
    const bool v15 = (v14 < 0);
    const int32 v16 = (int32)((uint32)v14 + (uint32)8);
    const int32 v17 = v15 ? v16 : v14;
    const bool v18 = (v4 & v12);
    if (v18) b4[v13] = v17;
    const int64 v19 = (int64)((uint64)v13 * (uint64)8ll);
    f32x4 acc20 = f32x4(bitcast<f32>(0xff800000u));
    for (int64 i21 = v5; i21 + 8 <= 12ll; i21 += 8) {
      const int8x4 v22 = to<int8x4>::convert((acc20 != acc20));
      const int64 v23 = (int64)((uint64)i21 + (uint64)v19);
      const f32x4 v24 = wide_load4(0, b1 + v23);
      const f32x4 v25 = wide_load4(0, b0 + i21);
      const f32x4 v26 = (v24 * v25);
      const int8x4 v27 = to<int8x4>::convert((acc20 > v26));
      const f32x4 v28 = select(v26, acc20, to<int32x4>::convert(v27));
      const f32x4 v29 = select(v28, acc20, to<int32x4>::convert(v22));
      acc20 = v29;
    }
    const f32x2 v30 = part<f32x2>(acc20, 0);
    const int8x2 v31 = to<int8x2>::convert((v30 != v30));
    const f32x2 v32 = part<f32x2>(acc20, 2);
    const int8x2 v33 = to<int8x2>::convert((v30 > v32));
    const f32x2 v34 = select(v32, v30, to<int32x2>::convert(v33));
    const f32x2 v35 = select(v34, v30, to<int32x2>::convert(v31));
    const f32 v36 = v35.x[0];
    const bool v37 = (v36 != v36);
    const f32 v38 = v35.x[1];
    const bool v39 = (v36 > v38);
    const f32 v40 = v39 ? v36 : v38;
    const f32 v41 = v37 ? v36 : v40;
    const f32 v42 = v41;
    const bool v43 = (bitcast<f32>(0xff800000u) > v42);
    const f32 v44 = v43 ? bitcast<f32>(0xff800000u) : v42;
    const f32 v45 = v6 ? bitcast<f32>(0xff800000u) : v44;
    const f32 v46 = exchange(v45, 1);
    const f32 v47 = v8 ? v46 : v45;
    const bool v48 = (v47 != v47);
    const f32 v49 = v8 ? v45 : v46;
    const bool v50 = (v47 > v49);
    const f32 v51 = v50 ? v47 : v49;
    const f32 v52 = v48 ? v47 : v51;
    const f32 v53 = fabs(v52);
    const bool v54 = (v53 < bitcast<f32>(0x7f800000u));
    const f32 v55 = v54 ? v52 : 0x0p+0f;
    const f32 v56 = (-v55);
    f32 acc57 = 0x0p+0f;
    for (int64 i58 = v0; i58 + 2 <= 9ll; i58 += 2) {
      const int64 v59 = (int64)((uint64)v19 + (uint64)i58);
      const f32 v60 = b1[v59];
      const f32 v61 = b0[i58];
      const f32 v62 = fma(v60, v61, v56);
      const bool v63 = (v62 < (-0x1.a4p+6f));
      const f32 v64 = v63 ? (-0x1.a4p+6f) : v62;
      const bool v65 = (v64 > 0x1.64p+6f);
      const f32 v66 = v65 ? 0x1.64p+6f : v64;
      const f32 v67 = fma(v66, 0x1.715476p+0f, 0x1.8p+23f);
      const f32 v68 = (v67 - 0x1.8p+23f);
      const f32 v69 = fma(v68, (-0x1.62e43p-1f), v66);
      const f32 v70 = fma(v68, 0x1.05c61p-29f, v69);
      const f32 v71 = fma(v70, 0x1.6868b4p-10f, 0x1.123d0cp-7f);
      const f32 v72 = fma(v71, v70, 0x1.555b84p-5f);
      const f32 v73 = fma(v72, v70, 0x1.55548cp-3f);
      const f32 v74 = fma(v73, v70, 0x1.fffff8p-2f);
      const f32 v75 = fma(v74, v70, 0x1p+0f);
      const f32 v76 = fma(v75, v70, 0x1p+0f);
      const f32 v77 = (v68 + 0x1.8001fcp+23f);
      const int32 v78 = bitcast<int32>(v77);
      const uint32 v79 = bitcast<uint32>(v78);
      const uint32 v80 = (v79 >> 1u);
      const int32 v81 = bitcast<int32>(v80);
      const int32 v82 = (int32)((uint32)v81 << (uint32)23);
      const f32 v83 = bitcast<f32>(v82);
      const f32 v84 = (v76 * v83);
      const int32 v85 = (int32)((uint32)v78 - (uint32)v81);
      const int32 v86 = (int32)((uint32)v85 << (uint32)23);
      const f32 v87 = bitcast<f32>(v86);
      const f32 v88 = (v84 * v87);
      if (v12) b6[v59] = v88;
      const f32 v89 = (acc57 + v88);
      acc57 = v89;
    }
    const f32 v90 = exchange(acc57, 1);
    const f32 v91 = v8 ? v90 : acc57;
    const f32 v92 = v8 ? acc57 : v90;
    const f32 v93 = (v91 + v92);
    const int64 v94 = to<int64>::convert(v17);
    const int64 v95 = (int64)((uint64)v19 + (uint64)v94);
    const f32 v96 = b1[v95];
    const f32 v97 = (-v96);
    const f32 v98 = b0[v94];
    const bool v99 = (v93 >= 0x0p+0f);
    const bool v100 = (v93 > 0x0p+0f);
    const bool v101 = (v93 < bitcast<f32>(0x7f800000u));
    const bool v102 = (v100 & v101);
    const f32 v103 = fabs(v93);
    const bool v104 = (v103 < 0x1p-126f);
    const f32 v105 = (v103 * 0x1p+23f);
    const f32 v106 = v104 ? v105 : v103;
    const int32 v107 = bitcast<int32>(v106);
    const int32 v108 = (int32)((uint32)v107 - (uint32)1061158912);
    const int32 v109 = (v108 >> 23);
    const int32 v110 = (int32)((uint32)v109 << (uint32)23);
    const int32 v111 = (int32)((uint32)v107 - (uint32)v110);
    const f32 v112 = bitcast<f32>(v111);
    const f32 v113 = v102 ? v112 : 0x1p+0f;
    const f32 v114 = v99 ? v113 : bitcast<f32>(0x7fc00000u);
    const bool v115 = (v114 < 0x1p+0f);
    const bool v116 = (v103 > 0x0p+0f);
    const bool v117 = (v103 < bitcast<f32>(0x7f800000u));
    const uint32 v118 = bitcast<uint32>(v107);
    const uint32 v119 = (v118 >> 23u);
    const int32 v120 = bitcast<int32>(v119);
    const int32 v121 = (int32)((uint32)v120 - (uint32)127);
    const f32 v122 = to<f32>::convert(v121);
    const f32 v123 = v104 ? 0x1.7p+4f : 0x0p+0f;
    const f32 v124 = (v122 - v123);
    const f32 v125 = v117 ? v124 : v103;
    const bool v126 = (v103 == 0x0p+0f);
    const f32 v127 = v126 ? bitcast<f32>(0xff800000u) : v103;
    const f32 v128 = v116 ? v125 : v127;
    const f32 v129 = (v128 + 0x1p+0f);
    const f32 v130 = v115 ? v129 : v128;
    const f32 v131 = (v114 - 0x1p+0f);
    const f32 v132 = (v131 * v131);
    const f32 v133 = fma(v132, (-0x1.713e36p-5f), (-0x1.0d93f4p-3f));
    const f32 v134 = fma(v133, v132, (-0x1.54ef16p-3f));
    const f32 v135 = fma(v134, v132, (-0x1.000042p-2f));
    const f32 v136 = fma(v132, 0x1.aca08ep-4f, 0x1.2886b8p-3f);
    const f32 v137 = fma(v136, v132, 0x1.996966p-3f);
    const f32 v138 = fma(v137, v132, 0x1.5555a4p-2f);
    const f32 v139 = fma(v135, v131, v138);
    const f32 v140 = fma(v139, v131, (-0x1p-1f));
    const f32 v141 = fma(v132, v140, v131);
    const f32 v142 = fma(v130, 0x1.62e43p-1f, v141);
    const f32 v143 = (v142 + v55);
    const f32 v144 = fma(v97, v98, v143);
    if (v18) b3[v13] = v144;
    if (v18) b5[v13] = v93;
  }
}

extern "C" __global__ void k_training_subtract_1(const f32* b0, const f32* b1, const int32* b2, f32* b3, int32* b4, f32* b5, f32* b6, f32* b7, f32* b8, f32* b9, f32* b10, f32* b11, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (int64)((uint64)v0 * (uint64)4ll);
  const bool v5 = (bitcast<f32>(0xff800000u) != bitcast<f32>(0xff800000u));
  const int64 v6 = (v2 & 1ll);
  const bool v7 = (v6 != 0ll);
  const bool v8 = (v0 == 0ll);
  for (int64 i9 = begin; i9 < end; i9 += 1) {
    const int64 v10 = (int64)((uint64)i9 * (uint64)128ll);
    const int64 v11 = (int64)((uint64)v10 + (uint64)v1);
    const bool v12 = (v11 < n0);
    const int64 v13 = v12 ? v11 : v3;
    const int64 v14 = (v13 / 1ll);
    const int64 v15 = (int64)((uint64)v14 * (uint64)(-1ll));
    const int64 v16 = (int64)((uint64)v15 + (uint64)v13);
    const int64 v17 = (int64)((uint64)v16 * (uint64)8192ll);
    const int64 v18 = (int64)((uint64)v17 + (uint64)8192ll);
    const bool v19 = (v18 < 8ll);
    const int64 v20 = v19 ? v18 : 8ll;
    const int64 v21 = (int64)((uint64)v17 * (uint64)(-1ll));
    const int64 v22 = (int64)((uint64)v21 + (uint64)v20);
    const int64 v23 = (v22 & (-4ll));
    const int64 v24 = (int64)((uint64)v14 * (uint64)8ll);
    const int64 v25 = (int64)((uint64)v17 + (uint64)v4);
    const int64 v26 = (int64)((uint64)v17 + (uint64)v23);
    const int64 v27 = (int64)((uint64)v26 + (uint64)4ll);
    f32x4 acc28 = f32x4(bitcast<f32>(0xff800000u));
    for (int64 i29 = v25; i29 + 8 <= v27; i29 += 8) {
      const int8x4 v30 = to<int8x4>::convert((acc28 != acc28));
      const int64 v31 = (int64)((uint64)i29 + (uint64)v24);
      const f32x4 v32 = wide_load4(0, b1 + v31);
      const f32x4 v33 = wide_load4(0, b0 + i29);
      const f32x4 v34 = (v32 * v33);
      const int8x4 v35 = to<int8x4>::convert((acc28 > v34));
      const f32x4 v36 = select(v34, acc28, to<int32x4>::convert(v35));
      const f32x4 v37 = select(v36, acc28, to<int32x4>::convert(v30));
      acc28 = v37;
    }
    const f32x2 v38 = part<f32x2>(acc28, 0);
    const int8x2 v39 = to<int8x2>::convert((v38 != v38));
    const f32x2 v40 = part<f32x2>(acc28, 2);
    const int8x2 v41 = to<int8x2>::convert((v38 > v40));
    const f32x2 v42 = select(v40, v38, to<int32x2>::convert(v41));
    const f32x2 v43 = select(v42, v38, to<int32x2>::convert(v39));
    const f32 v44 = v43.x[0];
    const bool v45 = (v44 != v44);
    const f32 v46 = v43.x[1];
    const bool v47 = (v44 > v46);
    const f32 v48 = v47 ? v44 : v46;
    const f32 v49 = v45 ? v44 : v48;
    const f32 v50 = v49;
    const bool v51 = (bitcast<f32>(0xff800000u) > v50);
    const f32 v52 = v51 ? bitcast<f32>(0xff800000u) : v50;
    const f32 v53 = v5 ? bitcast<f32>(0xff800000u) : v52;
    const int64 v54 = (int64)((uint64)v17 + (uint64)v0);
    const int64 v55 = (int64)((uint64)v54 + (uint64)v23);
    const int64 v56 = (int64)((uint64)v20 + (uint64)1ll);
    f32 acc57 = v53;
    for (int64 i58 = v55; i58 + 2 <= v56; i58 += 2) {
      const bool v59 = (acc57 != acc57);
      const int64 v60 = (int64)((uint64)v24 + (uint64)i58);
      const f32 v61 = b1[v60];
      const f32 v62 = b0[i58];
      const f32 v63 = (v61 * v62);
      const bool v64 = (acc57 > v63);
      const f32 v65 = v64 ? acc57 : v63;
      const f32 v66 = v59 ? acc57 : v65;
      acc57 = v66;
    }
    const f32 v67 = exchange(acc57, 1);
    const f32 v68 = v7 ? v67 : acc57;
    const bool v69 = (v68 != v68);
    const f32 v70 = v7 ? acc57 : v67;
    const bool v71 = (v68 > v70);
    const f32 v72 = v71 ? v68 : v70;
    const f32 v73 = v69 ? v68 : v72;
    const bool v74 = (v8 & v12);
    if (v74) b7[v13] = v73;
  }
}

extern "C" __global__ void k_training_subtract_2(const f32* b0, const f32* b1, const int32* b2, f32* b3, int32* b4, f32* b5, f32* b6, f32* b7, f32* b8, f32* b9, f32* b10, f32* b11, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (v2 & 1ll);
  const bool v5 = (v4 != 0ll);
  const bool v6 = (v0 == 0ll);
  for (int64 i7 = begin; i7 < end; i7 += 1) {
    const int64 v8 = (int64)((uint64)i7 * (uint64)128ll);
    const int64 v9 = (int64)((uint64)v1 + (uint64)v8);
    const bool v10 = (v9 < n0);
    const int64 v11 = v10 ? v9 : v3;
    f32 acc12 = bitcast<f32>(0xff800000u);
    for (int64 i13 = v0; i13 + 2 <= 2ll; i13 += 2) {
      const bool v14 = (acc12 != acc12);
      const int64 v15 = (int64)((uint64)i13 + (uint64)v11);
      const f32 v16 = b7[v15];
      const bool v17 = (acc12 > v16);
      const f32 v18 = v17 ? acc12 : v16;
      const f32 v19 = v14 ? acc12 : v18;
      acc12 = v19;
    }
    const f32 v20 = exchange(acc12, 1);
    const f32 v21 = v5 ? v20 : acc12;
    const bool v22 = (v21 != v21);
    const f32 v23 = v5 ? acc12 : v20;
    const bool v24 = (v21 > v23);
    const f32 v25 = v24 ? v21 : v23;
    const f32 v26 = v22 ? v21 : v25;
    const bool v27 = (v6 & v10);
    if (v27) b8[v11] = v26;
    const int32 v28 = b2[v11];
    const bool v29 = (v28 < 0);
    const int32 v30 = (int32)((uint32)v28 + (uint32)8);
    const int32 v31 = v29 ? v30 : v28;
    if (v27) b4[v11] = v31;
  }
}

extern "C" __global__ void k_training_subtract_3(const f32* b0, const f32* b1, const int32* b2, f32* b3, int32* b4, f32* b5, f32* b6, f32* b7, f32* b8, f32* b9, f32* b10, f32* b11, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (v2 & 1ll);
  const bool v5 = (v4 != 0ll);
  const bool v6 = (v0 == 0ll);
  for (int64 i7 = begin; i7 < end; i7 += 1) {
    const int64 v8 = (int64)((uint64)i7 * (uint64)128ll);
    const int64 v9 = (int64)((uint64)v8 + (uint64)v1);
    const bool v10 = (v9 < n0);
    const int64 v11 = v10 ? v9 : v3;
    const int64 v12 = (v11 / 1ll);
    const int64 v13 = (int64)((uint64)v12 * (uint64)(-1ll));
    const int64 v14 = (int64)((uint64)v13 + (uint64)v11);
    const f32 v15 = b8[v12];
    const int64 v16 = (int64)((uint64)v14 * (uint64)8192ll);
    const int64 v17 = (int64)((uint64)v16 + (uint64)8192ll);
    const bool v18 = (v17 < 8ll);
    const int64 v19 = v18 ? v17 : 8ll;
    const int64 v20 = (int64)((uint64)v12 * (uint64)8ll);
    const f32 v21 = fabs(v15);
    const bool v22 = (v21 < bitcast<f32>(0x7f800000u));
    const f32 v23 = v22 ? v15 : 0x0p+0f;
    const f32 v24 = (-v23);
    const int64 v25 = (int64)((uint64)v0 + (uint64)v16);
    const int64 v26 = (int64)((uint64)v19 + (uint64)1ll);
    f32 acc27 = 0x0p+0f;
    for (int64 i28 = v25; i28 + 2 <= v26; i28 += 2) {
      const int64 v29 = (int64)((uint64)v20 + (uint64)i28);
      const f32 v30 = b1[v29];
      const f32 v31 = b0[i28];
      const f32 v32 = fma(v30, v31, v24);
      const bool v33 = (v32 < (-0x1.a4p+6f));
      const f32 v34 = v33 ? (-0x1.a4p+6f) : v32;
      const bool v35 = (v34 > 0x1.64p+6f);
      const f32 v36 = v35 ? 0x1.64p+6f : v34;
      const f32 v37 = fma(v36, 0x1.715476p+0f, 0x1.8p+23f);
      const f32 v38 = (v37 - 0x1.8p+23f);
      const f32 v39 = fma(v38, (-0x1.62e43p-1f), v36);
      const f32 v40 = fma(v38, 0x1.05c61p-29f, v39);
      const f32 v41 = fma(v40, 0x1.6868b4p-10f, 0x1.123d0cp-7f);
      const f32 v42 = fma(v41, v40, 0x1.555b84p-5f);
      const f32 v43 = fma(v42, v40, 0x1.55548cp-3f);
      const f32 v44 = fma(v43, v40, 0x1.fffff8p-2f);
      const f32 v45 = fma(v44, v40, 0x1p+0f);
      const f32 v46 = fma(v45, v40, 0x1p+0f);
      const f32 v47 = (v38 + 0x1.8001fcp+23f);
      const int32 v48 = bitcast<int32>(v47);
      const uint32 v49 = bitcast<uint32>(v48);
      const uint32 v50 = (v49 >> 1u);
      const int32 v51 = bitcast<int32>(v50);
      const int32 v52 = (int32)((uint32)v51 << (uint32)23);
      const f32 v53 = bitcast<f32>(v52);
      const f32 v54 = (v46 * v53);
      const int32 v55 = (int32)((uint32)v48 - (uint32)v51);
      const int32 v56 = (int32)((uint32)v55 << (uint32)23);
      const f32 v57 = bitcast<f32>(v56);
      const f32 v58 = (v54 * v57);
      if (v10) b6[v29] = v58;
      const f32 v59 = (acc27 + v58);
      acc27 = v59;
    }
    const f32 v60 = exchange(acc27, 1);
    const f32 v61 = v5 ? v60 : acc27;
    const f32 v62 = v5 ? acc27 : v60;
    const f32 v63 = (v61 + v62);
    const bool v64 = (v6 & v10);
    if (v64) b9[v11] = v63;
  }
}

extern "C" __global__ void k_training_subtract_4(const f32* b0, const f32* b1, const int32* b2, f32* b3, int32* b4, f32* b5, f32* b6, f32* b7, f32* b8, f32* b9, f32* b10, f32* b11, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (v2 & 1ll);
  const bool v5 = (v4 != 0ll);
  const bool v6 = (v0 == 0ll);
  for (int64 i7 = begin; i7 < end; i7 += 1) {
    const int64 v8 = (int64)((uint64)i7 * (uint64)128ll);
    const int64 v9 = (int64)((uint64)v1 + (uint64)v8);
    const bool v10 = (v9 < n0);
    const int64 v11 = v10 ? v9 : v3;
    const f32 v12 = b8[v11];
    f32 acc13 = 0x0p+0f;
    for (int64 i14 = v0; i14 + 2 <= 2ll; i14 += 2) {
      const int64 v15 = (int64)((uint64)v11 + (uint64)i14);
      const f32 v16 = b9[v15];
      const f32 v17 = (acc13 + v16);
      acc13 = v17;
    }
    const f32 v18 = exchange(acc13, 1);
    const f32 v19 = v5 ? v18 : acc13;
    const f32 v20 = v5 ? acc13 : v18;
    const f32 v21 = (v19 + v20);
    const int64 v22 = (int64)((uint64)v11 * (uint64)8ll);
    const int32 v23 = b2[v11];
    const bool v24 = (v23 < 0);
    const int32 v25 = (int32)((uint32)v23 + (uint32)8);
    const int32 v26 = v24 ? v25 : v23;
    const int64 v27 = to<int64>::convert(v26);
    const int64 v28 = (int64)((uint64)v22 + (uint64)v27);
    const f32 v29 = b1[v28];
    const f32 v30 = (-v29);
    const f32 v31 = b0[v27];
    const bool v32 = (v21 >= 0x0p+0f);
    const bool v33 = (v21 > 0x0p+0f);
    const bool v34 = (v21 < bitcast<f32>(0x7f800000u));
    const bool v35 = (v33 & v34);
    const f32 v36 = fabs(v21);
    const bool v37 = (v36 < 0x1p-126f);
    const f32 v38 = (v36 * 0x1p+23f);
    const f32 v39 = v37 ? v38 : v36;
    const int32 v40 = bitcast<int32>(v39);
    const int32 v41 = (int32)((uint32)v40 - (uint32)1061158912);
    const int32 v42 = (v41 >> 23);
    const int32 v43 = (int32)((uint32)v42 << (uint32)23);
    const int32 v44 = (int32)((uint32)v40 - (uint32)v43);
    const f32 v45 = bitcast<f32>(v44);
    const f32 v46 = v35 ? v45 : 0x1p+0f;
    const f32 v47 = v32 ? v46 : bitcast<f32>(0x7fc00000u);
    const bool v48 = (v47 < 0x1p+0f);
    const bool v49 = (v36 > 0x0p+0f);
    const bool v50 = (v36 < bitcast<f32>(0x7f800000u));
    const uint32 v51 = bitcast<uint32>(v40);
    const uint32 v52 = (v51 >> 23u);
    const int32 v53 = bitcast<int32>(v52);
    const int32 v54 = (int32)((uint32)v53 - (uint32)127);
    const f32 v55 = to<f32>::convert(v54);
    const f32 v56 = v37 ? 0x1.7p+4f : 0x0p+0f;
    const f32 v57 = (v55 - v56);
    const f32 v58 = v50 ? v57 : v36;
    const bool v59 = (v36 == 0x0p+0f);
    const f32 v60 = v59 ? bitcast<f32>(0xff800000u) : v36;
    const f32 v61 = v49 ? v58 : v60;
    const f32 v62 = (v61 + 0x1p+0f);
    const f32 v63 = v48 ? v62 : v61;
    const f32 v64 = (v47 - 0x1p+0f);
    const f32 v65 = (v64 * v64);
    const f32 v66 = fma(v65, (-0x1.713e36p-5f), (-0x1.0d93f4p-3f));
    const f32 v67 = fma(v66, v65, (-0x1.54ef16p-3f));
    const f32 v68 = fma(v67, v65, (-0x1.000042p-2f));
    const f32 v69 = fma(v65, 0x1.aca08ep-4f, 0x1.2886b8p-3f);
    const f32 v70 = fma(v69, v65, 0x1.996966p-3f);
    const f32 v71 = fma(v70, v65, 0x1.5555a4p-2f);
    const f32 v72 = fma(v68, v64, v71);
    const f32 v73 = fma(v72, v64, (-0x1p-1f));
    const f32 v74 = fma(v65, v73, v64);
    const f32 v75 = fma(v63, 0x1.62e43p-1f, v74);
    const f32 v76 = fabs(v12);
    const bool v77 = (v76 < bitcast<f32>(0x7f800000u));
    const f32 v78 = v77 ? v12 : 0x0p+0f;
    const f32 v79 = (v75 + v78);
    const f32 v80 = fma(v30, v31, v79);
    const bool v81 = (v6 & v10);
    if (v81) b3[v11] = v80;
    if (v81) b5[v11] = v21;
  }
}

extern "C" __global__ void k_training_subtract_5(const f32* b0, const f32* b1, const int32* b2, f32* b3, int32* b4, f32* b5, f32* b6, f32* b7, f32* b8, f32* b9, f32* b10, f32* b11, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)v1 * (uint64)4ll);
  const int64 v4 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v5 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v6 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v7 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)224ll);
  const int64 v11 = (v2 & 16ll);
  const bool v12 = (v11 != 0ll);
  const int64 v13 = (v2 & 8ll);
  const bool v14 = (v13 != 0ll);
  const int64 v15 = (v2 & 4ll);
  const bool v16 = (v15 != 0ll);
  const int64 v17 = (v2 & 2ll);
  const bool v18 = (v17 != 0ll);
  const int64 v19 = (v2 & 1ll);
  const bool v20 = (v19 != 0ll);
  const bool v21 = (v1 == 0ll);
  for (int64 i22 = begin; i22 < end; i22 += 1) {
    const int64 v23 = (int64)((uint64)i22 * (uint64)8192ll);
    const int64 v24 = (int64)((uint64)v23 + (uint64)8192ll);
    const bool v25 = (v24 < n0);
    const int64 v26 = v25 ? v24 : n0;
    const int64 v27 = (int64)((uint64)v23 * (uint64)(-1ll));
    const int64 v28 = (int64)((uint64)v26 + (uint64)v27);
    const int64 v29 = (v28 & (-4ll));
    const int64 v30 = (int64)((uint64)v23 + (uint64)v3);
    const int64 v31 = (int64)((uint64)v29 + (uint64)v23);
    const int64 v32 = (int64)((uint64)v31 + (uint64)1020ll);
    f32x4 acc33 = f32x4(0x0p+0f);
    for (int64 i34 = v30; i34 + 1024 <= v32; i34 += 1024) {
      const f32x4 v35 = wide_load4(0, b3 + i34);
      const f32x4 v36 = (acc33 + v35);
      acc33 = v36;
    }
    const f32x2 v37 = part<f32x2>(acc33, 0);
    const f32x2 v38 = part<f32x2>(acc33, 2);
    const f32x2 v39 = (v37 + v38);
    const f32 v40 = v39.x[0];
    const f32 v41 = v39.x[1];
    const f32 v42 = (v40 + v41);
    const f32 v43 = v42;
    const f32 v44 = (0x0p+0f + v43);
    const int64 v45 = (int64)((uint64)v31 + (uint64)v1);
    const int64 v46 = (int64)((uint64)v26 + (uint64)255ll);
    f32 acc47 = v44;
    for (int64 i48 = v45; i48 + 256 <= v46; i48 += 256) {
      const f32 v49 = b3[i48];
      const f32 v50 = (acc47 + v49);
      acc47 = v50;
    }
    shared0[thread] = acc47;
    __syncthreads();
    const f32 v51 = shared0[v2];
    const f32 v52 = shared0[v4];
    const f32 v53 = shared0[v5];
    const f32 v54 = shared0[v6];
    const f32 v55 = shared0[v7];
    const f32 v56 = shared0[v8];
    const f32 v57 = shared0[v9];
    const f32 v58 = shared0[v10];
    const f32 v59 = (v51 + v52);
    const f32 v60 = (v59 + v53);
    const f32 v61 = (v60 + v54);
    const f32 v62 = (v61 + v55);
    const f32 v63 = (v62 + v56);
    const f32 v64 = (v63 + v57);
    const f32 v65 = (v64 + v58);
    __syncthreads();
    const f32 v66 = exchange(v65, 16);
    const f32 v67 = v12 ? v66 : v65;
    const f32 v68 = v12 ? v65 : v66;
    const f32 v69 = (v67 + v68);
    const f32 v70 = exchange(v69, 8);
    const f32 v71 = v14 ? v70 : v69;
    const f32 v72 = v14 ? v69 : v70;
    const f32 v73 = (v71 + v72);
    const f32 v74 = exchange(v73, 4);
    const f32 v75 = v16 ? v74 : v73;
    const f32 v76 = v16 ? v73 : v74;
    const f32 v77 = (v75 + v76);
    const f32 v78 = exchange(v77, 2);
    const f32 v79 = v18 ? v78 : v77;
    const f32 v80 = v18 ? v77 : v78;
    const f32 v81 = (v79 + v80);
    const f32 v82 = exchange(v81, 1);
    const f32 v83 = v20 ? v82 : v81;
    const f32 v84 = v20 ? v81 : v82;
    const f32 v85 = (v83 + v84);
    if (v21) b11[i22] = v85;
  }
}

extern "C" __global__ void k_training_subtract_6(const f32* b0, const f32* b1, const int32* b2, f32* b3, int32* b4, f32* b5, f32* b6, f32* b7, f32* b8, f32* b9, f32* b10, f32* b11, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)8191ll);
  const int64 v4 = (v3 / 8192ll);
  const int64 v5 = (v4 & (-4ll));
  const int64 v6 = (int64)((uint64)v1 * (uint64)4ll);
  const int64 v7 = (int64)((uint64)v4 + (uint64)255ll);
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
  const f32 v25 = to<f32>::convert(n0);
  const bool v26 = (v1 == 0ll);
  for (int64 i27 = begin; i27 < end; i27 += 1) {
    const int64 v28 = (int64)((uint64)v5 + (uint64)1020ll);
    f32x4 acc29 = f32x4(0x0p+0f);
    for (int64 i30 = v6; i30 + 1024 <= v28; i30 += 1024) {
      const f32x4 v31 = wide_load4(0, b11 + i30);
      const f32x4 v32 = (acc29 + v31);
      acc29 = v32;
    }
    const f32x2 v33 = part<f32x2>(acc29, 0);
    const f32x2 v34 = part<f32x2>(acc29, 2);
    const f32x2 v35 = (v33 + v34);
    const f32 v36 = v35.x[0];
    const f32 v37 = v35.x[1];
    const f32 v38 = (v36 + v37);
    const f32 v39 = v38;
    const f32 v40 = (0x0p+0f + v39);
    const int64 v41 = (int64)((uint64)v1 + (uint64)v5);
    f32 acc42 = v40;
    for (int64 i43 = v41; i43 + 256 <= v7; i43 += 256) {
      const f32 v44 = b11[i43];
      const f32 v45 = (acc42 + v44);
      acc42 = v45;
    }
    shared0[thread] = acc42;
    __syncthreads();
    const f32 v46 = shared0[v2];
    const f32 v47 = shared0[v8];
    const f32 v48 = shared0[v9];
    const f32 v49 = shared0[v10];
    const f32 v50 = shared0[v11];
    const f32 v51 = shared0[v12];
    const f32 v52 = shared0[v13];
    const f32 v53 = shared0[v14];
    const f32 v54 = (v46 + v47);
    const f32 v55 = (v54 + v48);
    const f32 v56 = (v55 + v49);
    const f32 v57 = (v56 + v50);
    const f32 v58 = (v57 + v51);
    const f32 v59 = (v58 + v52);
    const f32 v60 = (v59 + v53);
    __syncthreads();
    const f32 v61 = exchange(v60, 16);
    const f32 v62 = v16 ? v61 : v60;
    const f32 v63 = v16 ? v60 : v61;
    const f32 v64 = (v62 + v63);
    const f32 v65 = exchange(v64, 8);
    const f32 v66 = v18 ? v65 : v64;
    const f32 v67 = v18 ? v64 : v65;
    const f32 v68 = (v66 + v67);
    const f32 v69 = exchange(v68, 4);
    const f32 v70 = v20 ? v69 : v68;
    const f32 v71 = v20 ? v68 : v69;
    const f32 v72 = (v70 + v71);
    const f32 v73 = exchange(v72, 2);
    const f32 v74 = v22 ? v73 : v72;
    const f32 v75 = v22 ? v72 : v73;
    const f32 v76 = (v74 + v75);
    const f32 v77 = exchange(v76, 1);
    const f32 v78 = v24 ? v77 : v76;
    const f32 v79 = v24 ? v76 : v77;
    const f32 v80 = (v78 + v79);
    const f32 v81 = (v80 / v25);
    if (v26) b10[0ll] = v81;
  }
}

extern "C" __global__ void k_training_multiply_0(const f32* b0, const f32* b1, const f32* b2, const int32* b3, f32* b4, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 255ll);
  const int64 v1 = (int64)((uint64)n0 * (uint64)8ll);
  const int64 v2 = (int64)((uint64)v1 + (uint64)(-1ll));
  const f32 v3 = to<f32>::convert(n0);
  const f32 v4 = (0x1p+0f / v3);
  const f32 v5 = (-v4);
  for (int64 i6 = begin; i6 < end; i6 += 1) {
    const int64 v7 = (int64)((uint64)i6 * (uint64)256ll);
    const int64 v8 = (int64)((uint64)v0 + (uint64)v7);
    const bool v9 = (v8 < v1);
    const int64 v10 = v9 ? v8 : v2;
    const int64 v11 = (v10 / 8ll);
    const int64 v12 = (int64)((uint64)v11 * (uint64)(-8ll));
    const int64 v13 = (int64)((uint64)v10 + (uint64)v12);
    const int64 v14 = (int64)((uint64)v11 * (uint64)8ll);
    const int64 v15 = (int64)((uint64)v14 + (uint64)v13);
    const f32 v16 = b2[v15];
    const f32 v17 = b1[v11];
    const bool v18 = (v17 == 0x0p+0f);
    const f32 v19 = v18 ? 0x1p+0f : v17;
    const f32 v20 = (v4 / v19);
    const int32 v21 = to<int32>::convert(v13);
    const int32 v22 = b3[v11];
    const bool v23 = (v21 == v22);
    const f32 v24 = v23 ? v5 : 0x0p+0f;
    const f32 v25 = fma(v16, v20, v24);
    const f32 v26 = b0[v15];
    const f32 v27 = (v25 * v26);
    if (v9) b4[v15] = v27;
  }
}

extern "C" __global__ void k_training_subtract_1_0(const f32* b0, const f32* b1, f32* b2, f32* b3, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread >> 5ll);
  const int64 v2 = (thread & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)7ll);
  const int64 v4 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v5 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v6 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v7 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)224ll);
  const f32 v11 = (-0x1p-1f);
  const bool v12 = (v1 == 0ll);
  for (int64 i13 = begin; i13 < end; i13 += 1) {
    const int64 v14 = (int64)((uint64)i13 * (uint64)32ll);
    const int64 v15 = (int64)((uint64)v2 + (uint64)v14);
    const bool v16 = (v15 < 8ll);
    const int64 v17 = v16 ? v15 : 7ll;
    f32 acc18 = 0x0p+0f;
    for (int64 i19 = v1; i19 + 8 <= v3; i19 += 8) {
      const int64 v20 = (int64)((uint64)i19 * (uint64)8ll);
      const int64 v21 = (int64)((uint64)v17 + (uint64)v20);
      const f32 v22 = b0[v21];
      const f32 v23 = (acc18 + v22);
      acc18 = v23;
    }
    shared0[thread] = acc18;
    __syncthreads();
    const f32 v24 = shared0[v2];
    const f32 v25 = shared0[v4];
    const f32 v26 = shared0[v5];
    const f32 v27 = shared0[v6];
    const f32 v28 = shared0[v7];
    const f32 v29 = shared0[v8];
    const f32 v30 = shared0[v9];
    const f32 v31 = shared0[v10];
    const f32 v32 = (v24 + v25);
    const f32 v33 = (v32 + v26);
    const f32 v34 = (v33 + v27);
    const f32 v35 = (v34 + v28);
    const f32 v36 = (v35 + v29);
    const f32 v37 = (v36 + v30);
    const f32 v38 = (v37 + v31);
    __syncthreads();
    const f32 v39 = b1[v17];
    const f32 v40 = fma(v11, v38, v39);
    const bool v41 = (v12 & v16);
    if (v41) b2[v17] = v40;
  }
}

extern "C" __global__ void k_training_subtract_1_1(const f32* b0, const f32* b1, f32* b2, f32* b3, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread >> 5ll);
  const int64 v2 = (thread & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)511ll);
  const int64 v4 = (v3 / 512ll);
  const int64 v5 = (int64)((uint64)v4 * (uint64)8ll);
  const int64 v6 = (int64)((uint64)v5 + (uint64)(-1ll));
  const int64 v7 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v11 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v12 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v13 = (int64)((uint64)v2 + (uint64)224ll);
  const bool v14 = (v1 == 0ll);
  for (int64 i15 = begin; i15 < end; i15 += 1) {
    const int64 v16 = (int64)((uint64)i15 * (uint64)32ll);
    const int64 v17 = (int64)((uint64)v2 + (uint64)v16);
    const bool v18 = (v17 < v5);
    const int64 v19 = v18 ? v17 : v6;
    const int64 v20 = (v19 / 8ll);
    const int64 v21 = (int64)((uint64)v20 * (uint64)(-8ll));
    const int64 v22 = (int64)((uint64)v21 + (uint64)v19);
    const int64 v23 = (int64)((uint64)v20 * (uint64)512ll);
    const int64 v24 = (int64)((uint64)v23 + (uint64)512ll);
    const bool v25 = (v24 < n0);
    const int64 v26 = v25 ? v24 : n0;
    const int64 v27 = (int64)((uint64)v1 + (uint64)v23);
    const int64 v28 = (int64)((uint64)v26 + (uint64)7ll);
    f32 acc29 = 0x0p+0f;
    for (int64 i30 = v27; i30 + 8 <= v28; i30 += 8) {
      const int64 v31 = (int64)((uint64)i30 * (uint64)8ll);
      const int64 v32 = (int64)((uint64)v22 + (uint64)v31);
      const f32 v33 = b0[v32];
      const f32 v34 = (acc29 + v33);
      acc29 = v34;
    }
    shared0[thread] = acc29;
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
    const bool v50 = (v14 & v18);
    if (v50) b3[v19] = v49;
  }
}

extern "C" __global__ void k_training_subtract_1_2(const f32* b0, const f32* b1, f32* b2, f32* b3, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread >> 5ll);
  const int64 v2 = (thread & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)511ll);
  const int64 v4 = (v3 / 512ll);
  const int64 v5 = (int64)((uint64)v4 + (uint64)7ll);
  const int64 v6 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v7 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v11 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v12 = (int64)((uint64)v2 + (uint64)224ll);
  const f32 v13 = (-0x1p-1f);
  const bool v14 = (v1 == 0ll);
  for (int64 i15 = begin; i15 < end; i15 += 1) {
    const int64 v16 = (int64)((uint64)i15 * (uint64)32ll);
    const int64 v17 = (int64)((uint64)v16 + (uint64)v2);
    const bool v18 = (v17 < 8ll);
    const int64 v19 = v18 ? v17 : 7ll;
    f32 acc20 = 0x0p+0f;
    for (int64 i21 = v1; i21 + 8 <= v5; i21 += 8) {
      const int64 v22 = (int64)((uint64)i21 * (uint64)8ll);
      const int64 v23 = (int64)((uint64)v22 + (uint64)v19);
      const f32 v24 = b3[v23];
      const f32 v25 = (acc20 + v24);
      acc20 = v25;
    }
    shared0[thread] = acc20;
    __syncthreads();
    const f32 v26 = shared0[v2];
    const f32 v27 = shared0[v6];
    const f32 v28 = shared0[v7];
    const f32 v29 = shared0[v8];
    const f32 v30 = shared0[v9];
    const f32 v31 = shared0[v10];
    const f32 v32 = shared0[v11];
    const f32 v33 = shared0[v12];
    const f32 v34 = (v26 + v27);
    const f32 v35 = (v34 + v28);
    const f32 v36 = (v35 + v29);
    const f32 v37 = (v36 + v30);
    const f32 v38 = (v37 + v31);
    const f32 v39 = (v38 + v32);
    const f32 v40 = (v39 + v33);
    __syncthreads();
    const f32 v41 = b1[v19];
    const f32 v42 = fma(v13, v40, v41);
    const bool v43 = (v14 & v18);
    if (v43) b2[v19] = v42;
  }
}
