
extern "C" __global__ void k_softmax_multiply_0(const f32* b0, f32* b1, f32* b2, f32* b3, f32* b4, f32* b5, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (int64)((uint64)v0 * (uint64)4ll);
  const bool v5 = (bitcast<f32>(0xff800000u) != bitcast<f32>(0xff800000u));
  const int64 v6 = (v2 & 1ll);
  const bool v7 = (v6 != 0ll);
  for (int64 i8 = begin; i8 < end; i8 += 1) {
    const int64 v9 = (int64)((uint64)i8 * (uint64)128ll);
    const int64 v10 = (int64)((uint64)v9 + (uint64)v1);
    const bool v11 = (v10 < n0);
    const int64 v12 = v11 ? v10 : v3;
    const int64 v13 = (int64)((uint64)v12 * (uint64)8ll);
    f32x4 acc14 = f32x4(bitcast<f32>(0xff800000u));
    for (int64 i15 = v4; i15 + 8 <= 12ll; i15 += 8) {
      const int8x4 v16 = to<int8x4>::convert((acc14 != acc14));
      const int64 v17 = (int64)((uint64)i15 + (uint64)v13);
      const f32x4 v18 = wide_load4(0, b0 + v17);
      const int8x4 v19 = to<int8x4>::convert((acc14 > v18));
      const f32x4 v20 = select(v18, acc14, to<int32x4>::convert(v19));
      const f32x4 v21 = select(v20, acc14, to<int32x4>::convert(v16));
      acc14 = v21;
    }
    const f32x2 v22 = part<f32x2>(acc14, 0);
    const int8x2 v23 = to<int8x2>::convert((v22 != v22));
    const f32x2 v24 = part<f32x2>(acc14, 2);
    const int8x2 v25 = to<int8x2>::convert((v22 > v24));
    const f32x2 v26 = select(v24, v22, to<int32x2>::convert(v25));
    const f32x2 v27 = select(v26, v22, to<int32x2>::convert(v23));
    const f32 v28 = v27.x[0];
    const bool v29 = (v28 != v28);
    const f32 v30 = v27.x[1];
    const bool v31 = (v28 > v30);
    const f32 v32 = v31 ? v28 : v30;
    const f32 v33 = v29 ? v28 : v32;
    const f32 v34 = v33;
    const bool v35 = (bitcast<f32>(0xff800000u) > v34);
    const f32 v36 = v35 ? bitcast<f32>(0xff800000u) : v34;
    const f32 v37 = v5 ? bitcast<f32>(0xff800000u) : v36;
    const f32 v38 = exchange(v37, 1);
    const f32 v39 = v7 ? v38 : v37;
    const bool v40 = (v39 != v39);
    const f32 v41 = v7 ? v37 : v38;
    const bool v42 = (v39 > v41);
    const f32 v43 = v42 ? v39 : v41;
    const f32 v44 = v40 ? v39 : v43;
    f32 acc45 = 0x0p+0f;
    for (int64 i46 = v0; i46 + 2 <= 9ll; i46 += 2) {
      const int64 v47 = (int64)((uint64)v13 + (uint64)i46);
      const f32 v48 = b0[v47];
      const f32 v49 = (v48 - v44);
      const bool v50 = (v49 < (-0x1.a4p+6f));
      const f32 v51 = v50 ? (-0x1.a4p+6f) : v49;
      const bool v52 = (v51 > 0x1.64p+6f);
      const f32 v53 = v52 ? 0x1.64p+6f : v51;
      const f32 v54 = fma(v53, 0x1.715476p+0f, 0x1.8p+23f);
      const f32 v55 = (v54 - 0x1.8p+23f);
      const f32 v56 = fma(v55, (-0x1.62e43p-1f), v53);
      const f32 v57 = fma(v55, 0x1.05c61p-29f, v56);
      const f32 v58 = fma(v57, 0x1.6868b4p-10f, 0x1.123d0cp-7f);
      const f32 v59 = fma(v58, v57, 0x1.555b84p-5f);
      const f32 v60 = fma(v59, v57, 0x1.55548cp-3f);
      const f32 v61 = fma(v60, v57, 0x1.fffff8p-2f);
      const f32 v62 = fma(v61, v57, 0x1p+0f);
      const f32 v63 = fma(v62, v57, 0x1p+0f);
      const f32 v64 = (v55 + 0x1.8001fcp+23f);
      const int32 v65 = bitcast<int32>(v64);
      const uint32 v66 = bitcast<uint32>(v65);
      const uint32 v67 = (v66 >> 1u);
      const int32 v68 = bitcast<int32>(v67);
      const int32 v69 = (int32)((uint32)v68 << (uint32)23);
      const f32 v70 = bitcast<f32>(v69);
      const f32 v71 = (v63 * v70);
      const int32 v72 = (int32)((uint32)v65 - (uint32)v68);
      const int32 v73 = (int32)((uint32)v72 << (uint32)23);
      const f32 v74 = bitcast<f32>(v73);
      const f32 v75 = (v71 * v74);
      const f32 v76 = (acc45 + v75);
      acc45 = v76;
    }
    const f32 v77 = exchange(acc45, 1);
    const f32 v78 = v7 ? v77 : acc45;
    const f32 v79 = v7 ? acc45 : v77;
    const f32 v80 = (v78 + v79);
    const f32 v81 = (0x1p+0f / v80);
    for (int64 i82 = v0; i82 + 2 <= 9ll; i82 += 2) {
      const int64 v83 = (int64)((uint64)v13 + (uint64)i82);
      const f32 v84 = b0[v83];
      const f32 v85 = (v84 - v44);
      const bool v86 = (v85 < (-0x1.a4p+6f));
      const f32 v87 = v86 ? (-0x1.a4p+6f) : v85;
      const bool v88 = (v87 > 0x1.64p+6f);
      const f32 v89 = v88 ? 0x1.64p+6f : v87;
      const f32 v90 = fma(v89, 0x1.715476p+0f, 0x1.8p+23f);
      const f32 v91 = (v90 - 0x1.8p+23f);
      const f32 v92 = fma(v91, (-0x1.62e43p-1f), v89);
      const f32 v93 = fma(v91, 0x1.05c61p-29f, v92);
      const f32 v94 = fma(v93, 0x1.6868b4p-10f, 0x1.123d0cp-7f);
      const f32 v95 = fma(v94, v93, 0x1.555b84p-5f);
      const f32 v96 = fma(v95, v93, 0x1.55548cp-3f);
      const f32 v97 = fma(v96, v93, 0x1.fffff8p-2f);
      const f32 v98 = fma(v97, v93, 0x1p+0f);
      const f32 v99 = fma(v98, v93, 0x1p+0f);
      const f32 v100 = (v91 + 0x1.8001fcp+23f);
      const int32 v101 = bitcast<int32>(v100);
      const uint32 v102 = bitcast<uint32>(v101);
      const uint32 v103 = (v102 >> 1u);
      const int32 v104 = bitcast<int32>(v103);
      const int32 v105 = (int32)((uint32)v104 << (uint32)23);
      const f32 v106 = bitcast<f32>(v105);
      const f32 v107 = (v99 * v106);
      const int32 v108 = (int32)((uint32)v101 - (uint32)v104);
      const int32 v109 = (int32)((uint32)v108 << (uint32)23);
      const f32 v110 = bitcast<f32>(v109);
      const f32 v111 = (v107 * v110);
      const f32 v112 = (v111 * v81);
      if (v11) b1[v83] = v112;
    }
  }
}

