//  x = input(m, n, dtype=f32) : f32[m, n]
//  %1 = max(x, axes=[0], keepdims=false) : f32[n]
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

__kernel void k_f_max_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, const long n0, const long n1, const long units_each, const long units_left, const long multiple, const long extent, __global uchar* scratch, const long scratch_offset, const long scratch_bytes, const long s0_offset, const long s1_offset) {
  __global const float* const b0 = (__global const float*)(m0 + o0);
  __global float* const b1 = (__global float*)(m1 + o1);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  __global float* const s0 = (__global float*)(scratch + scratch_offset + worker * scratch_bytes + s0_offset);
  __global float* const s1 = (__global float*)(scratch + scratch_offset + worker * scratch_bytes + s1_offset);
  const long v0 = (n1 & (-8L));
  const long v1 = (long)((ulong)n0 * (ulong)2L);
  const long v2 = (long)((ulong)n0 * (ulong)3L);
  const long v3 = (long)((ulong)n0 * (ulong)4L);
  const long v4 = (long)((ulong)n0 * (ulong)5L);
  const long v5 = (long)((ulong)n0 * (ulong)6L);
  const long v6 = (long)((ulong)n0 * (ulong)7L);
  const long v7 = (long)((ulong)end + (ulong)3L);
  for (long i8 = begin; i8 + 4 <= v7; i8 += 4) {
    const long v9 = (long)((ulong)i8 * (ulong)1024L);
    const long v10 = (long)((ulong)i8 + (ulong)4L);
    const bool v11 = (v10 < end);
    const long v12 = v11 ? v10 : end;
    const long v13 = (long)((ulong)v12 * (ulong)1024L);
    const bool v14 = (v13 < n0);
    const long v15 = v14 ? v13 : n0;
    const long v16 = (long)((ulong)v9 * (ulong)(-1L));
    for (long i17 = v9; i17 + 16 <= v15; i17 += 16) {
      const long v18 = (long)((ulong)i17 + (ulong)v16);
      put_float16((float16)(as_float(0xff800000u)), s0 + v18);
    }
    const long v19 = (long)((ulong)v16 + (ulong)v15);
    const long v20 = (v19 & (-16L));
    const long v21 = (long)((ulong)v9 + (ulong)v20);
    const long v22 = (long)((ulong)v15 + (ulong)15L);
    for (long i23 = v21; i23 + 16 <= v22; i23 += 16) {
      const long16 v24 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v25 = (long)((ulong)i23 * (ulong)(-1L));
      const long v26 = (long)((ulong)v15 + (ulong)v25);
      const long16 v27 = (long16)(v26);
      const char16 v28 = convert_char16((v24 < v27));
      const long v29 = (long)((ulong)v16 + (ulong)i23);
      put_float16((float16)(as_float(0xff800000u)), s0 + v29);
    }
    for (long i30 = 0L; i30 + 8 <= n1; i30 += 8) {
      const long v31 = (long)((ulong)n0 * (ulong)i30);
      const long v32 = (long)((ulong)v31 + (ulong)n0);
      const long v33 = (long)((ulong)v31 + (ulong)v1);
      const long v34 = (long)((ulong)v31 + (ulong)v2);
      const long v35 = (long)((ulong)v31 + (ulong)v3);
      const long v36 = (long)((ulong)v31 + (ulong)v4);
      const long v37 = (long)((ulong)v31 + (ulong)v5);
      const long v38 = (long)((ulong)v31 + (ulong)v6);
      for (long i39 = v9; i39 + 16 <= v15; i39 += 16) {
        const long v40 = (long)((ulong)v16 + (ulong)i39);
        const float16 v41 = vload16(0, s0 + v40);
        const char16 v42 = convert_char16((v41 != v41));
        const long v43 = (long)((ulong)v31 + (ulong)i39);
        const float16 v44 = vload16(0, b0 + v43);
        const char16 v45 = convert_char16((v44 != v44));
        const long v46 = (long)((ulong)v32 + (ulong)i39);
        const float16 v47 = vload16(0, b0 + v46);
        const char16 v48 = convert_char16((v44 > v47));
        const float16 v49 = select(v47, v44, convert_int16(v48));
        const float16 v50 = select(v49, v44, convert_int16(v45));
        const char16 v51 = convert_char16((v50 != v50));
        const long v52 = (long)((ulong)v33 + (ulong)i39);
        const float16 v53 = vload16(0, b0 + v52);
        const char16 v54 = convert_char16((v53 != v53));
        const long v55 = (long)((ulong)v34 + (ulong)i39);
        const float16 v56 = vload16(0, b0 + v55);
        const char16 v57 = convert_char16((v53 > v56));
        const float16 v58 = select(v56, v53, convert_int16(v57));
        const float16 v59 = select(v58, v53, convert_int16(v54));
        const char16 v60 = convert_char16((v50 > v59));
        const float16 v61 = select(v59, v50, convert_int16(v60));
        const float16 v62 = select(v61, v50, convert_int16(v51));
        const char16 v63 = convert_char16((v62 != v62));
        const long v64 = (long)((ulong)v35 + (ulong)i39);
        const float16 v65 = vload16(0, b0 + v64);
        const char16 v66 = convert_char16((v65 != v65));
        const long v67 = (long)((ulong)v36 + (ulong)i39);
        const float16 v68 = vload16(0, b0 + v67);
        const char16 v69 = convert_char16((v65 > v68));
        const float16 v70 = select(v68, v65, convert_int16(v69));
        const float16 v71 = select(v70, v65, convert_int16(v66));
        const char16 v72 = convert_char16((v71 != v71));
        const long v73 = (long)((ulong)v37 + (ulong)i39);
        const float16 v74 = vload16(0, b0 + v73);
        const char16 v75 = convert_char16((v74 != v74));
        const long v76 = (long)((ulong)v38 + (ulong)i39);
        const float16 v77 = vload16(0, b0 + v76);
        const char16 v78 = convert_char16((v74 > v77));
        const float16 v79 = select(v77, v74, convert_int16(v78));
        const float16 v80 = select(v79, v74, convert_int16(v75));
        const char16 v81 = convert_char16((v71 > v80));
        const float16 v82 = select(v80, v71, convert_int16(v81));
        const float16 v83 = select(v82, v71, convert_int16(v72));
        const char16 v84 = convert_char16((v62 > v83));
        const float16 v85 = select(v83, v62, convert_int16(v84));
        const float16 v86 = select(v85, v62, convert_int16(v63));
        const char16 v87 = convert_char16((v41 > v86));
        const float16 v88 = select(v86, v41, convert_int16(v87));
        const float16 v89 = select(v88, v41, convert_int16(v42));
        const long v90 = (long)((ulong)v16 + (ulong)i39);
        put_float16(v89, s0 + v90);
      }
      for (long i91 = v21; i91 + 16 <= v22; i91 += 16) {
        const long16 v92 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        const long v93 = (long)((ulong)i91 * (ulong)(-1L));
        const long v94 = (long)((ulong)v15 + (ulong)v93);
        const long16 v95 = (long16)(v94);
        const char16 v96 = convert_char16((v92 < v95));
        const long v97 = (long)((ulong)v16 + (ulong)i91);
        const float16 v98 = vload16(0, s0 + v97);
        const char16 v99 = convert_char16((v98 != v98));
        const long v100 = (long)((ulong)v31 + (ulong)i91);
        const float16 v101 = load_float16(b0, v100, v96);
        const char16 v102 = convert_char16((v101 != v101));
        const long v103 = (long)((ulong)v32 + (ulong)i91);
        const float16 v104 = load_float16(b0, v103, v96);
        const char16 v105 = convert_char16((v101 > v104));
        const float16 v106 = select(v104, v101, convert_int16(v105));
        const float16 v107 = select(v106, v101, convert_int16(v102));
        const char16 v108 = convert_char16((v107 != v107));
        const long v109 = (long)((ulong)v33 + (ulong)i91);
        const float16 v110 = load_float16(b0, v109, v96);
        const char16 v111 = convert_char16((v110 != v110));
        const long v112 = (long)((ulong)v34 + (ulong)i91);
        const float16 v113 = load_float16(b0, v112, v96);
        const char16 v114 = convert_char16((v110 > v113));
        const float16 v115 = select(v113, v110, convert_int16(v114));
        const float16 v116 = select(v115, v110, convert_int16(v111));
        const char16 v117 = convert_char16((v107 > v116));
        const float16 v118 = select(v116, v107, convert_int16(v117));
        const float16 v119 = select(v118, v107, convert_int16(v108));
        const char16 v120 = convert_char16((v119 != v119));
        const long v121 = (long)((ulong)v35 + (ulong)i91);
        const float16 v122 = load_float16(b0, v121, v96);
        const char16 v123 = convert_char16((v122 != v122));
        const long v124 = (long)((ulong)v36 + (ulong)i91);
        const float16 v125 = load_float16(b0, v124, v96);
        const char16 v126 = convert_char16((v122 > v125));
        const float16 v127 = select(v125, v122, convert_int16(v126));
        const float16 v128 = select(v127, v122, convert_int16(v123));
        const char16 v129 = convert_char16((v128 != v128));
        const long v130 = (long)((ulong)v37 + (ulong)i91);
        const float16 v131 = load_float16(b0, v130, v96);
        const char16 v132 = convert_char16((v131 != v131));
        const long v133 = (long)((ulong)v38 + (ulong)i91);
        const float16 v134 = load_float16(b0, v133, v96);
        const char16 v135 = convert_char16((v131 > v134));
        const float16 v136 = select(v134, v131, convert_int16(v135));
        const float16 v137 = select(v136, v131, convert_int16(v132));
        const char16 v138 = convert_char16((v128 > v137));
        const float16 v139 = select(v137, v128, convert_int16(v138));
        const float16 v140 = select(v139, v128, convert_int16(v129));
        const char16 v141 = convert_char16((v119 > v140));
        const float16 v142 = select(v140, v119, convert_int16(v141));
        const float16 v143 = select(v142, v119, convert_int16(v120));
        const char16 v144 = convert_char16((v98 > v143));
        const float16 v145 = select(v143, v98, convert_int16(v144));
        const float16 v146 = select(v145, v98, convert_int16(v99));
        const long v147 = (long)((ulong)v16 + (ulong)i91);
        put_float16(v146, s0 + v147);
      }
    }
    for (long i148 = v0; i148 < n1; i148 += 1) {
      const long v149 = (long)((ulong)n0 * (ulong)i148);
      for (long i150 = v9; i150 + 16 <= v15; i150 += 16) {
        const long v151 = (long)((ulong)v16 + (ulong)i150);
        const float16 v152 = vload16(0, s0 + v151);
        const char16 v153 = convert_char16((v152 != v152));
        const long v154 = (long)((ulong)v149 + (ulong)i150);
        const float16 v155 = vload16(0, b0 + v154);
        const char16 v156 = convert_char16((v152 > v155));
        const float16 v157 = select(v155, v152, convert_int16(v156));
        const float16 v158 = select(v157, v152, convert_int16(v153));
        const long v159 = (long)((ulong)v16 + (ulong)i150);
        put_float16(v158, s0 + v159);
      }
      for (long i160 = v21; i160 + 16 <= v22; i160 += 16) {
        const long16 v161 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        const long v162 = (long)((ulong)i160 * (ulong)(-1L));
        const long v163 = (long)((ulong)v162 + (ulong)v15);
        const long16 v164 = (long16)(v163);
        const char16 v165 = convert_char16((v161 < v164));
        const long v166 = (long)((ulong)i160 + (ulong)v16);
        const float16 v167 = vload16(0, s0 + v166);
        const char16 v168 = convert_char16((v167 != v167));
        const long v169 = (long)((ulong)v149 + (ulong)i160);
        const float16 v170 = load_float16(b0, v169, v165);
        const char16 v171 = convert_char16((v167 > v170));
        const float16 v172 = select(v170, v167, convert_int16(v171));
        const float16 v173 = select(v172, v167, convert_int16(v168));
        const long v174 = (long)((ulong)i160 + (ulong)v16);
        put_float16(v173, s0 + v174);
      }
    }
    for (long i175 = v9; i175 + 16 <= v15; i175 += 16) {
      const long v176 = (long)((ulong)v16 + (ulong)i175);
      const float16 v177 = vload16(0, s0 + v176);
      const long v178 = (long)((ulong)v16 + (ulong)i175);
      put_float16(v177, s1 + v178);
    }
    for (long i179 = v21; i179 + 16 <= v22; i179 += 16) {
      const long16 v180 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v181 = (long)((ulong)i179 * (ulong)(-1L));
      const long v182 = (long)((ulong)v181 + (ulong)v15);
      const long16 v183 = (long16)(v182);
      const char16 v184 = convert_char16((v180 < v183));
      const long v185 = (long)((ulong)i179 + (ulong)v16);
      const float16 v186 = vload16(0, s0 + v185);
      const long v187 = (long)((ulong)i179 + (ulong)v16);
      put_float16(v186, s1 + v187);
    }
    for (long i188 = v9; i188 + 16 <= v15; i188 += 16) {
      const long v189 = (long)((ulong)v16 + (ulong)i188);
      const float16 v190 = vload16(0, s1 + v189);
      put_float16(v190, b1 + i188);
    }
    for (long i191 = v21; i191 + 16 <= v22; i191 += 16) {
      const long16 v192 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      const long v193 = (long)((ulong)i191 * (ulong)(-1L));
      const long v194 = (long)((ulong)v15 + (ulong)v193);
      const long16 v195 = (long16)(v194);
      const char16 v196 = convert_char16((v192 < v195));
      const long v197 = (long)((ulong)v16 + (ulong)i191);
      const float16 v198 = load_float16(s1, v197, v196);
      store_float16(b1, i191, v198, v196);
    }
  }
}
