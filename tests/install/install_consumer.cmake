# Installs BUILD into a fresh folder, moves it (an installed tree must not know where it was), and builds and runs
# CONSUMER against it in both ways that users have.
function(step what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output COMMAND_ECHO NONE)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} failed (${result}):\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

# What the consumer prints: a function's values, and an error that quotes its own line.
set(expected "[3. 5. 7.]\n[function] input 'x': found i32{3}, expected f32{x.0}. Convert the elements first. (main.cpp:12)\n")
function(compare what)
  if(NOT output STREQUAL expected)
    message(FATAL_ERROR "${what}: found \"${output}\", expected \"${expected}\"")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
step("cmake --install" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first --config ${CONFIG})
file(RENAME ${WORK}/first ${WORK}/prefix)
set(ENV{LD_LIBRARY_PATH} ${WORK}/prefix/${LIBDIR})

step("find_package: configure" ${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/build -G Ninja -D CMAKE_PREFIX_PATH=${WORK}/prefix
     -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_BUILD_TYPE=${CONFIG} -D "CMAKE_CXX_FLAGS=${FLAGS}")
step("find_package: build" ${CMAKE_COMMAND} --build ${WORK}/build)
step("find_package: run" ${WORK}/build/consumer)
compare("find_package: run")

# A captured call is a project that runs it again.
step("capture" ${WORK}/build/consumer ${WORK}/captured)
step("captured: configure" ${CMAKE_COMMAND} -S ${WORK}/captured -B ${WORK}/captured_build -G Ninja -D CMAKE_PREFIX_PATH=${WORK}/prefix
     -D CMAKE_CXX_COMPILER=${COMPILER} -D CMAKE_BUILD_TYPE=${CONFIG} -D "CMAKE_CXX_FLAGS=${FLAGS}")
step("captured: build" ${CMAKE_COMMAND} --build ${WORK}/captured_build)
step("captured: run" ${WORK}/captured_build/replay)
if(NOT output STREQUAL "output 0: f32{3} the bits that were recorded\n")
  message(FATAL_ERROR "captured: run: found \"${output}\"")
endif()

set(ENV{PKG_CONFIG_PATH} ${WORK}/prefix/${LIBDIR}/pkgconfig)
step("pkg-config" pkg-config --cflags --libs croton)
separate_arguments(flags UNIX_COMMAND "${output}")
separate_arguments(more UNIX_COMMAND "${FLAGS}")
step("pkg-config: build" ${COMPILER} -std=c++20 ${more} ${CONSUMER}/main.cpp ${flags} -o ${WORK}/by_pkg_config)
step("pkg-config: run" ${WORK}/by_pkg_config)
compare("pkg-config: run")
message(STATUS "the consumer builds and runs by find_package and by pkg-config")
