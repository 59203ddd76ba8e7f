//  x = input(m, n, dtype=f32) : f32[m, n]
//  %1 = sum(x, axes=[0], keepdims=false) : f32[n]
//  return %1


extern "C" __global__ void k_f_sum_0(const f32* b0, f32* b1, f32* b2, const int64 n0, const int64 n1, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int32 v1 = to<int32>::convert(thread);
  const int32 v2 = to<int32>::convert(n0);
  const int32 v3 = to<int32>::convert(n1);
  const int32 v4 = to<int32>::convert(begin);
  const int32 v5 = to<int32>::convert(end);
  const int32 v6 = (v1 >> 5);
  const int32 v7 = (v1 & 31);
  const int32 v8 = (int32)((uint32)v2 + (uint32)(-1));
  const int32 v9 = (int32)((uint32)v3 + (uint32)7);
  const int32 v10 = (int32)((uint32)v7 + (uint32)32);
  const int32 v11 = (int32)((uint32)v7 + (uint32)64);
  const int32 v12 = (int32)((uint32)v7 + (uint32)96);
  const int32 v13 = (int32)((uint32)v7 + (uint32)128);
  const int32 v14 = (int32)((uint32)v7 + (uint32)160);
  const int32 v15 = (int32)((uint32)v7 + (uint32)192);
  const int32 v16 = (int32)((uint32)v7 + (uint32)224);
  const bool v17 = (v6 == 0);
  for (int32 i18 = v4; i18 < v5; i18 += 1) {
    const int32 v19 = (int32)((uint32)i18 * (uint32)32);
    const int32 v20 = (int32)((uint32)v7 + (uint32)v19);
    const bool v21 = (v20 < v2);
    const int32 v22 = v21 ? v20 : v8;
    f32 acc23 = 0x0p+0f;
    for (int32 i24 = v6; i24 + 8 <= v9; i24 += 8) {
      const int32 v25 = (int32)((uint32)v2 * (uint32)i24);
      const int32 v26 = (int32)((uint32)v25 + (uint32)v22);
      const f32 v27 = b0[v26];
      const f32 v28 = (acc23 + v27);
      acc23 = v28;
    }
    shared0[v1] = acc23;
    __syncthreads();
    const f32 v29 = shared0[v7];
    const f32 v30 = shared0[v10];
    const f32 v31 = shared0[v11];
    const f32 v32 = shared0[v12];
    const f32 v33 = shared0[v13];
    const f32 v34 = shared0[v14];
    const f32 v35 = shared0[v15];
    const f32 v36 = shared0[v16];
    const f32 v37 = (v29 + v30);
    const f32 v38 = (v37 + v31);
    const f32 v39 = (v38 + v32);
    const f32 v40 = (v39 + v33);
    const f32 v41 = (v40 + v34);
    const f32 v42 = (v41 + v35);
    const f32 v43 = (v42 + v36);
    __syncthreads();
    const bool v44 = (v17 & v21);
    if (v44) b1[v22] = v43;
  }
}
