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
    const long v4 = (long)((ulong)n1 * (ulong)i3);
    float16 acc5 = (float16)(0x0p+0f);
    float16 acc6 = (float16)(0x0p+0f);
    float16 acc7 = (float16)(0x0p+0f);
    float16 acc8 = (float16)(0x0p+0f);
    for (long i9 = 0L; i9 + 64 <= n1; i9 += 64) {
      const long v10 = (long)((ulong)v4 + (ulong)i9);
      const float16 v11 = vload16(0, b0 + v10);
      const float16 v12 = (acc5 + v11);
      const long v13 = (long)((ulong)v10 + (ulong)16L);
      const float16 v14 = vload16(0, b0 + v13);
      const float16 v15 = (acc6 + v14);
      const long v16 = (long)((ulong)v10 + (ulong)32L);
      const float16 v17 = vload16(0, b0 + v16);
      const float16 v18 = (acc7 + v17);
      const long v19 = (long)((ulong)v10 + (ulong)48L);
      const float16 v20 = vload16(0, b0 + v19);
      const float16 v21 = (acc8 + v20);
      acc5 = v12;
      acc6 = v15;
      acc7 = v18;
      acc8 = v21;
    }
    const float16 v22 = (acc5 + acc6);
    const float16 v23 = (v22 + acc7);
    const float16 v24 = (v23 + acc8);
    float16 acc25 = v24;
    for (long i26 = v0; i26 + 16 <= n1; i26 += 16) {
      const long v27 = (long)((ulong)v4 + (ulong)i26);
      const float16 v28 = vload16(0, b0 + v27);
      const float16 v29 = (acc25 + v28);
      acc25 = v29;
    }
    float16 acc30 = acc25;
    for (long i31 = v1; i31 + 16 <= v2; i31 += 16) {
      const long16 v32 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v33 = (long)((ulong)i31 * (ulong)(-1L));
      const long v34 = (long)((ulong)n1 + (ulong)v33);
      const long16 v35 = (long16)(v34);
      const char16 v36 = convert_char16((v32 < v35));
      const long v37 = (long)((ulong)v4 + (ulong)i31);
      const float16 v38 = load_float16(b0, v37, v36);
      const float16 v39 = select((float16)(0x0p+0f), v38, convert_int16(v36));
      const float16 v40 = (acc30 + v39);
      acc30 = v40;
    }
    const float8 v41 = acc30.s01234567;
    const float8 v42 = acc30.s89abcdef;
    const float8 v43 = (v41 + v42);
    const float4 v44 = v43.s0123;
    const float4 v45 = v43.s4567;
    const float4 v46 = (v44 + v45);
    const float2 v47 = v46.s01;
    const float2 v48 = v46.s23;
    const float2 v49 = (v47 + v48);
    const float v50 = v49.s0;
    const float v51 = v49.s1;
    const float v52 = (v50 + v51);
    const float v53 = v52;
    b1[i3] = v53;
  }
}
