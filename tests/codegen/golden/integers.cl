//  x = input(n, dtype=i32) : i32[n]
//  y = input(n, dtype=i32) : i32[n]
//  %1 = multiply(x, y) : i32[n]
//  %2 = floor_divide(%1, y) : i32[n]
//  %3 = left_shift(%2, y) : i32[n]
//  return %3

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
typedef int16 __attribute__((aligned(4))) loose_int16;
#define put_int16(x, p) (*(__global loose_int16*)(p) = (x))
#else
#define put_int16(x, p) vstore16(x, 0, p)
#endif

static inline void store_int16(__global int* p, const long i, const int16 v, const char16 m) {
  char on[16];
  vstore16(m, 0, on);
  int x[16];
  vstore16(v, 0, x);
  __attribute__((opencl_unroll_hint(1))) for (int k = 0; k < 16; ++k)
    if (on[k]) p[i + k] = x[k];
}

__kernel void k_f_left_shift_0(__global uchar* m0, const long o0, __global uchar* m1, const long o1, __global uchar* m2, const long o2, const long n0, const long units_each, const long units_left, const long multiple, const long extent) {
  __global const int* const b0 = (__global const int*)(m0 + o0);
  __global const int* const b1 = (__global const int*)(m1 + o1);
  __global int* const b2 = (__global int*)(m2 + o2);
  const long worker = (long)get_group_id(0);
  const long begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const long begin = begin_unit < extent ? begin_unit : extent;
  const long end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const long end = end_unit < extent ? end_unit : extent;
  for (long i0 = begin; i0 + 16 <= end; i0 += 16) {
    const int16 v1 = vload16(0, b0 + i0);
    const char16 v2 = convert_char16((v1 < (int16)(32)));
    const char16 v3 = convert_char16((v1 >= (int16)(0)));
    const char16 v4 = (v2 & v3);
    const char16 v5 = convert_char16((v1 == (int16)(0)));
    const char16 v6 = convert_char16((v1 == (int16)((-1))));
    const int16 v7 = vload16(0, b1 + i0);
    const int16 v8 = as_int16((as_uint16(v7) * as_uint16(v1)));
    const int16 v9 = as_int16((-as_uint16(v8)));
    const char16 v10 = (v5 | v6);
    const int16 v11 = select(v1, (int16)(1), convert_int16(v10));
    const int16 v12 = (v8 / v11);
    const int16 v13 = as_int16((as_uint16(v12) * as_uint16(v11)));
    const int16 v14 = as_int16((as_uint16(v8) - as_uint16(v13)));
    const char16 v15 = convert_char16((v14 != (int16)(0)));
    const char16 v16 = convert_char16((v14 < (int16)(0)));
    const char16 v17 = convert_char16((v11 < (int16)(0)));
    const char16 v18 = (as_uchar16(v16) != as_uchar16(v17));
    const char16 v19 = (v15 & v18);
    const int16 v20 = as_int16((as_uint16(v12) - as_uint16((int16)(1))));
    const int16 v21 = select(v12, v20, convert_int16(v19));
    const int16 v22 = select(v21, v9, convert_int16(v6));
    const int16 v23 = select(v22, (int16)(0), convert_int16(v5));
    const int16 v24 = select((int16)(0), v1, convert_int16(v4));
    const int16 v25 = as_int16((as_uint16(v23) << as_uint16(v24)));
    const int16 v26 = select((int16)(0), v25, convert_int16(v4));
    put_int16(v26, b2 + i0);
  }
  const long v27 = (long)((ulong)begin * (ulong)(-1L));
  const long v28 = (long)((ulong)end + (ulong)v27);
  const long v29 = (v28 & (-16L));
  const long v30 = (long)((ulong)begin + (ulong)v29);
  const long v31 = (long)((ulong)end + (ulong)15L);
  for (long i32 = v30; i32 + 16 <= v31; i32 += 16) {
    const long16 v33 = (long16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const long v34 = (long)((ulong)i32 * (ulong)(-1L));
    const long v35 = (long)((ulong)v34 + (ulong)end);
    const long16 v36 = (long16)(v35);
    const char16 v37 = convert_char16((v33 < v36));
    const int16 v38 = load_int16(b0, i32, v37);
    const char16 v39 = convert_char16((v38 < (int16)(32)));
    const char16 v40 = convert_char16((v38 >= (int16)(0)));
    const char16 v41 = (v39 & v40);
    const char16 v42 = convert_char16((v38 == (int16)(0)));
    const char16 v43 = convert_char16((v38 == (int16)((-1))));
    const int16 v44 = load_int16(b1, i32, v37);
    const int16 v45 = as_int16((as_uint16(v44) * as_uint16(v38)));
    const int16 v46 = as_int16((-as_uint16(v45)));
    const char16 v47 = (v42 | v43);
    const int16 v48 = select(v38, (int16)(1), convert_int16(v47));
    const int16 v49 = (v45 / v48);
    const int16 v50 = as_int16((as_uint16(v49) * as_uint16(v48)));
    const int16 v51 = as_int16((as_uint16(v45) - as_uint16(v50)));
    const char16 v52 = convert_char16((v51 != (int16)(0)));
    const char16 v53 = convert_char16((v51 < (int16)(0)));
    const char16 v54 = convert_char16((v48 < (int16)(0)));
    const char16 v55 = (as_uchar16(v53) != as_uchar16(v54));
    const char16 v56 = (v52 & v55);
    const int16 v57 = as_int16((as_uint16(v49) - as_uint16((int16)(1))));
    const int16 v58 = select(v49, v57, convert_int16(v56));
    const int16 v59 = select(v58, v46, convert_int16(v43));
    const int16 v60 = select(v59, (int16)(0), convert_int16(v42));
    const int16 v61 = select((int16)(0), v38, convert_int16(v41));
    const int16 v62 = as_int16((as_uint16(v60) << as_uint16(v61)));
    const int16 v63 = select((int16)(0), v62, convert_int16(v41));
    store_int16(b2, i32, v63, v37);
  }
}
