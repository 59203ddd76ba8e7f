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
    char16 acc5 = (char16)(0);
    char16 acc6 = (char16)(0);
    char16 acc7 = (char16)(0);
    char16 acc8 = (char16)(0);
    for (long i9 = v1; i9 + 64 <= v4; i9 += 64) {
      const int16 v10 = vload16(0, b0 + i9);
      const long16 v11 = convert_long16(v10);
      const char16 v12 = convert_char16((v11 < (long16)(0L)));
      const char16 v13 = convert_char16((v11 >= (long16)(5L)));
      const char16 v14 = (v12 | v13);
      const char16 v15 = (acc5 | v14);
      const long v16 = (long)((ulong)i9 + (ulong)16L);
      const int16 v17 = vload16(0, b0 + v16);
      const long16 v18 = convert_long16(v17);
      const char16 v19 = convert_char16((v18 < (long16)(0L)));
      const char16 v20 = convert_char16((v18 >= (long16)(5L)));
      const char16 v21 = (v19 | v20);
      const char16 v22 = (acc6 | v21);
      const long v23 = (long)((ulong)i9 + (ulong)32L);
      const int16 v24 = vload16(0, b0 + v23);
      const long16 v25 = convert_long16(v24);
      const char16 v26 = convert_char16((v25 < (long16)(0L)));
      const char16 v27 = convert_char16((v25 >= (long16)(5L)));
      const char16 v28 = (v26 | v27);
      const char16 v29 = (acc7 | v28);
      const long v30 = (long)((ulong)i9 + (ulong)48L);
      const int16 v31 = vload16(0, b0 + v30);
      const long16 v32 = convert_long16(v31);
      const char16 v33 = convert_char16((v32 < (long16)(0L)));
      const char16 v34 = convert_char16((v32 >= (long16)(5L)));
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
      const char16 v49 = convert_char16((v47 >= (long16)(5L)));
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
      const char16 v65 = convert_char16((v63 >= (long16)(5L)));
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
