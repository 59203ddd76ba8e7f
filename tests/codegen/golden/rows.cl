//  x = input(m, n, dtype=f32) : f32[m, n]
//  %1 = sum(x, axes=[1], keepdims=false) : f32[m]
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

__kernel void k_f_sum_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, const long n0, const long n1, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const float* const b0 = (__global const float*)(m0 + o0);
  __global float* const b1 = (__global float*)(m1 + o1);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  const long v0 = (n1 & (-64L));
  const long v1 = (n1 & (-16L));
  const long v2 = (long)((ulong)n1 + (ulong)15L);
  for (long i3 = begin; i3 < end; i3 += 1) {
    const long v4 = (v0 / 4L);
    const long v5 = (long)((ulong)n1 * (ulong)i3);
    const long v6 = (long)((ulong)v5 + (ulong)v4);
    const long v7 = (long)((ulong)v4 * (ulong)2L);
    const long v8 = (long)((ulong)v5 + (ulong)v7);
    const long v9 = (long)((ulong)v4 * (ulong)3L);
    const long v10 = (long)((ulong)v5 + (ulong)v9);
    float16 acc11 = (float16)(0x0p+0f);
    float16 acc12 = (float16)(0x0p+0f);
    float16 acc13 = (float16)(0x0p+0f);
    float16 acc14 = (float16)(0x0p+0f);
    for (long i15 = 0L; i15 + 16 <= v4; i15 += 16) {
      const long v16 = (long)((ulong)v5 + (ulong)i15);
      const float16 v17 = vload16(0, b0 + v16);
      const float16 v18 = (acc11 + v17);
      const long v19 = (long)((ulong)v6 + (ulong)i15);
      const float16 v20 = vload16(0, b0 + v19);
      const float16 v21 = (acc12 + v20);
      const long v22 = (long)((ulong)v8 + (ulong)i15);
      const float16 v23 = vload16(0, b0 + v22);
      const float16 v24 = (acc13 + v23);
      const long v25 = (long)((ulong)v10 + (ulong)i15);
      const float16 v26 = vload16(0, b0 + v25);
      const float16 v27 = (acc14 + v26);
      acc11 = v18;
      acc12 = v21;
      acc13 = v24;
      acc14 = v27;
    }
    const float16 v28 = (acc11 + acc12);
    const float16 v29 = (v28 + acc13);
    const float16 v30 = (v29 + acc14);
    float16 acc31 = v30;
    for (long i32 = v0; i32 + 16 <= n1; i32 += 16) {
      const long v33 = (long)((ulong)v5 + (ulong)i32);
      const float16 v34 = vload16(0, b0 + v33);
      const float16 v35 = (acc31 + v34);
      acc31 = v35;
    }
    float16 acc36 = acc31;
    for (long i37 = v1; i37 + 16 <= v2; i37 += 16) {
      const long16 v38 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v39 = (long)((ulong)i37 * (ulong)(-1L));
      const long v40 = (long)((ulong)n1 + (ulong)v39);
      const long16 v41 = (long16)(v40);
      const char16 v42 = convert_char16((v38 < v41));
      const long v43 = (long)((ulong)v5 + (ulong)i37);
      const float16 v44 = load_float16(b0, v43, v42);
      const float16 v45 = select((float16)(0x0p+0f), v44, convert_int16(v42));
      const float16 v46 = (acc36 + v45);
      acc36 = v46;
    }
    const float8 v47 = acc36.s01234567;
    const float8 v48 = acc36.s89abcdef;
    const float8 v49 = (v47 + v48);
    const float4 v50 = v49.s0123;
    const float4 v51 = v49.s4567;
    const float4 v52 = (v50 + v51);
    const float2 v53 = v52.s01;
    const float2 v54 = v52.s23;
    const float2 v55 = (v53 + v54);
    const float v56 = v55.s0;
    const float v57 = v55.s1;
    const float v58 = (v56 + v57);
    const float v59 = v58;
    b1[i3] = v59;
  }
}
