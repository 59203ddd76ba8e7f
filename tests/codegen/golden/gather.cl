//  x = input(n, m, dtype=f32) : f32[n, m]
//  position = input(k, dtype=i32) : i32[k]
//  %1 = take(x, position, axis=1) : f32[n, k]
//  return %1

#pragma OPENCL FP_CONTRACT OFF
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

static inline float16 gather_float16(__global const float* p, const long16 i, const char16 m) {
  char on[16];
  vstore16(m, 0, on);
  long at[16];
  vstore16(i, 0, at);
  float x[16];
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 16; ++k)
    x[k] = on[k] ? p[at[k]] : 0;
  return vload16(0, x);
}

static inline int16 load_int16(__global const int* p, const long i, const char16 m) {
  char on[16];
  vstore16(m, 0, on);
  int x[16];
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

__kernel void k_f_any_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long n1, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const int* const b0 = (__global const int*)(m0 + o0);
  __global uchar* const b1 = (__global uchar*)(m1 + o1);
  __global uchar* const b2 = (__global uchar*)(m2 + o2);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  for (long i0 = begin; i0 < end; i0 += 1) {
    const long v1 = (long)((ulong)i0 * (ulong)8192L);
    const long v2 = (long)((ulong)v1 + (ulong)8192L);
    const bool v3 = (v2 < n0);
    const long v4 = v3 ? v2 : n0;
    char16 acc5 = (char16)(0);
    char16 acc6 = (char16)(0);
    char16 acc7 = (char16)(0);
    char16 acc8 = (char16)(0);
    for (long i9 = v1; i9 + 64 <= v4; i9 += 64) {
      const int16 v10 = vload16(0, b0 + i9);
      const long16 v11 = convert_long16(v10);
      const char16 v12 = convert_char16((v11 < (long16)(0L)));
      const char16 v13 = convert_char16((v11 >= (long16)(n1)));
      const char16 v14 = (v12 | v13);
      const char16 v15 = (acc5 | v14);
      const long v16 = (long)((ulong)i9 + (ulong)16L);
      const int16 v17 = vload16(0, b0 + v16);
      const long16 v18 = convert_long16(v17);
      const char16 v19 = convert_char16((v18 < (long16)(0L)));
      const char16 v20 = convert_char16((v18 >= (long16)(n1)));
      const char16 v21 = (v19 | v20);
      const char16 v22 = (acc6 | v21);
      const long v23 = (long)((ulong)i9 + (ulong)32L);
      const int16 v24 = vload16(0, b0 + v23);
      const long16 v25 = convert_long16(v24);
      const char16 v26 = convert_char16((v25 < (long16)(0L)));
      const char16 v27 = convert_char16((v25 >= (long16)(n1)));
      const char16 v28 = (v26 | v27);
      const char16 v29 = (acc7 | v28);
      const long v30 = (long)((ulong)i9 + (ulong)48L);
      const int16 v31 = vload16(0, b0 + v30);
      const long16 v32 = convert_long16(v31);
      const char16 v33 = convert_char16((v32 < (long16)(0L)));
      const char16 v34 = convert_char16((v32 >= (long16)(n1)));
      const char16 v35 = (v33 | v34);
      const char16 v36 = (acc8 | v35);
      acc5 = v15;
      acc6 = v22;
      acc7 = v29;
      acc8 = v36;
    }
    const char16 v37 = (acc5 | acc6);
    const char16 v38 = (v37 | acc7);
    const char16 v39 = (v38 | acc8);
    const long v40 = (long)((ulong)v1 * (ulong)(-1L));
    const long v41 = (long)((ulong)v40 + (ulong)v4);
    const long v42 = (v41 & (-64L));
    const long v43 = (long)((ulong)v1 + (ulong)v42);
    char16 acc44 = v39;
    for (long i45 = v43; i45 + 16 <= v4; i45 += 16) {
      const int16 v46 = vload16(0, b0 + i45);
      const long16 v47 = convert_long16(v46);
      const char16 v48 = convert_char16((v47 < (long16)(0L)));
      const char16 v49 = convert_char16((v47 >= (long16)(n1)));
      const char16 v50 = (v48 | v49);
      const char16 v51 = (acc44 | v50);
      acc44 = v51;
    }
    const long v52 = (v41 & (-16L));
    const long v53 = (long)((ulong)v1 + (ulong)v52);
    const long v54 = (long)((ulong)v4 + (ulong)15L);
    char16 acc55 = acc44;
    for (long i56 = v53; i56 + 16 <= v54; i56 += 16) {
      const long16 v57 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v58 = (long)((ulong)i56 * (ulong)(-1L));
      const long v59 = (long)((ulong)v58 + (ulong)v4);
      const long16 v60 = (long16)(v59);
      const char16 v61 = convert_char16((v57 < v60));
      const int16 v62 = load_int16(b0, i56, v61);
      const long16 v63 = convert_long16(v62);
      const char16 v64 = convert_char16((v63 < (long16)(0L)));
      const char16 v65 = convert_char16((v63 >= (long16)(n1)));
      const char16 v66 = (v64 | v65);
      const char16 v67 = select((char16)(0), v66, v61);
      const char16 v68 = (acc55 | v67);
      acc55 = v68;
    }
    const char8 v69 = acc55.s01234567;
    const char8 v70 = acc55.s89abcdef;
    const char8 v71 = (v69 | v70);
    const char4 v72 = v71.s0123;
    const char4 v73 = v71.s4567;
    const char4 v74 = (v72 | v73);
    const char2 v75 = v74.s01;
    const char2 v76 = v74.s23;
    const char2 v77 = (v75 | v76);
    const bool v78 = (v77.s0 != 0);
    const bool v79 = (v77.s1 != 0);
    const bool v80 = (v78 | v79);
    const bool v81 = v80;
    b2[i0] = v81;
  }
}

