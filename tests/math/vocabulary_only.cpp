// Compiles every expansion with a type that has exactly the documented vocabulary and nothing else, of a precision not
// known to the compiler, as graph nodes are. Nothing here runs.
#include "tests/math/catalogue.h"

namespace only {

struct M {};
struct I {};
struct V {};

M operator&(M, M);
M operator|(M, M);
M operator!(M);

I operator+(I, I);
I operator+(I, int64_t);
I operator-(I, I);
I operator-(I, int64_t);
I operator-(int64_t, I);
I operator&(I, int64_t);
I operator^(I, I);
I shl(I, int);
I sar(I, int);
I shr(I, int);
M eq(I, int64_t);
I select(M, I, I);

V operator-(V);
#define ONLY_BINARY(op)                                                                                                \
  V operator op(V, V);                                                                                                 \
  V operator op(V, double);                                                                                            \
  V operator op(double, V);
ONLY_BINARY(+)
ONLY_BINARY(-)
ONLY_BINARY(*)
ONLY_BINARY(/)
V fma(V, V, V);
V fma(V, double, V);
V fma(V, V, double);
V fma(V, double, double);
V sqrt(V);
V fabs(V);
V trunc(V);
V copysign(V, V);
V copysign(double, V);
V scaleb(V, V);
V logb(V);
V significand(V);
#define ONLY_COMPARE(name)                                                                                             \
  M name(V, V);                                                                                                        \
  M name(V, double);
ONLY_COMPARE(lt)
ONLY_COMPARE(le)
ONLY_COMPARE(gt)
ONLY_COMPARE(ge)
ONLY_COMPARE(eq)
ONLY_COMPARE(ne)
M isnan(V);
V select(M, V, V);
V select(M, double, V);
V select(M, V, double);
V select_v(M, V like, double, double);
I bits(V);
V from_bits(I);
V to_float(I);

} // namespace only

#define UNARY(name, ref)                                                                                               \
  static_assert(std::is_same_v<decltype(croton::ir::math::name##_f32(only::V())), only::V>);                           \
  static_assert(std::is_same_v<decltype(croton::ir::math::name##_f64(only::V())), only::V>);
CROTON_MATH_UNARY(UNARY)
#define BINARY(name, ref)                                                                                              \
  static_assert(std::is_same_v<decltype(croton::ir::math::name##_f32(only::V(), only::V())), only::V>);                \
  static_assert(std::is_same_v<decltype(croton::ir::math::name##_f64(only::V(), only::V())), only::V>);
CROTON_MATH_BINARY(BINARY)

// Instantiate the bodies.
void instantiate() {
  only::V x;
#define CALL_UNARY(name, ref) croton::ir::math::name##_f32(x), croton::ir::math::name##_f64(x);
#define CALL_BINARY(name, ref) croton::ir::math::name##_f32(x, x), croton::ir::math::name##_f64(x, x);
  if (false) {
    CROTON_MATH_UNARY(CALL_UNARY)
    CROTON_MATH_BINARY(CALL_BINARY)
  }
}
