//  x = input(n, dtype=f32) : f32[n]
//  %1 = sum(x, axes=[0], keepdims=false) : f32[]
//  return %1


extern "C" __global__ void k_f_sum_0(const f32* b0, f32* b1, f32* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)v1 * (uint64)4ll);
  const int64 v4 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v5 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v6 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v7 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)224ll);
  const int64 v11 = (v2 & 16ll);
  const bool v12 = (v11 != 0ll);
  const int64 v13 = (v2 & 8ll);
  const bool v14 = (v13 != 0ll);
  const int64 v15 = (v2 & 4ll);
  const bool v16 = (v15 != 0ll);
  const int64 v17 = (v2 & 2ll);
  const bool v18 = (v17 != 0ll);
  const int64 v19 = (v2 & 1ll);
  const bool v20 = (v19 != 0ll);
  const bool v21 = (v1 == 0ll);
  for (int64 i22 = begin; i22 < end; i22 += 1) {
    const int64 v23 = (int64)((uint64)i22 * (uint64)8192ll);
    const int64 v24 = (int64)((uint64)v23 + (uint64)8192ll);
    const bool v25 = (v24 < n0);
    const int64 v26 = v25 ? v24 : n0;
    const int64 v27 = (int64)((uint64)v23 * (uint64)(-1ll));
    const int64 v28 = (int64)((uint64)v26 + (uint64)v27);
    const int64 v29 = (v28 & (-4ll));
    const int64 v30 = (int64)((uint64)v23 + (uint64)v3);
    const int64 v31 = (int64)((uint64)v29 + (uint64)v23);
    const int64 v32 = (int64)((uint64)v31 + (uint64)1020ll);
    f32x4 acc33 = f32x4(0x0p+0f);
    for (int64 i34 = v30; i34 + 1024 <= v32; i34 += 1024) {
      const f32x4 v35 = wide_load4(0, b0 + i34);
      const f32x4 v36 = (acc33 + v35);
      acc33 = v36;
    }
    const f32x2 v37 = part<f32x2>(acc33, 0);
    const f32x2 v38 = part<f32x2>(acc33, 2);
    const f32x2 v39 = (v37 + v38);
    const f32 v40 = v39.x[0];
    const f32 v41 = v39.x[1];
    const f32 v42 = (v40 + v41);
    const f32 v43 = v42;
    const f32 v44 = (0x0p+0f + v43);
    const int64 v45 = (int64)((uint64)v31 + (uint64)v1);
    const int64 v46 = (int64)((uint64)v26 + (uint64)255ll);
    f32 acc47 = v44;
    for (int64 i48 = v45; i48 + 256 <= v46; i48 += 256) {
      const f32 v49 = b0[i48];
      const f32 v50 = (acc47 + v49);
      acc47 = v50;
    }
    shared0[thread] = acc47;
    __syncthreads();
    const f32 v51 = shared0[v2];
    const f32 v52 = shared0[v4];
    const f32 v53 = shared0[v5];
    const f32 v54 = shared0[v6];
    const f32 v55 = shared0[v7];
    const f32 v56 = shared0[v8];
    const f32 v57 = shared0[v9];
    const f32 v58 = shared0[v10];
    const f32 v59 = (v51 + v52);
    const f32 v60 = (v59 + v53);
    const f32 v61 = (v60 + v54);
    const f32 v62 = (v61 + v55);
    const f32 v63 = (v62 + v56);
    const f32 v64 = (v63 + v57);
    const f32 v65 = (v64 + v58);
    __syncthreads();
    const f32 v66 = exchange(v65, 16);
    const f32 v67 = v12 ? v66 : v65;
    const f32 v68 = v12 ? v65 : v66;
    const f32 v69 = (v67 + v68);
    const f32 v70 = exchange(v69, 8);
    const f32 v71 = v14 ? v70 : v69;
    const f32 v72 = v14 ? v69 : v70;
    const f32 v73 = (v71 + v72);
    const f32 v74 = exchange(v73, 4);
    const f32 v75 = v16 ? v74 : v73;
    const f32 v76 = v16 ? v73 : v74;
    const f32 v77 = (v75 + v76);
    const f32 v78 = exchange(v77, 2);
    const f32 v79 = v18 ? v78 : v77;
    const f32 v80 = v18 ? v77 : v78;
    const f32 v81 = (v79 + v80);
    const f32 v82 = exchange(v81, 1);
    const f32 v83 = v20 ? v82 : v81;
    const f32 v84 = v20 ? v81 : v82;
    const f32 v85 = (v83 + v84);
    if (v21) b2[i22] = v85;
  }
}