__kernel void k_f_any_1(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long n1, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const int* const b0 = (__global const int*)(m0 + o0);
  __global uchar* const b1 = (__global uchar*)(m1 + o1);
  __global uchar* const b2 = (__global uchar*)(m2 + o2);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  const long v0 = (long)((ulong)n0 + (ulong)8191L);
  const long v1 = (v0 / 8192L);
  for (long i2 = begin; i2 < end; i2 += 1) {
    bool acc3 = false;
    for (long i4 = 0L; i4 < v1; i4 += 1) {
      const bool v5 = (b2[i4] != 0);
      const bool v6 = (acc3 | v5);
      acc3 = v6;
    }
    b1[0L] = acc3;
  }
}

__kernel void k_f_take_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long n1, const long n2, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const float* const b0 = (__global const float*)(m0 + o0);
  __global const int* const b1 = (__global const int*)(m1 + o1);
  __global float* const b2 = (__global float*)(m2 + o2);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  const long v0 = (n1 & (-16L));
  const long v1 = (long)((ulong)n1 + (ulong)15L);
  for (long i2 = begin; i2 < end; i2 += 1) {
    const long v3 = (long)((ulong)i2 * (ulong)n1);
    const long v4 = (long)((ulong)n2 * (ulong)i2);
    for (long i5 = 0L; i5 + 16 <= n1; i5 += 16) {
      const int16 v6 = vload16(0, b1 + i5);
      const long16 v7 = convert_long16(v6);
      const long16 v8 = as_long16((as_ulong16((long16)(v4)) + as_ulong16(v7)));
      const float16 v9 = gather_float16(b0, v8, (char16)(-1));
      const long v10 = (long)((ulong)v3 + (ulong)i5);
      put_float16(v9, b2 + v10);
    }
    for (long i11 = v0; i11 + 16 <= v1; i11 += 16) {
      const long16 v12 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v13 = (long)((ulong)i11 * (ulong)(-1L));
      const long v14 = (long)((ulong)v13 + (ulong)n1);
      const long16 v15 = (long16)(v14);
      const char16 v16 = convert_char16((v12 < v15));
      const int16 v17 = load_int16(b1, i11, v16);
      const long16 v18 = convert_long16(v17);
      const long16 v19 = as_long16((as_ulong16((long16)(v4)) + as_ulong16(v18)));
      const float16 v20 = gather_float16(b0, v19, v16);
      const long v21 = (long)((ulong)v3 + (ulong)i11);
      store_float16(b2, v21, v20, v16);
    }
  }
}
