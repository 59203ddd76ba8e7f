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
  const int32 v1 = to<int32>::convert(thread);
  const int32 v2 = to<int32>::convert(begin);
  const int32 v3 = to<int32>::convert(end);
  const int32 v4 = to<int32>::convert(n0);
  const int32 v5 = (v1 & 255);
  const int32 v6 = (v5 & 31);
  const int32 v7 = (int32)((uint32)v5 * (uint32)4);
  const int32 v8 = (int32)((uint32)v6 + (uint32)32);
  const int32 v9 = (int32)((uint32)v6 + (uint32)64);
  const int32 v10 = (int32)((uint32)v6 + (uint32)96);
  const int32 v11 = (int32)((uint32)v6 + (uint32)128);
  const int32 v12 = (int32)((uint32)v6 + (uint32)160);
  const int32 v13 = (int32)((uint32)v6 + (uint32)192);
  const int32 v14 = (int32)((uint32)v6 + (uint32)224);
  const int32 v15 = (v6 & 16);
  const bool v16 = (v15 != 0);
  const int32 v17 = (v6 & 8);
  const bool v18 = (v17 != 0);
  const int32 v19 = (v6 & 4);
  const bool v20 = (v19 != 0);
  const int32 v21 = (v6 & 2);
  const bool v22 = (v21 != 0);
  const int32 v23 = (v6 & 1);
  const bool v24 = (v23 != 0);
  const bool v25 = (v5 == 0);
  for (int32 i26 = v2; i26 < v3; i26 += 1) {
    const int32 v27 = (int32)((uint32)i26 * (uint32)8192);
    const int32 v28 = (int32)((uint32)v27 + (uint32)8192);
    const bool v29 = (v28 < v4);
    const int32 v30 = v29 ? v28 : v4;
    const int32 v31 = (int32)((uint32)v27 * (uint32)(-1));
    const int32 v32 = (int32)((uint32)v30 + (uint32)v31);
    const int32 v33 = (v32 & (-4));
    const int32 v34 = (int32)((uint32)v27 + (uint32)v7);
    const int32 v35 = (int32)((uint32)v33 + (uint32)v27);
    const int32 v36 = (int32)((uint32)v35 + (uint32)1020);
    f32x4 acc37 = f32x4(0x0p+0f);
    for (int32 i38 = v34; i38 + 1024 <= v36; i38 += 1024) {
      const f32x4 v39 = wide_load4(0, b0 + i38);
      const f32x4 v40 = (acc37 + v39);
      acc37 = v40;
    }
    const f32x2 v41 = part<f32x2>(acc37, 0);
    const f32x2 v42 = part<f32x2>(acc37, 2);
    const f32x2 v43 = (v41 + v42);
    const f32 v44 = v43.x[0];
    const f32 v45 = v43.x[1];
    const f32 v46 = (v44 + v45);
    const f32 v47 = v46;
    const f32 v48 = (0x0p+0f + v47);
    const int32 v49 = (int32)((uint32)v35 + (uint32)v5);
    const int32 v50 = (int32)((uint32)v30 + (uint32)255);
    f32 acc51 = v48;
    for (int32 i52 = v49; i52 + 256 <= v50; i52 += 256) {
      const f32 v53 = b0[i52];
      const f32 v54 = (acc51 + v53);
      acc51 = v54;
    }
    shared0[v1] = acc51;
    __syncthreads();
    const f32 v55 = shared0[v6];
    const f32 v56 = shared0[v8];
    const f32 v57 = shared0[v9];
    const f32 v58 = shared0[v10];
    const f32 v59 = shared0[v11];
    const f32 v60 = shared0[v12];
    const f32 v61 = shared0[v13];
    const f32 v62 = shared0[v14];
    const f32 v63 = (v55 + v56);
    const f32 v64 = (v63 + v57);
    const f32 v65 = (v64 + v58);
    const f32 v66 = (v65 + v59);
    const f32 v67 = (v66 + v60);
    const f32 v68 = (v67 + v61);
    const f32 v69 = (v68 + v62);
    __syncthreads();
    const f32 v70 = exchange(v69, 16);
    const f32 v71 = v16 ? v70 : v69;
    const f32 v72 = v16 ? v69 : v70;
    const f32 v73 = (v71 + v72);
    const f32 v74 = exchange(v73, 8);
    const f32 v75 = v18 ? v74 : v73;
    const f32 v76 = v18 ? v73 : v74;
    const f32 v77 = (v75 + v76);
    const f32 v78 = exchange(v77, 4);
    const f32 v79 = v20 ? v78 : v77;
    const f32 v80 = v20 ? v77 : v78;
    const f32 v81 = (v79 + v80);
    const f32 v82 = exchange(v81, 2);
    const f32 v83 = v22 ? v82 : v81;
    const f32 v84 = v22 ? v81 : v82;
    const f32 v85 = (v83 + v84);
    const f32 v86 = exchange(v85, 1);
    const f32 v87 = v24 ? v86 : v85;
    const f32 v88 = v24 ? v85 : v86;
    const f32 v89 = (v87 + v88);
    if (v25) b2[i26] = v89;
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
  const int32 v1 = to<int32>::convert(thread);
  const int32 v2 = to<int32>::convert(n0);
  const int32 v3 = to<int32>::convert(begin);
  const int32 v4 = to<int32>::convert(end);
  const int32 v5 = (v1 & 255);
  const int32 v6 = (v5 & 31);
  const int32 v7 = (int32)((uint32)v2 + (uint32)8191);
  const int32 v8 = (v7 / 8192);
  const int32 v9 = (v8 & (-4));
  const int32 v10 = (int32)((uint32)v5 * (uint32)4);
  const int32 v11 = (int32)((uint32)v8 + (uint32)255);
  const int32 v12 = (int32)((uint32)v6 + (uint32)32);
  const int32 v13 = (int32)((uint32)v6 + (uint32)64);
  const int32 v14 = (int32)((uint32)v6 + (uint32)96);
  const int32 v15 = (int32)((uint32)v6 + (uint32)128);
  const int32 v16 = (int32)((uint32)v6 + (uint32)160);
  const int32 v17 = (int32)((uint32)v6 + (uint32)192);
  const int32 v18 = (int32)((uint32)v6 + (uint32)224);
  const int32 v19 = (v6 & 16);
  const bool v20 = (v19 != 0);
  const int32 v21 = (v6 & 8);
  const bool v22 = (v21 != 0);
  const int32 v23 = (v6 & 4);
  const bool v24 = (v23 != 0);
  const int32 v25 = (v6 & 2);
  const bool v26 = (v25 != 0);
  const int32 v27 = (v6 & 1);
  const bool v28 = (v27 != 0);
  const bool v29 = (v5 == 0);
  for (int32 i30 = v3; i30 < v4; i30 += 1) {
    const int32 v31 = (int32)((uint32)v9 + (uint32)1020);
    f32x4 acc32 = f32x4(0x0p+0f);
    for (int32 i33 = v10; i33 + 1024 <= v31; i33 += 1024) {
      const f32x4 v34 = wide_load4(0, b2 + i33);
      const f32x4 v35 = (acc32 + v34);
      acc32 = v35;
    }
    const f32x2 v36 = part<f32x2>(acc32, 0);
    const f32x2 v37 = part<f32x2>(acc32, 2);
    const f32x2 v38 = (v36 + v37);
    const f32 v39 = v38.x[0];
    const f32 v40 = v38.x[1];
    const f32 v41 = (v39 + v40);
    const f32 v42 = v41;
    const f32 v43 = (0x0p+0f + v42);
    const int32 v44 = (int32)((uint32)v5 + (uint32)v9);
    f32 acc45 = v43;
    for (int32 i46 = v44; i46 + 256 <= v11; i46 += 256) {
      const f32 v47 = b2[i46];
      const f32 v48 = (acc45 + v47);
      acc45 = v48;
    }
    shared0[v1] = acc45;
    __syncthreads();
    const f32 v49 = shared0[v6];
    const f32 v50 = shared0[v12];
    const f32 v51 = shared0[v13];
    const f32 v52 = shared0[v14];
    const f32 v53 = shared0[v15];
    const f32 v54 = shared0[v16];
    const f32 v55 = shared0[v17];
    const f32 v56 = shared0[v18];
    const f32 v57 = (v49 + v50);
    const f32 v58 = (v57 + v51);
    const f32 v59 = (v58 + v52);
    const f32 v60 = (v59 + v53);
    const f32 v61 = (v60 + v54);
    const f32 v62 = (v61 + v55);
    const f32 v63 = (v62 + v56);
    __syncthreads();
    const f32 v64 = exchange(v63, 16);
    const f32 v65 = v20 ? v64 : v63;
    const f32 v66 = v20 ? v63 : v64;
    const f32 v67 = (v65 + v66);
    const f32 v68 = exchange(v67, 8);
    const f32 v69 = v22 ? v68 : v67;
    const f32 v70 = v22 ? v67 : v68;
    const f32 v71 = (v69 + v70);
    const f32 v72 = exchange(v71, 4);
    const f32 v73 = v24 ? v72 : v71;
    const f32 v74 = v24 ? v71 : v72;
    const f32 v75 = (v73 + v74);
    const f32 v76 = exchange(v75, 2);
    const f32 v77 = v26 ? v76 : v75;
    const f32 v78 = v26 ? v75 : v76;
    const f32 v79 = (v77 + v78);
    const f32 v80 = exchange(v79, 1);
    const f32 v81 = v28 ? v80 : v79;
    const f32 v82 = v28 ? v79 : v80;
    const f32 v83 = (v81 + v82);
    if (v29) b1[0] = v83;
  }
}