extern "C" __global__ void k_f_sum_1(const f32* b0, f32* b1, f32* b2, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  __shared__ f32 shared0[256];
  const int64 v1 = (thread & 255ll);
  const int64 v2 = (v1 & 31ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)8191ll);
  const int64 v4 = (v3 / 8192ll);
  const int64 v5 = (v4 & (-4ll));
  const int64 v6 = (int64)((uint64)v1 * (uint64)4ll);
  const int64 v7 = (int64)((uint64)v4 + (uint64)255ll);
  const int64 v8 = (int64)((uint64)v2 + (uint64)32ll);
  const int64 v9 = (int64)((uint64)v2 + (uint64)64ll);
  const int64 v10 = (int64)((uint64)v2 + (uint64)96ll);
  const int64 v11 = (int64)((uint64)v2 + (uint64)128ll);
  const int64 v12 = (int64)((uint64)v2 + (uint64)160ll);
  const int64 v13 = (int64)((uint64)v2 + (uint64)192ll);
  const int64 v14 = (int64)((uint64)v2 + (uint64)224ll);
  const int64 v15 = (v2 & 16ll);
  const bool v16 = (v15 != 0ll);
  const int64 v17 = (v2 & 8ll);
  const bool v18 = (v17 != 0ll);
  const int64 v19 = (v2 & 4ll);
  const bool v20 = (v19 != 0ll);
  const int64 v21 = (v2 & 2ll);
  const bool v22 = (v21 != 0ll);
  const int64 v23 = (v2 & 1ll);
  const bool v24 = (v23 != 0ll);
  const bool v25 = (v1 == 0ll);
  for (int64 i26 = begin; i26 < end; i26 += 1) {
    const int64 v27 = (int64)((uint64)v5 + (uint64)1020ll);
    f32x4 acc28 = f32x4(0x0p+0f);
    for (int64 i29 = v6; i29 + 1024 <= v27; i29 += 1024) {
      const f32x4 v30 = wide_load4(0, b2 + i29);
      const f32x4 v31 = (acc28 + v30);
      acc28 = v31;
    }
    const f32x2 v32 = part<f32x2>(acc28, 0);
    const f32x2 v33 = part<f32x2>(acc28, 2);
    const f32x2 v34 = (v32 + v33);
    const f32 v35 = v34.x[0];
    const f32 v36 = v34.x[1];
    const f32 v37 = (v35 + v36);
    const f32 v38 = v37;
    const f32 v39 = (0x0p+0f + v38);
    const int64 v40 = (int64)((uint64)v1 + (uint64)v5);
    f32 acc41 = v39;
    for (int64 i42 = v40; i42 + 256 <= v7; i42 += 256) {
      const f32 v43 = b2[i42];
      const f32 v44 = (acc41 + v43);
      acc41 = v44;
    }
    shared0[thread] = acc41;
    __syncthreads();
    const f32 v45 = shared0[v2];
    const f32 v46 = shared0[v8];
    const f32 v47 = shared0[v9];
    const f32 v48 = shared0[v10];
    const f32 v49 = shared0[v11];
    const f32 v50 = shared0[v12];
    const f32 v51 = shared0[v13];
    const f32 v52 = shared0[v14];
    const f32 v53 = (v45 + v46);
    const f32 v54 = (v53 + v47);
    const f32 v55 = (v54 + v48);
    const f32 v56 = (v55 + v49);
    const f32 v57 = (v56 + v50);
    const f32 v58 = (v57 + v51);
    const f32 v59 = (v58 + v52);
    __syncthreads();
    const f32 v60 = exchange(v59, 16);
    const f32 v61 = v16 ? v60 : v59;
    const f32 v62 = v16 ? v59 : v60;
    const f32 v63 = (v61 + v62);
    const f32 v64 = exchange(v63, 8);
    const f32 v65 = v18 ? v64 : v63;
    const f32 v66 = v18 ? v63 : v64;
    const f32 v67 = (v65 + v66);
    const f32 v68 = exchange(v67, 4);
    const f32 v69 = v20 ? v68 : v67;
    const f32 v70 = v20 ? v67 : v68;
    const f32 v71 = (v69 + v70);
    const f32 v72 = exchange(v71, 2);
    const f32 v73 = v22 ? v72 : v71;
    const f32 v74 = v22 ? v71 : v72;
    const f32 v75 = (v73 + v74);
    const f32 v76 = exchange(v75, 1);
    const f32 v77 = v24 ? v76 : v75;
    const f32 v78 = v24 ? v75 : v76;
    const f32 v79 = (v77 + v78);
    if (v25) b1[0ll] = v79;
  }
}
