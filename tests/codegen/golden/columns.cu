//  x = input(m, n, dtype=f32) : f32[m, n]
//  %1 = sum(x, axes=[0], keepdims=false) : f32[n]
//  return %1


extern "C" __global__ void k_f_sum_0(const f32* b0, f32* b1, const int64 n0, const int64 n1, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread >> 5ll);
  const int64 v2 = (thread & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (int64)((uint64)n1 + (uint64)7ll);
  const int64 v5 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v6 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v7 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v11 = (int64)((uint64)v2 + (uint64)224ll);
  const bool v12 = (v1 == 0ll);
  for (int64 i13 = begin; i13 < end; i13 += 1) {
    const int64 v14 = (int64)((uint64)i13 * (uint64)32ll);
    const int64 v15 = (int64)((uint64)v2 + (uint64)v14);
    const bool v16 = (v15 < n0);
    const int64 v17 = v16 ? v15 : v3;
    f32 acc18 = 0x0p+0f;
    for (int64 i19 = v1; i19 + 8 <= v4; i19 += 8) {
      const int64 v20 = (int64)((uint64)n0 * (uint64)i19);
      const int64 v21 = (int64)((uint64)v20 + (uint64)v17);
      const f32 v22 = b0[v21];
      const f32 v23 = (acc18 + v22);
      acc18 = v23;
    }
    shared0[thread] = acc18;
    __syncthreads();
    const f32 v24 = shared0[v2];
    const f32 v25 = shared0[v5];
    const f32 v26 = shared0[v6];
    const f32 v27 = shared0[v7];
    const f32 v28 = shared0[v8];
    const f32 v29 = shared0[v9];
    const f32 v30 = shared0[v10];
    const f32 v31 = shared0[v11];
    const f32 v32 = (v24 + v25);
    const f32 v33 = (v32 + v26);
    const f32 v34 = (v33 + v27);
    const f32 v35 = (v34 + v28);
    const f32 v36 = (v35 + v29);
    const f32 v37 = (v36 + v30);
    const f32 v38 = (v37 + v31);
    __syncthreads();
    const bool v39 = (v12 & v16);
    if (v39) b1[v17] = v38;
  }
}
