//  x = input(n, dtype=f32) : f32[n]
//  b = input(n, dtype=bool) : bool[n]
//  %1 = cast(x, dtype=i64) : i64[n]
//  %2 = cast(x, dtype=u8) : u8[n]
//  %3 = cast(b, dtype=f32) : f32[n]
//  return %1, %2, %3

#pragma OPENCL FP_CONTRACT OFF
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

static inline float8 load_float8(__global const float* p, const long i, const char8 m) {
  char on[8];
  vstore8(m, 0, on);
  float x[8];
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 8; ++k)
    x[k] = on[k] ? p[i + k] : 0;
  return vload8(0, x);
}

static inline uchar8 load_uchar8(__global const uchar* p, const long i, const char8 m) {
  char on[8];
  vstore8(m, 0, on);
  uchar x[8];
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 8; ++k)
    x[k] = on[k] ? p[i + k] : 0;
  return vload8(0, x);
}

#ifdef __clang__
typedef float8 __attribute__((aligned(4))) loose_float8;
#define put_float8(x, p) (*(__global loose_float8*)(p) = (x))
#else
#define put_float8(x, p) vstore8(x, 0, p)
#endif

#ifdef __clang__
typedef long8 __attribute__((aligned(8))) loose_long8;
#define put_long8(x, p) (*(__global loose_long8*)(p) = (x))
#else
#define put_long8(x, p) vstore8(x, 0, p)
#endif

#ifdef __clang__
typedef uchar8 __attribute__((aligned(1))) loose_uchar8;
#define put_uchar8(x, p) (*(__global loose_uchar8*)(p) = (x))
#else
#define put_uchar8(x, p) vstore8(x, 0, p)
#endif

static inline void store_float8(__global float* p, const long i, const float8 v, const char8 m) {
  char on[8];
  vstore8(m, 0, on);
  float x[8];
  vstore8(v, 0, x);
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 8; ++k)
    if (on[k]) p[i + k] = x[k];
}

static inline void store_long8(__global long* p, const long i, const long8 v, const char8 m) {
  char on[8];
  vstore8(m, 0, on);
  long x[8];
  vstore8(v, 0, x);
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 8; ++k)
    if (on[k]) p[i + k] = x[k];
}

static inline void store_uchar8(__global uchar* p, const long i, const uchar8 v, const char8 m) {
  char on[8];
  vstore8(m, 0, on);
  uchar x[8];
  vstore8(v, 0, x);
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 8; ++k)
    if (on[k]) p[i + k] = x[k];
}

__kernel void k_f_cast_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, __global uchar* m3, const long o3, __global uchar* m4, const long o4, const long n0, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const uchar* const b0 = (__global const uchar*)(m0 + o0);
  __global float* const b1 = (__global float*)(m1 + o1);
  __global const float* const b2 = (__global const float*)(m2 + o2);
  __global uchar* const b3 = (__global uchar*)(m3 + o3);
  __global long* const b4 = (__global long*)(m4 + o4);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  for (long i0 = begin; i0 + 8 <= end; i0 += 8) {
    const char8 v1 = (vload8(0, b0 + i0) != (uchar8)(0));
    const float8 v2 = convert_float8((v1 & (char8)(1)));
    put_float8(v2, b1 + i0);
    const float8 v3 = vload8(0, b2 + i0);
    const uchar8 v4 = convert_uchar8_sat(v3);
    put_uchar8(v4, b3 + i0);
    const long8 v5 = convert_long8_sat(v3);
    put_long8(v5, b4 + i0);
  }
  const long v6 = (long)((ulong)begin * (ulong)(-1L));
  const long v7 = (long)((ulong)end + (ulong)v6);
  const long v8 = (v7 & (-8L));
  const long v9 = (long)((ulong)v8 + (ulong)begin);
  const long v10 = (long)((ulong)end + (ulong)7L);
  for (long i11 = v9; i11 + 8 <= v10; i11 += 8) {
    const long8 v12 = (long8)(0, 1, 2, 3, 4, 5, 6, 7);
    const long v13 = (long)((ulong)i11 * (ulong)(-1L));
    const long v14 = (long)((ulong)v13 + (ulong)end);
    const long8 v15 = (long8)(v14);
    const char8 v16 = convert_char8((v12 < v15));
    const char8 v17 = (load_uchar8(b0, i11, v16) != (uchar8)(0));
    const float8 v18 = convert_float8((v17 & (char8)(1)));
    store_float8(b1, i11, v18, v16);
    const float8 v19 = load_float8(b2, i11, v16);
    const uchar8 v20 = convert_uchar8_sat(v19);
    store_uchar8(b3, i11, v20, v16);
    const long8 v21 = convert_long8_sat(v19);
    store_long8(b4, i11, v21, v16);
  }
}
