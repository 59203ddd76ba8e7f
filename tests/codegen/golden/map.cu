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
  const int64 v0 = (thread & 255ll);
  const int64 v1 = (int64)((uint64)n0 + (uint64)3ll);
  const int64 v2 = (v1 / 4ll);
  const int64 v3 = (int64)((uint64)v2 + (uint64)(-1ll));
  for (int64 i4 = begin; i4 < end; i4 += 1) {
    const int64 v5 = (int64)((uint64)i4 * (uint64)256ll);
    const int64 v6 = (int64)((uint64)v0 + (uint64)v5);
    const bool v7 = (v6 < v2);
    const int64 v8 = v7 ? v6 : v3;
    const int64 v9 = (int64)((uint64)v8 * (uint64)4ll);
    const int64 v10 = (int64)((uint64)v9 + (uint64)4ll);
    const bool v11 = (v10 < n0);
    const int64 v12 = v11 ? v10 : n0;
    const int64 v13 = (int64)((uint64)v9 * (uint64)(-1ll));
    const int64 v14 = (int64)((uint64)v12 + (uint64)v13);
    const bool v15 = (v14 == 4ll);
    if (v15) {
      const f32x4 v16 = wide_load4(0, b1 + v9);
      const f32x4 v17 = wide_load4(0, b0 + v9);
      const f32x4 v18 = (v16 + v17);
      const int8x4 v19 = int8x4(v7 ? -1 : 0);
      store_f32x4(b2, v9, v18, v19);
    }
    const int64 v20 = v15 ? v12 : v9;
    for (int64 i21 = v20; i21 < v12; i21 += 1) {
      const f32 v22 = b1[i21];
      const f32 v23 = b0[i21];
      const f32 v24 = (v22 + v23);
      if (v7) b2[i21] = v24;
    }
  }
}