extern "C" __global__ void k_softmax_multiply_1(const f32* b0, f32* b1, f32* b2, f32* b3, f32* b4, f32* b5, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (int64)((uint64)v0 * (uint64)4ll);
  const bool v5 = (bitcast<f32>(0xff800000u) != bitcast<f32>(0xff800000u));
  const int64 v6 = (v2 & 1ll);
  const bool v7 = (v6 != 0ll);
  const bool v8 = (v0 == 0ll);
  for (int64 i9 = begin; i9 < end; i9 += 1) {
    const int64 v10 = (int64)((uint64)i9 * (uint64)128ll);
    const int64 v11 = (int64)((uint64)v10 + (uint64)v1);
    const bool v12 = (v11 < n0);
    const int64 v13 = v12 ? v11 : v3;
    const int64 v14 = (v13 / 1ll);
    const int64 v15 = (int64)((uint64)v14 * (uint64)(-1ll));
    const int64 v16 = (int64)((uint64)v15 + (uint64)v13);
    const int64 v17 = (int64)((uint64)v16 * (uint64)8192ll);
    const int64 v18 = (int64)((uint64)v17 + (uint64)8192ll);
    const bool v19 = (v18 < 8ll);
    const int64 v20 = v19 ? v18 : 8ll;
    const int64 v21 = (int64)((uint64)v17 * (uint64)(-1ll));
    const int64 v22 = (int64)((uint64)v21 + (uint64)v20);
    const int64 v23 = (v22 & (-4ll));
    const int64 v24 = (int64)((uint64)v14 * (uint64)8ll);
    const int64 v25 = (int64)((uint64)v17 + (uint64)v4);
    const int64 v26 = (int64)((uint64)v17 + (uint64)v23);
    const int64 v27 = (int64)((uint64)v26 + (uint64)4ll);
    f32x4 acc28 = f32x4(bitcast<f32>(0xff800000u));
    for (int64 i29 = v25; i29 + 8 <= v27; i29 += 8) {
      const int8x4 v30 = to<int8x4>::convert((acc28 != acc28));
      const int64 v31 = (int64)((uint64)i29 + (uint64)v24);
      const f32x4 v32 = wide_load4(0, b0 + v31);
      const int8x4 v33 = to<int8x4>::convert((acc28 > v32));
      const f32x4 v34 = select(v32, acc28, to<int32x4>::convert(v33));
      const f32x4 v35 = select(v34, acc28, to<int32x4>::convert(v30));
      acc28 = v35;
    }
    const f32x2 v36 = part<f32x2>(acc28, 0);
    const int8x2 v37 = to<int8x2>::convert((v36 != v36));
    const f32x2 v38 = part<f32x2>(acc28, 2);
    const int8x2 v39 = to<int8x2>::convert((v36 > v38));
    const f32x2 v40 = select(v38, v36, to<int32x2>::convert(v39));
    const f32x2 v41 = select(v40, v36, to<int32x2>::convert(v37));
    const f32 v42 = v41.x[0];
    const bool v43 = (v42 != v42);
    const f32 v44 = v41.x[1];
    const bool v45 = (v42 > v44);
    const f32 v46 = v45 ? v42 : v44;
    const f32 v47 = v43 ? v42 : v46;
    const f32 v48 = v47;
    const bool v49 = (bitcast<f32>(0xff800000u) > v48);
    const f32 v50 = v49 ? bitcast<f32>(0xff800000u) : v48;
    const f32 v51 = v5 ? bitcast<f32>(0xff800000u) : v50;
    const int64 v52 = (int64)((uint64)v17 + (uint64)v0);
    const int64 v53 = (int64)((uint64)v52 + (uint64)v23);
    const int64 v54 = (int64)((uint64)v20 + (uint64)1ll);
    f32 acc55 = v51;
    for (int64 i56 = v53; i56 + 2 <= v54; i56 += 2) {
      const bool v57 = (acc55 != acc55);
      const int64 v58 = (int64)((uint64)v24 + (uint64)i56);
      const f32 v59 = b0[v58];
      const bool v60 = (acc55 > v59);
      const f32 v61 = v60 ? acc55 : v59;
      const f32 v62 = v57 ? acc55 : v61;
      acc55 = v62;
    }
    const f32 v63 = exchange(acc55, 1);
    const f32 v64 = v7 ? v63 : acc55;
    const bool v65 = (v64 != v64);
    const f32 v66 = v7 ? acc55 : v63;
    const bool v67 = (v64 > v66);
    const f32 v68 = v67 ? v64 : v66;
    const f32 v69 = v65 ? v64 : v68;
    const bool v70 = (v8 & v12);
    if (v70) b2[v13] = v69;
  }
}

