# Settings shared by every target of the project.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Warnings, include root (`#include "ir/node.h"`) and public headers (`#include <croton/croton.h>`).
function(croton_settings target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor
    $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>) # GCC's full form faults the enumerators of scoped enums
  if(CROTON_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# One static library per folder: croton_layer(passes LINKS croton_ir SOURCES a.cpp b.cpp)
function(croton_layer name)
  cmake_parse_arguments(ARG "" "" "LINKS;SOURCES" ${ARGN})
  add_library(croton_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(croton_${name} PUBLIC ${ARG_LINKS})
  croton_settings(croton_${name})
endfunction()
