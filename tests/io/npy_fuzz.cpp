// Damaged files give an IoError or an array that is whole: nothing else, whatever the damage.
#include "src/io/npy.h"
#include "tests/io/bytes.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::io;
using namespace croton::io::testing;

TEST_CASE("mutated .npy files never do worse than an IoError") {
  const std::string seeds[] = {
      npy_file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", std::string(24, 'a')),
      npy_file("{'descr': '<i2', 'fortran_order': True, 'shape': (3, 2, 4), }", std::string(48, 'b')),
      npy_file("{'descr': '|b1', 'fortran_order': False, 'shape': (5,), }", std::string(5, '\1')),
      npy_file("{'descr': '<c16', 'fortran_order': True, 'shape': (), }", std::string(16, 'c')),
      npy_file("{'descr': '<u8', 'fortran_order': True, 'shape': (0, 7), }", ""),
  };
  Random random(20240607);
  int read = 0, refused = 0;
  for (int round = 0; round < 20000; ++round) {
    const std::string file = mutated(seeds[random(std::size(seeds))], random);
    INFO("round " << round);
    NpyArray array;
    std::string message = error_of([&] { array = parse_npy(bytes_of(file), "x.npy"); });
    if (message.empty())
      ++read;
    else
      ++refused;
    if (message.empty() ? !consistent(array) : !well_formed(message)) FAIL(message);
  }
  CHECK(read > 500); // the damage is small enough to reach behind the header
  CHECK(refused > 5000);
}