extern "C" __global__ void k_softmax_multiply_2(const f32* b0, f32* b1, f32* b2, f32* b3, f32* b4, f32* b5, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (v2 & 1ll);
  const bool v5 = (v4 != 0ll);
  const bool v6 = (v0 == 0ll);
  for (int64 i7 = begin; i7 < end; i7 += 1) {
    const int64 v8 = (int64)((uint64)i7 * (uint64)128ll);
    const int64 v9 = (int64)((uint64)v1 + (uint64)v8);
    const bool v10 = (v9 < n0);
    const int64 v11 = v10 ? v9 : v3;
    f32 acc12 = bitcast<f32>(0xff800000u);
    for (int64 i13 = v0; i13 + 2 <= 2ll; i13 += 2) {
      const bool v14 = (acc12 != acc12);
      const int64 v15 = (int64)((uint64)i13 + (uint64)v11);
      const f32 v16 = b2[v15];
      const bool v17 = (acc12 > v16);
      const f32 v18 = v17 ? acc12 : v16;
      const f32 v19 = v14 ? acc12 : v18;
      acc12 = v19;
    }
    const f32 v20 = exchange(acc12, 1);
    const f32 v21 = v5 ? v20 : acc12;
    const bool v22 = (v21 != v21);
    const f32 v23 = v5 ? acc12 : v20;
    const bool v24 = (v21 > v23);
    const f32 v25 = v24 ? v21 : v23;
    const f32 v26 = v22 ? v21 : v25;
    const bool v27 = (v6 & v10);
    if (v27) b3[v11] = v26;
  }
}

