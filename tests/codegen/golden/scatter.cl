//  x = input(n, m, dtype=f32) : f32[n, m]
//  position = input(n, dtype=i32) : i32[n]
//  %1 = scatter_add(x, position, 5) : f32[5, m]
//  return %1

#pragma OPENCL FP_CONTRACT OFF
#ifdef cl_khr_fp64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#endif

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

__kernel void k_f_any_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long units_each, const long units_left, const long multiple, const long extent) {
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
    const long v5 = (long)((ulong)v1 * (ulong)(-1L));
    const long v6 = (long)((ulong)v5 + (ulong)v4);
    const long v7 = (v6 & (-64L));
    const long v8 = (long)((ulong)v1 + (ulong)v7);
    const long v9 = (long)((ulong)v5 + (ulong)v8);
    const long v10 = (v9 / 4L);
    const long v11 = (long)((ulong)v10 * (ulong)2L);
    const long v12 = (long)((ulong)v10 * (ulong)3L);
    const long v13 = (long)((ulong)v1 + (ulong)v10);
    char16 acc14 = (char16)(0);
    char16 acc15 = (char16)(0);
    char16 acc16 = (char16)(0);
    char16 acc17 = (char16)(0);
    for (long i18 = v1; i18 + 16 <= v13; i18 += 16) {
      const int16 v19 = vload16(0, b0 + i18);
      const long16 v20 = convert_long16(v19);
      const char16 v21 = convert_char16((v20 < (long16)(0L)));
      const char16 v22 = convert_char16((v20 >= (long16)(5L)));
      const char16 v23 = (v21 | v22);
      const char16 v24 = (acc14 | v23);
      const long v25 = (long)((ulong)i18 + (ulong)v10);
      const int16 v26 = vload16(0, b0 + v25);
      const long16 v27 = convert_long16(v26);
      const char16 v28 = convert_char16((v27 < (long16)(0L)));
      const char16 v29 = convert_char16((v27 >= (long16)(5L)));
      const char16 v30 = (v28 | v29);
      const char16 v31 = (acc15 | v30);
      const long v32 = (long)((ulong)i18 + (ulong)v11);
      const int16 v33 = vload16(0, b0 + v32);
      const long16 v34 = convert_long16(v33);
      const char16 v35 = convert_char16((v34 < (long16)(0L)));
      const char16 v36 = convert_char16((v34 >= (long16)(5L)));
      const char16 v37 = (v35 | v36);
      const char16 v38 = (acc16 | v37);
      const long v39 = (long)((ulong)i18 + (ulong)v12);
      const int16 v40 = vload16(0, b0 + v39);
      const long16 v41 = convert_long16(v40);
      const char16 v42 = convert_char16((v41 < (long16)(0L)));
      const char16 v43 = convert_char16((v41 >= (long16)(5L)));
      const char16 v44 = (v42 | v43);
      const char16 v45 = (acc17 | v44);
      acc14 = v24;
      acc15 = v31;
      acc16 = v38;
      acc17 = v45;
    }
    const char16 v46 = (acc14 | acc15);
    const char16 v47 = (v46 | acc16);
    const char16 v48 = (v47 | acc17);
    char16 acc49 = v48;
    for (long i50 = v8; i50 + 16 <= v4; i50 += 16) {
      const int16 v51 = vload16(0, b0 + i50);
      const long16 v52 = convert_long16(v51);
      const char16 v53 = convert_char16((v52 < (long16)(0L)));
      const char16 v54 = convert_char16((v52 >= (long16)(5L)));
      const char16 v55 = (v53 | v54);
      const char16 v56 = (acc49 | v55);
      acc49 = v56;
    }
    const long v57 = (v6 & (-16L));
    const long v58 = (long)((ulong)v1 + (ulong)v57);
    const long v59 = (long)((ulong)v4 + (ulong)15L);
    char16 acc60 = acc49;
    for (long i61 = v58; i61 + 16 <= v59; i61 += 16) {
      const long16 v62 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v63 = (long)((ulong)i61 * (ulong)(-1L));
      const long v64 = (long)((ulong)v4 + (ulong)v63);
      const long16 v65 = (long16)(v64);
      const char16 v66 = convert_char16((v62 < v65));
      const int16 v67 = load_int16(b0, i61, v66);
      const long16 v68 = convert_long16(v67);
      const char16 v69 = convert_char16((v68 < (long16)(0L)));
      const char16 v70 = convert_char16((v68 >= (long16)(5L)));
      const char16 v71 = (v69 | v70);
      const char16 v72 = select((char16)(0), v71, v66);
      const char16 v73 = (acc60 | v72);
      acc60 = v73;
    }
    const char8 v74 = acc60.s01234567;
    const char8 v75 = acc60.s89abcdef;
    const char8 v76 = (v74 | v75);
    const char4 v77 = v76.s0123;
    const char4 v78 = v76.s4567;
    const char4 v79 = (v77 | v78);
    const char2 v80 = v79.s01;
    const char2 v81 = v79.s23;
    const char2 v82 = (v80 | v81);
    const bool v83 = (v82.s0 != 0);
    const bool v84 = (v82.s1 != 0);
    const bool v85 = (v83 | v84);
    const bool v86 = v85;
    b2[i0] = v86;
  }
}

__kernel void k_f_any_1(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long units_each, const long units_left, const long multiple, const long extent) {
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

__kernel void k_f_scatter_add_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long n1, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const float* const b0 = (__global const float*)(m0 + o0);
  __global const int* const b1 = (__global const int*)(m1 + o1);
  __global float* const b2 = (__global float*)(m2 + o2);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  const long v0 = (long)((ulong)begin * (ulong)(-1L));
  const long v1 = (long)((ulong)end + (ulong)v0);
  const long v2 = (v1 & (-16L));
  const long v3 = (long)((ulong)v2 + (ulong)begin);
  for (long i4 = 0L; i4 < 5L; i4 += 1) {
    const long v5 = (long)((ulong)n0 * (ulong)i4);
    for (long i6 = begin; i6 + 16 <= end; i6 += 16) {
      const long v7 = (long)((ulong)v5 + (ulong)i6);
      put_float16((float16)(0x0p+0f), b2 + v7);
    }
    for (long i8 = v3; i8 < end; i8 += 1) {
      const long v9 = (long)((ulong)v5 + (ulong)i8);
      b2[v9] = 0x0p+0f;
    }
  }
  for (long i10 = 0L; i10 < n1; i10 += 1) {
    const int v11 = b1[i10];
    const long v12 = convert_long(v11);
    const long v13 = (long)((ulong)v12 * (ulong)n0);
    const long v14 = (long)((ulong)n0 * (ulong)i10);
    for (long i15 = begin; i15 + 16 <= end; i15 += 16) {
      const long v16 = (long)((ulong)v13 + (ulong)i15);
      const float16 v17 = vload16(0, b2 + v16);
      const long v18 = (long)((ulong)i15 + (ulong)v14);
      const float16 v19 = vload16(0, b0 + v18);
      const float16 v20 = (v17 + v19);
      const long v21 = (long)((ulong)v13 + (ulong)i15);
      put_float16(v20, b2 + v21);
    }
    for (long i22 = v3; i22 < end; i22 += 1) {
      const long v23 = (long)((ulong)v13 + (ulong)i22);
      const float v24 = b2[v23];
      const long v25 = (long)((ulong)i22 + (ulong)v14);
      const float v26 = b0[v25];
      const float v27 = (v24 + v26);
      const long v28 = (long)((ulong)v13 + (ulong)i22);
      b2[v28] = v27;
    }
  }
}
