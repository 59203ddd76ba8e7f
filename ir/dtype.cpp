#include "croton/dtype.h"
#include "croton/error.h"
#include <cstring>

namespace croton {

namespace {
constexpr DTypeInfo table[] = {
    {"bool", DTypeKind::boolean, false, 1},  {"i8", DTypeKind::integer, true, 1},
    {"i16", DTypeKind::integer, true, 2},    {"i32", DTypeKind::integer, true, 4},
    {"i64", DTypeKind::integer, true, 8},    {"u8", DTypeKind::integer, false, 1},
    {"u16", DTypeKind::integer, false, 2},   {"u32", DTypeKind::integer, false, 4},
    {"u64", DTypeKind::integer, false, 8},   {"f16", DTypeKind::floating, true, 2},
    {"bf16", DTypeKind::floating, true, 2},  {"f32", DTypeKind::floating, true, 4},
    {"f64", DTypeKind::floating, true, 8},   {"c64", DTypeKind::complex, true, 8},
    {"c128", DTypeKind::complex, true, 16},
};
static_assert(sizeof(table) / sizeof(table[0]) == dtype_count);
} // namespace

const DTypeInfo& info(DType dtype) noexcept { return table[static_cast<int>(dtype)]; }

std::string to_string(Location where) {
  if (!where) return "";
  const char* slash = std::strrchr(where.file, '/');
  return std::string(slash ? slash + 1 : where.file) + ":" + std::to_string(where.line);
}

} // namespace croton