extern "C" __global__ void k_softmax_multiply_3(const f32* b0, f32* b1, f32* b2, f32* b3, f32* b4, f32* b5, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (v2 & 1ll);
  const bool v5 = (v4 != 0ll);
  const bool v6 = (v0 == 0ll);
  for (int64 i7 = begin; i7 < end; i7 += 1) {
    const int64 v8 = (int64)((uint64)i7 * (uint64)128ll);
    const int64 v9 = (int64)((uint64)v8 + (uint64)v1);
    const bool v10 = (v9 < n0);
    const int64 v11 = v10 ? v9 : v3;
    const int64 v12 = (v11 / 1ll);
    const int64 v13 = (int64)((uint64)v12 * (uint64)(-1ll));
    const int64 v14 = (int64)((uint64)v13 + (uint64)v11);
    const f32 v15 = b3[v12];
    const int64 v16 = (int64)((uint64)v14 * (uint64)8192ll);
    const int64 v17 = (int64)((uint64)v16 + (uint64)8192ll);
    const bool v18 = (v17 < 8ll);
    const int64 v19 = v18 ? v17 : 8ll;
    const int64 v20 = (int64)((uint64)v12 * (uint64)8ll);
    const int64 v21 = (int64)((uint64)v0 + (uint64)v16);
    const int64 v22 = (int64)((uint64)v19 + (uint64)1ll);
    f32 acc23 = 0x0p+0f;
    for (int64 i24 = v21; i24 + 2 <= v22; i24 += 2) {
      const int64 v25 = (int64)((uint64)v20 + (uint64)i24);
      const f32 v26 = b0[v25];
      const f32 v27 = (v26 - v15);
      const bool v28 = (v27 < (-0x1.a4p+6f));
      const f32 v29 = v28 ? (-0x1.a4p+6f) : v27;
      const bool v30 = (v29 > 0x1.64p+6f);
      const f32 v31 = v30 ? 0x1.64p+6f : v29;
      const f32 v32 = fma(v31, 0x1.715476p+0f, 0x1.8p+23f);
      const f32 v33 = (v32 - 0x1.8p+23f);
      const f32 v34 = fma(v33, (-0x1.62e43p-1f), v31);
      const f32 v35 = fma(v33, 0x1.05c61p-29f, v34);
      const f32 v36 = fma(v35, 0x1.6868b4p-10f, 0x1.123d0cp-7f);
      const f32 v37 = fma(v36, v35, 0x1.555b84p-5f);
      const f32 v38 = fma(v37, v35, 0x1.55548cp-3f);
      const f32 v39 = fma(v38, v35, 0x1.fffff8p-2f);
      const f32 v40 = fma(v39, v35, 0x1p+0f);
      const f32 v41 = fma(v40, v35, 0x1p+0f);
      const f32 v42 = (v33 + 0x1.8001fcp+23f);
      const int32 v43 = bitcast<int32>(v42);
      const uint32 v44 = bitcast<uint32>(v43);
      const uint32 v45 = (v44 >> 1u);
      const int32 v46 = bitcast<int32>(v45);
      const int32 v47 = (int32)((uint32)v46 << (uint32)23);
      const f32 v48 = bitcast<f32>(v47);
      const f32 v49 = (v41 * v48);
      const int32 v50 = (int32)((uint32)v43 - (uint32)v46);
      const int32 v51 = (int32)((uint32)v50 << (uint32)23);
      const f32 v52 = bitcast<f32>(v51);
      const f32 v53 = (v49 * v52);
      const f32 v54 = (acc23 + v53);
      acc23 = v54;
    }
    const f32 v55 = exchange(acc23, 1);
    const f32 v56 = v5 ? v55 : acc23;
    const f32 v57 = v5 ? acc23 : v55;
    const f32 v58 = (v56 + v57);
    const bool v59 = (v6 & v10);
    if (v59) b4[v11] = v58;
  }
}

