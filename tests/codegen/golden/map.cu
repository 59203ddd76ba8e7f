//  x = input(n, dtype=f32) : f32[n]
//  y = input(n, dtype=f32) : f32[n]
//  %1 = add(x, y) : f32[n]
//  return %1


static __device__ inline void store_f32x4(f32* p, const int64 i, const f32x4 v, const int8x4 m) {
  int8 on[4];
  vstore4(m, 0, on);
  f32 x[4];
  vstore4(v, 0, x);
  #pragma unroll
  for (int k = 0; k < 4; ++k)
    if (on[k]) p[i + k] = x[k];
}

extern "C" __global__ void k_f_add_0(const f32* b0, const f32* b1, f32* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int32 v0 = to<int32>::convert(thread);
  const int32 v1 = to<int32>::convert(n0);
  const int32 v2 = to<int32>::convert(begin);
  const int32 v3 = to<int32>::convert(end);
  const int32 v4 = (v0 & 255);
  const int32 v5 = (int32)((uint32)v1 + (uint32)3);
  const int32 v6 = (v5 / 4);
  const int32 v7 = (int32)((uint32)v6 + (uint32)(-1));
  for (int32 i8 = v2; i8 < v3; i8 += 1) {
    const int32 v9 = (int32)((uint32)i8 * (uint32)256);
    const int32 v10 = (int32)((uint32)v4 + (uint32)v9);
    const bool v11 = (v10 < v6);
    const int32 v12 = v11 ? v10 : v7;
    const int32 v13 = (int32)((uint32)v12 * (uint32)4);
    const int32 v14 = (int32)((uint32)v13 + (uint32)4);
    const bool v15 = (v14 < v1);
    const int32 v16 = v15 ? v14 : v1;
    const int32 v17 = (int32)((uint32)v13 * (uint32)(-1));
    const int32 v18 = (int32)((uint32)v16 + (uint32)v17);
    const bool v19 = (v18 == 4);
    if (v19) {
      const f32x4 v20 = wide_load4(0, b1 + v13);
      const f32x4 v21 = wide_load4(0, b0 + v13);
      const f32x4 v22 = (v20 + v21);
      const int8x4 v23 = int8x4(v11 ? -1 : 0);
      store_f32x4(b2, v13, v22, v23);
    }
    const int32 v24 = v19 ? v16 : v13;
    for (int32 i25 = v24; i25 < v16; i25 += 1) {
      const f32 v26 = b1[i25];
      const f32 v27 = b0[i25];
      const f32 v28 = (v26 + v27);
      if (v11) b2[i25] = v28;
    }
  }
}
