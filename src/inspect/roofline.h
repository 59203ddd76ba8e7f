// What this machine can do at most, measured once by Croton's own kernels and kept in the cache folder.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace croton::inspect {

struct Roofline {
  struct Level {
    std::size_t bytes;          ///< of the memory that is streamed through, read and written together
    double bytes_per_second;
  };
  std::vector<Level> levels;    ///< by rising size: the caches, then memory
  double operations_per_second; ///< f32, a multiplication and an addition of an fma counted as two
  int threads = 1;

  /// By the sizes measured; between them linear in the logarithm of the size.
  double bandwidth(double bytes) const;
  /// The shortest time in which so much can be moved and computed.
  double seconds(double bytes, double operations) const;
};

/// The one kept for this processor and thread count; nothing when none is kept or it is damaged.
std::optional<Roofline> kept_roofline();
/// Measures, which takes a second, and keeps the result where there is a cache.
Roofline measure_roofline();
std::string roofline_text(const Roofline& r);
std::string roofline_json(const Roofline& r);

} // namespace croton::inspect
