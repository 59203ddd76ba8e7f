//  x = input(n, dtype=f32) : f32[n]
//  y = input(n, dtype=f32) : f32[n]
//  %1 = add(x, y) : f32[n]
//  return %1

#pragma OPENCL FP_CONTRACT OFF
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

static inline float16 load_float16(__global const float* p, const long i, const char16 m) {
  char on[16];
  vstore16(m, 0, on);
  float x[16];
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 16; ++k)
    x[k] = on[k] ? p[i + k] : 0;
  return vload16(0, x);
}

#ifdef __clang__
typedef float16 __attribute__((aligned(4))) loose_float16;
#define put_float16(x, p) (*(__global loose_float16*)(p) = (x))
#else
#define put_float16(x, p) vstore16(x, 0, p)
#endif

static inline void store_float16(__global float* p, const long i, const float16 v, const char16 m) {
  char on[16];
  vstore16(m, 0, on);
  float x[16];
  vstore16(v, 0, x);
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 16; ++k)
    if (on[k]) p[i + k] = x[k];
}

__kernel void k_f_add_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const float* const b0 = (__global const float*)(m0 + o0);
  __global const float* const b1 = (__global const float*)(m1 + o1);
  __global float* const b2 = (__global float*)(m2 + o2);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  for (long i0 = begin; i0 + 16 <= end; i0 += 16) {
    const float16 v1 = vload16(0, b1 + i0);
    const float16 v2 = vload16(0, b0 + i0);
    const float16 v3 = (v1 + v2);
    put_float16(v3, b2 + i0);
  }
  const long v4 = (long)((ulong)begin * (ulong)(-1L));
  const long v5 = (long)((ulong)end + (ulong)v4);
  const long v6 = (v5 & (-16L));
  const long v7 = (long)((ulong)begin + (ulong)v6);
  const long v8 = (long)((ulong)end + (ulong)15L);
  for (long i9 = v7; i9 + 16 <= v8; i9 += 16) {
    const long16 v10 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const long v11 = (long)((ulong)i9 * (ulong)(-1L));
    const long v12 = (long)((ulong)v11 + (ulong)end);
    const long16 v13 = (long16)(v12);
    const char16 v14 = convert_char16((v10 < v13));
    const float16 v15 = load_float16(b1, i9, v14);
    const float16 v16 = load_float16(b0, i9, v14);
    const float16 v17 = (v15 + v16);
    store_float16(b2, i9, v17, v14);
  }
}
