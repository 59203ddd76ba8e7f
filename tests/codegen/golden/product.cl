//  a = input(h, m, k, dtype=f32) : f32[h, m, k]
//  b = input(h, k, 10, dtype=f32) : f32[h, k, 10]
//  %1 = matmul(a, b) : f32[h, m, 10]
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

__kernel void k_f_matmul_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long n1, const long n2, const long units_each, const long units_left, const long multiple, const long extent, __global uchar* scratch, const long scratch_offset, const long scratch_bytes, const long s0_offset) {
  __global const float* const b0 = (__global const float*)(m0 + o0);
  __global const float* const b1 = (__global const float*)(m1 + o1);
  __global float* const b2 = (__global float*)(m2 + o2);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  __global float* const s0 = (__global float*)(scratch + scratch_offset + worker * scratch_bytes + s0_offset);
  const long v0 = (long)((ulong)n0 + (ulong)255L);
  const long v1 = (v0 / 256L);
  const long v2 = (long)((ulong)n2 * (ulong)2L);
  const long v3 = (long)((ulong)n2 * (ulong)3L);
  const long v4 = (long)((ulong)n2 * (ulong)4L);
  const long v5 = (long)((ulong)n2 * (ulong)5L);
  const long v6 = (long)((ulong)n2 * (ulong)6L);
  const long v7 = (long)((ulong)n2 * (ulong)7L);
  for (long i8 = begin; i8 < end; i8 += 1) {
    const long v9 = (i8 / 1L);
    const long v10 = (long)((ulong)v9 * (ulong)(-16L));
    const long v11 = (long)((ulong)i8 * (ulong)16L);
    const long v12 = (long)((ulong)v10 + (ulong)v11);
    const long v13 = (v9 / v1);
    const long v14 = (long)((ulong)v1 * (ulong)v13);
    const long v15 = (long)((ulong)v14 * (ulong)(-256L));
    const long v16 = (long)((ulong)v9 * (ulong)256L);
    const long v17 = (long)((ulong)v15 + (ulong)v16);
    const long v18 = (long)((ulong)v17 + (ulong)256L);
    const bool v19 = (v18 < n0);
    const long v20 = v19 ? v18 : n0;
    const long v21 = (long)((ulong)v12 + (ulong)16L);
    const bool v22 = (v21 <= 10L);
    const long v23 = (long)((ulong)n0 * (ulong)v13);
    const long v24 = (long)((ulong)v23 * (ulong)n2);
    const long v25 = (long)((ulong)v23 * (ulong)10L);
    const long16 v26 = (long16)(v12);
    const long16 v27 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const long16 v28 = as_long16((as_ulong16(v26) + as_ulong16(v27)));
    const char16 v29 = convert_char16((v28 < (long16)(10L)));
    if (v22) {
      for (long i30 = 0L; i30 < n2; i30 += 1) {
        const long v31 = (long)((ulong)v13 * (ulong)n2);
        const long v32 = (long)((ulong)v31 * (ulong)10L);
        const long v33 = (long)((ulong)i30 * (ulong)10L);
        const long v34 = (long)((ulong)v32 + (ulong)v33);
        const long v35 = (long)((ulong)v34 + (ulong)v12);
        const float16 v36 = vload16(0, b1 + v35);
        const long v37 = (long)((ulong)i30 * (ulong)16L);
        put_float16(v36, s0 + v37);
      }
    }
    const bool v38 = (!v22);
    if (v38) {
      for (long i39 = 0L; i39 < n2; i39 += 1) {
        const long v40 = (long)((ulong)v13 * (ulong)n2);
        const long v41 = (long)((ulong)v40 * (ulong)10L);
        const long v42 = (long)((ulong)v41 + (ulong)v12);
        const long v43 = (long)((ulong)i39 * (ulong)10L);
        const long v44 = (long)((ulong)v42 + (ulong)v43);
        const float16 v45 = load_float16(b1, v44, v29);
        const long v46 = (long)((ulong)i39 * (ulong)16L);
        put_float16(v45, s0 + v46);
      }
    }
    for (long i47 = v17; i47 + 8 <= v20; i47 += 8) {
      const long v48 = (long)((ulong)n2 * (ulong)i47);
      float16 acc49 = (float16)(0x0p+0f);
      float16 acc50 = (float16)(0x0p+0f);
      float16 acc51 = (float16)(0x0p+0f);
      float16 acc52 = (float16)(0x0p+0f);
      float16 acc53 = (float16)(0x0p+0f);
      float16 acc54 = (float16)(0x0p+0f);
      float16 acc55 = (float16)(0x0p+0f);
      float16 acc56 = (float16)(0x0p+0f);
      for (long i57 = 0L; i57 < n2; i57 += 1) {
        const long v58 = (long)((ulong)i57 * (ulong)16L);
        const float16 v59 = vload16(0, s0 + v58);
        const long v60 = (long)((ulong)v48 + (ulong)i57);
        const long v61 = (long)((ulong)v60 + (ulong)v24);
        const float v62 = b0[v61];
        const long v63 = (long)((ulong)v61 + (ulong)n2);
        const float v64 = b0[v63];
        const long v65 = (long)((ulong)v61 + (ulong)v2);
        const float v66 = b0[v65];
        const long v67 = (long)((ulong)v61 + (ulong)v3);
        const float v68 = b0[v67];
        const long v69 = (long)((ulong)v61 + (ulong)v4);
        const float v70 = b0[v69];
        const long v71 = (long)((ulong)v61 + (ulong)v5);
        const float v72 = b0[v71];
        const long v73 = (long)((ulong)v61 + (ulong)v6);
        const float v74 = b0[v73];
        const long v75 = (long)((ulong)v61 + (ulong)v7);
        const float v76 = b0[v75];
        const float16 v77 = (float16)(v62);
        const float16 v78 = fma(v77, v59, acc49);
        const float16 v79 = (float16)(v64);
        const float16 v80 = fma(v79, v59, acc50);
        const float16 v81 = (float16)(v66);
        const float16 v82 = fma(v81, v59, acc51);
        const float16 v83 = (float16)(v68);
        const float16 v84 = fma(v83, v59, acc52);
        const float16 v85 = (float16)(v70);
        const float16 v86 = fma(v85, v59, acc53);
        const float16 v87 = (float16)(v72);
        const float16 v88 = fma(v87, v59, acc54);
        const float16 v89 = (float16)(v74);
        const float16 v90 = fma(v89, v59, acc55);
        const float16 v91 = (float16)(v76);
        const float16 v92 = fma(v91, v59, acc56);
        acc49 = v78;
        acc50 = v80;
        acc51 = v82;
        acc52 = v84;
        acc53 = v86;
        acc54 = v88;
        acc55 = v90;
        acc56 = v92;
      }
      if (v22) {
        const long v93 = (long)((ulong)v25 + (ulong)v12);
        const long v94 = (long)((ulong)i47 * (ulong)10L);
        const long v95 = (long)((ulong)v93 + (ulong)v94);
        put_float16(acc49, b2 + v95);
        const long v96 = (long)((ulong)v95 + (ulong)10L);
        put_float16(acc50, b2 + v96);
        const long v97 = (long)((ulong)v95 + (ulong)20L);
        put_float16(acc51, b2 + v97);
        const long v98 = (long)((ulong)v95 + (ulong)30L);
        put_float16(acc52, b2 + v98);
        const long v99 = (long)((ulong)v95 + (ulong)40L);
        put_float16(acc53, b2 + v99);
        const long v100 = (long)((ulong)v95 + (ulong)50L);
        put_float16(acc54, b2 + v100);
        const long v101 = (long)((ulong)v95 + (ulong)60L);
        put_float16(acc55, b2 + v101);
        const long v102 = (long)((ulong)v95 + (ulong)70L);
        put_float16(acc56, b2 + v102);
      }
      if (v38) {
        const long v103 = (long)((ulong)v25 + (ulong)v12);
        const long v104 = (long)((ulong)i47 * (ulong)10L);
        const long v105 = (long)((ulong)v103 + (ulong)v104);
        store_float16(b2, v105, acc49, v29);
        const long v106 = (long)((ulong)v105 + (ulong)10L);
        store_float16(b2, v106, acc50, v29);
        const long v107 = (long)((ulong)v105 + (ulong)20L);
        store_float16(b2, v107, acc51, v29);
        const long v108 = (long)((ulong)v105 + (ulong)30L);
        store_float16(b2, v108, acc52, v29);
        const long v109 = (long)((ulong)v105 + (ulong)40L);
        store_float16(b2, v109, acc53, v29);
        const long v110 = (long)((ulong)v105 + (ulong)50L);
        store_float16(b2, v110, acc54, v29);
        const long v111 = (long)((ulong)v105 + (ulong)60L);
        store_float16(b2, v111, acc55, v29);
        const long v112 = (long)((ulong)v105 + (ulong)70L);
        store_float16(b2, v112, acc56, v29);
      }
    }
    const long v113 = (long)((ulong)v17 * (ulong)(-1L));
    const long v114 = (long)((ulong)v113 + (ulong)v20);
    const long v115 = (v114 & (-8L));
    const long v116 = (long)((ulong)v115 + (ulong)v17);
    for (long i117 = v116; i117 < v20; i117 += 1) {
      const long v118 = (long)((ulong)i117 * (ulong)n2);
      float16 acc119 = (float16)(0x0p+0f);
      for (long i120 = 0L; i120 < n2; i120 += 1) {
        const long v121 = (long)((ulong)i120 * (ulong)16L);
        const float16 v122 = vload16(0, s0 + v121);
        const long v123 = (long)((ulong)v118 + (ulong)i120);
        const long v124 = (long)((ulong)v123 + (ulong)v24);
        const float v125 = b0[v124];
        const float16 v126 = (float16)(v125);
        const float16 v127 = fma(v126, v122, acc119);
        acc119 = v127;
      }
      if (v22) {
        const long v128 = (long)((ulong)i117 * (ulong)10L);
        const long v129 = (long)((ulong)v25 + (ulong)v128);
        const long v130 = (long)((ulong)v129 + (ulong)v12);
        put_float16(acc119, b2 + v130);
      }
      if (v38) {
        const long v131 = (long)((ulong)i117 * (ulong)10L);
        const long v132 = (long)((ulong)v25 + (ulong)v131);
        const long v133 = (long)((ulong)v132 + (ulong)v12);
        store_float16(b2, v133, acc119, v29);
      }
    }
  }
}
