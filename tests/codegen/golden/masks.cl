//  x = input(n, dtype=f64) : f64[n]
//  p = input(n, dtype=bool) : bool[n]
//  %1 = isnan(x) : bool[n]
//  %2 = logical_and(p, %1) : bool[n]
//  %3 = where(p, x, 0) : f64[n]
//  return %2, %3

#pragma OPENCL FP_CONTRACT OFF
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

static inline double8 load_double8(__global const double* p, const long i, const char8 m) {
  char on[8];
  vstore8(m, 0, on);
  double x[8];
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
typedef double8 __attribute__((aligned(8))) loose_double8;
#define put_double8(x, p) (*(__global loose_double8*)(p) = (x))
#else
#define put_double8(x, p) vstore8(x, 0, p)
#endif

#ifdef __clang__
typedef uchar8 __attribute__((aligned(1))) loose_uchar8;
#define put_uchar8(x, p) (*(__global loose_uchar8*)(p) = (x))
#else
#define put_uchar8(x, p) vstore8(x, 0, p)
#endif

static inline void store_double8(__global double* p, const long i, const double8 v, const char8 m) {
  char on[8];
  vstore8(m, 0, on);
  double x[8];
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

__kernel void k_f_where_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, __global uchar* m3, const long o3, const long n0, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const double* const b0 = (__global const double*)(m0 + o0);
  __global const uchar* const b1 = (__global const uchar*)(m1 + o1);
  __global double* const b2 = (__global double*)(m2 + o2);
  __global uchar* const b3 = (__global uchar*)(m3 + o3);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  for (long i0 = begin; i0 + 8 <= end; i0 += 8) {
    const char8 v1 = (vload8(0, b1 + i0) != (uchar8)(0));
    const double8 v2 = vload8(0, b0 + i0);
    const double8 v3 = select((double8)(0x0p+0), v2, convert_long8(v1));
    put_double8(v3, b2 + i0);
    const char8 v4 = convert_char8((v2 != v2));
    const char8 v5 = (v1 & v4);
    put_uchar8(as_uchar8(v5 & (char8)(1)), b3 + i0);
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
    const char8 v17 = (load_uchar8(b1, i11, v16) != (uchar8)(0));
    const double8 v18 = load_double8(b0, i11, v16);
    const double8 v19 = select((double8)(0x0p+0), v18, convert_long8(v17));
    store_double8(b2, i11, v19, v16);
    const char8 v20 = convert_char8((v18 != v18));
    const char8 v21 = (v17 & v20);
    store_uchar8(b3, i11, as_uchar8(v21 & (char8)(1)), v16);
  }
}
