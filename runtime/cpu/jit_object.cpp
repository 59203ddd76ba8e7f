#include "runtime/cpu/jit_object.h"
#include <cstdint>
#include <cstring>

namespace croton::runtime {

namespace {

void put_u32(std::vector<std::byte>& out, std::size_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<std::byte>(value >> shift));
}

void put_bytes(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
  put_u32(out, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::optional<std::uint32_t> take_u32(std::span<const std::byte>& in) {
  if (in.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(in[i]) << (8 * i);
  in = in.subspan(4);
  return value;
}

std::optional<std::span<const std::byte>> take_bytes(std::span<const std::byte>& in) {
  const auto size = take_u32(in);
  if (!size || *size > in.size()) return std::nullopt;
  const auto bytes = in.first(*size);
  in = in.subspan(*size);
  return bytes;
}

} // namespace

std::vector<std::byte> pack(const JitObject& object) {
  std::vector<std::byte> out;
  out.reserve(object.code.size() + 64 * (object.names.size() + 1));
  put_u32(out, object.names.size());
  for (const std::string& name : object.names) put_bytes(out, std::as_bytes(std::span(name)));
  put_bytes(out, object.code);
  return out;
}

std::optional<JitObject> unpack(std::span<const std::byte> bytes) {
  const auto count = take_u32(bytes);
  if (!count || *count > bytes.size() / 4) return std::nullopt; // each name takes at least its length
  JitObject object;
  object.names.reserve(*count);
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto name = take_bytes(bytes);
    if (!name) return std::nullopt;
    object.names.emplace_back(reinterpret_cast<const char*>(name->data()), name->size());
  }
  const auto code = take_bytes(bytes);
  if (!code || !bytes.empty()) return std::nullopt;
  object.code.assign(code->begin(), code->end());
  return object;
}

} // namespace croton::runtime
