// The storage behind shared variables.
#pragma once
#include "croton/shared.h"
#include "src/api/bridge.h"
#include "src/api/state_value.h"
#include <mutex>

namespace croton {

namespace detail {
/// Two locks: calls that update a variable run one after the other (`writer`); reading or replacing the value is short
/// (`access`), except that a call which overwrites it in place keeps readers out until it is done. Locks are taken
/// writers first, then by rising id.
struct State {
  i64 id = 0;
  std::string name;
  ir::Ref node;
  api::StateValue value; ///< guarded by access
  std::mutex writer, access;
};
} // namespace detail

namespace api {

using StatePtr = std::shared_ptr<detail::State>;

StatePtr make_state(std::string name, Array value, ir::Shape shape, Location where);
/// The storage of a `shared` node; ValueError when it is gone.
StatePtr state_of(const ir::Node& node);
/// ShapeError or DTypeError when such a value cannot be the state's.
void check_fits(const detail::State& state, DType dtype, std::span<const i64> shape);

/// The elements of an argument as an array of its own.
Array array_of(std::string_view who, const TensorArg& arg, std::optional<DType> wanted = {});
/// The value of an expression without variables.
Array constant_value_of(const ir::Ref& x);

} // namespace api

} // namespace croton