extern "C" __global__ void k_softmax_multiply_4(const f32* b0, f32* b1, f32* b2, f32* b3, f32* b4, f32* b5, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  const int64 v4 = (v2 & 1ll);
  const bool v5 = (v4 != 0ll);
  const bool v6 = (v0 == 0ll);
  for (int64 i7 = begin; i7 < end; i7 += 1) {
    const int64 v8 = (int64)((uint64)i7 * (uint64)128ll);
    const int64 v9 = (int64)((uint64)v1 + (uint64)v8);
    const bool v10 = (v9 < n0);
    const int64 v11 = v10 ? v9 : v3;
    f32 acc12 = 0x0p+0f;
    for (int64 i13 = v0; i13 + 2 <= 2ll; i13 += 2) {
      const int64 v14 = (int64)((uint64)v11 + (uint64)i13);
      const f32 v15 = b4[v14];
      const f32 v16 = (acc12 + v15);
      acc12 = v16;
    }
    const f32 v17 = exchange(acc12, 1);
    const f32 v18 = v5 ? v17 : acc12;
    const f32 v19 = v5 ? acc12 : v17;
    const f32 v20 = (v18 + v19);
    const bool v21 = (v6 & v10);
    if (v21) b5[v11] = v20;
  }
}

extern "C" __global__ void k_softmax_multiply_5(const f32* b0, f32* b1, f32* b2, f32* b3, f32* b4, f32* b5, const int64 n0, const int64 units_each, const int64 units_left, const int64 multiple, const int64 extent) {
  const int64 worker = (int64)blockIdx.x;
  const int64 begin_unit = (worker * units_each + (worker < units_left ? worker : units_left)) * multiple;
  const int64 begin = begin_unit < extent ? begin_unit : extent;
  const int64 end_unit = ((worker + 1) * units_each + ((worker + 1) < units_left ? (worker + 1) : units_left)) * multiple;
  const int64 end = end_unit < extent ? end_unit : extent;
  const int64 thread = (int64)threadIdx.x;
  const int64 v0 = (thread & 1ll);
  const int64 v1 = (thread >> 1ll);
  const int64 v2 = (v0 & 1ll);
  const int64 v3 = (int64)((uint64)n0 + (uint64)(-1ll));
  for (int64 i4 = begin; i4 < end; i4 += 1) {
    const int64 v5 = (int64)((uint64)i4 * (uint64)128ll);
    const int64 v6 = (int64)((uint64)v5 + (uint64)v1);
    const bool v7 = (v6 < n0);
    const int64 v8 = v7 ? v6 : v3;
    const int64 v9 = (v8 / 1ll);
    const int64 v10 = (int64)((uint64)v9 * (uint64)(-1ll));
    const int64 v11 = (int64)((uint64)v8 + (uint64)v10);
    const f32 v12 = b3[v9];
    const f32 v13 = b5[v9];
    const int64 v14 = (int64)((uint64)v11 * (uint64)8192ll);
    const int64 v15 = (int64)((uint64)v14 + (uint64)8192ll);
    const bool v16 = (v15 < 8ll);
    const int64 v17 = v16 ? v15 : 8ll;
    const int64 v18 = (int64)((uint64)v9 * (uint64)8ll);
    const f32 v19 = (0x1p+0f / v13);
    const int64 v20 = (int64)((uint64)v14 + (uint64)v0);
    const int64 v21 = (int64)((uint64)v17 + (uint64)1ll);
    for (int64 i22 = v20; i22 + 2 <= v21; i22 += 2) {
      const int64 v23 = (int64)((uint64)v18 + (uint64)i22);
      const f32 v24 = b0[v23];
      const f32 v25 = (v24 - v12);
      const bool v26 = (v25 < (-0x1.a4p+6f));
      const f32 v27 = v26 ? (-0x1.a4p+6f) : v25;
      const bool v28 = (v27 > 0x1.64p+6f);
      const f32 v29 = v28 ? 0x1.64p+6f : v27;
      const f32 v30 = fma(v29, 0x1.715476p+0f, 0x1.8p+23f);
      const f32 v31 = (v30 - 0x1.8p+23f);
      const f32 v32 = fma(v31, (-0x1.62e43p-1f), v29);
      const f32 v33 = fma(v31, 0x1.05c61p-29f, v32);
      const f32 v34 = fma(v33, 0x1.6868b4p-10f, 0x1.123d0cp-7f);
      const f32 v35 = fma(v34, v33, 0x1.555b84p-5f);
      const f32 v36 = fma(v35, v33, 0x1.55548cp-3f);
      const f32 v37 = fma(v36, v33, 0x1.fffff8p-2f);
      const f32 v38 = fma(v37, v33, 0x1p+0f);
      const f32 v39 = fma(v38, v33, 0x1p+0f);
      const f32 v40 = (v31 + 0x1.8001fcp+23f);
      const int32 v41 = bitcast<int32>(v40);
      const uint32 v42 = bitcast<uint32>(v41);
      const uint32 v43 = (v42 >> 1u);
      const int32 v44 = bitcast<int32>(v43);
      const int32 v45 = (int32)((uint32)v44 << (uint32)23);
      const f32 v46 = bitcast<f32>(v45);
      const f32 v47 = (v39 * v46);
      const int32 v48 = (int32)((uint32)v41 - (uint32)v44);
      const int32 v49 = (int32)((uint32)v48 << (uint32)23);
      const f32 v50 = bitcast<f32>(v49);
      const f32 v51 = (v47 * v50);
      const f32 v52 = (v51 * v19);
      if (v7) b1[v23] = v52;
    }
  }
}
