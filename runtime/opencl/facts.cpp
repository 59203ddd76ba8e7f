#include "runtime/opencl/facts.h"
#include <sstream>

namespace croton::runtime::opencl {

namespace {

class Query {
public:
  Query(const Library& cl, cl_device_id device) : cl_(cl), device_(device) {}

  template <class T> T number(cl_device_info what, T otherwise = {}) const {
    T value = otherwise;
    return cl_.clGetDeviceInfo(device_, what, sizeof value, &value, nullptr) == CL_SUCCESS ? value : otherwise;
  }
  std::string text(cl_device_info what) const {
    std::size_t bytes = 0;
    if (cl_.clGetDeviceInfo(device_, what, 0, nullptr, &bytes) != CL_SUCCESS) return "";
    std::string value(bytes, '\0');
    if (cl_.clGetDeviceInfo(device_, what, bytes, value.data(), nullptr) != CL_SUCCESS) return "";
    while (!value.empty() && (value.back() == '\0' || value.back() == ' ')) value.pop_back();
    return value;
  }

private:
  const Library& cl_;
  cl_device_id device_;
};

std::string platform_text(const Library& cl, cl_platform_id platform, cl_platform_info what) {
  char value[512] = {};
  return cl.clGetPlatformInfo(platform, what, sizeof value - 1, value, nullptr) == CL_SUCCESS ? value : "";
}

std::string float_features(cl_device_fp_config config) {
  const std::pair<cl_device_fp_config, const char*> names[] = {
      {CL_FP_DENORM, "denorm"}, {CL_FP_INF_NAN, "inf_nan"}, {CL_FP_ROUND_TO_NEAREST, "round_to_nearest"}, {CL_FP_ROUND_TO_ZERO, "round_to_zero"},
      {CL_FP_ROUND_TO_INF, "round_to_inf"}, {CL_FP_FMA, "fma"}, {CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT, "correctly_rounded_divide_sqrt"}};
  std::string text;
  for (auto& [bit, name] : names)
    if (config & bit) text += (text.empty() ? "" : " ") + std::string(name);
  return text.empty() ? "none" : text;
}

bool has_word(const std::string& list, const std::string& word) {
  std::istringstream words(list);
  for (std::string w; words >> w;)
    if (w == word) return true;
  return false;
}

DeviceFacts facts_of(const Library& cl, cl_platform_id platform, cl_device_id id, std::size_t index) {
  Query ask(cl, id);
  DeviceFacts f;
  f.name = "opencl:" + std::to_string(index);
  f.title = ask.text(CL_DEVICE_NAME);
  f.platform = platform_text(cl, platform, CL_PLATFORM_NAME);
  f.version = platform_text(cl, platform, CL_PLATFORM_VERSION) + ", driver " + ask.text(CL_DRIVER_VERSION);
  auto type = ask.number<cl_device_type>(CL_DEVICE_TYPE);
  f.kind = type & CL_DEVICE_TYPE_GPU ? DeviceFacts::Kind::gpu : type & CL_DEVICE_TYPE_CPU ? DeviceFacts::Kind::cpu : DeviceFacts::Kind::other;
  std::string extensions = ask.text(CL_DEVICE_EXTENSIONS);
  auto f32_config = ask.number<cl_device_fp_config>(CL_DEVICE_SINGLE_FP_CONFIG), f64_config = ask.number<cl_device_fp_config>(CL_DEVICE_DOUBLE_FP_CONFIG);
  f.f64 = f64_config != 0;
  f.f16 = has_word(extensions, "cl_khr_fp16");
  f.unified_memory = f.kind == DeviceFacts::Kind::cpu && ask.number<cl_bool>(CL_DEVICE_HOST_UNIFIED_MEMORY) == CL_TRUE;
  f.exact_division = f32_config & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT;
  f.units = static_cast<int>(ask.number<cl_uint>(CL_DEVICE_MAX_COMPUTE_UNITS, 1));
  f.group_limit = ask.number<std::size_t>(CL_DEVICE_MAX_WORK_GROUP_SIZE, 1);
  f.memory_bytes = ask.number<cl_ulong>(CL_DEVICE_GLOBAL_MEM_SIZE);
  f.allocation_bytes = ask.number<cl_ulong>(CL_DEVICE_MAX_MEM_ALLOC_SIZE);
  f.local_bytes = ask.number<cl_ulong>(CL_DEVICE_LOCAL_MEM_SIZE);
  f.more = {{"OpenCL C", ask.text(CL_DEVICE_OPENCL_C_VERSION)},
            {"vendor", ask.text(CL_DEVICE_VENDOR)},
            {"native vector of f32", std::to_string(ask.number<cl_uint>(CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT))},
            {"f32", float_features(f32_config)},
            {"f64", float_features(f64_config)},
            {"clock", std::to_string(ask.number<cl_uint>(CL_DEVICE_MAX_CLOCK_FREQUENCY)) + " MHz"},
            {"extensions", extensions}};
  return f;
}

} // namespace

std::vector<Found> find_devices(const Library& cl) {
  std::vector<Found> all;
  cl_uint platforms = 0;
  if (cl.clGetPlatformIDs(0, nullptr, &platforms) != CL_SUCCESS || platforms == 0) return all;
  std::vector<cl_platform_id> ids(platforms);
  if (cl.clGetPlatformIDs(platforms, ids.data(), nullptr) != CL_SUCCESS) return all;
  for (cl_platform_id platform : ids) {
    cl_uint count = 0;
    if (cl.clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count) != CL_SUCCESS || count == 0) continue;
    std::vector<cl_device_id> devices(count);
    if (cl.clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, devices.data(), nullptr) != CL_SUCCESS) continue;
    for (cl_device_id id : devices) all.push_back({platform, id, facts_of(cl, platform, id, all.size())});
  }
  return all;
}

} // namespace croton::runtime::opencl
