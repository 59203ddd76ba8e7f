# Settings shared by every target of the project.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Sanitizers and fuzzer coverage hold for every target of the build: mixing instrumented and plain code gives false reports.
if(CROTON_SANITIZE)
  if(NOT CROTON_SANITIZE MATCHES "^(address|undefined|thread|address,undefined)$")
    message(FATAL_ERROR "CROTON_SANITIZE: found \"${CROTON_SANITIZE}\", expected address, undefined, \"address,undefined\" or thread")
  endif()
  add_compile_options(-fsanitize=${CROTON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CROTON_SANITIZE})
endif()
if(CROTON_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "CROTON_FUZZ: found compiler ${CMAKE_CXX_COMPILER_ID}, expected Clang: libFuzzer comes with it")
  endif()
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Warnings, include root (`#include "ir/node.h"`) and public headers (`#include <croton/croton.h>`).
function(croton_settings target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  # GCC 12 misreads std::string operator+ (PR 105651) and moved std::variant (PR 105593), hence the two it must not say.
  # GCC's plain -Wshadow takes a scoped enumerator (DType::f32) for one that hides the type f32.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor
                         $<IF:$<CXX_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-maybe-uninitialized>)
  if(CROTON_WARNINGS_AS_ERRORS)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# One static library per folder: croton_layer(passes LINKS croton_ir SOURCES a.cpp b.cpp)
function(croton_layer name)
  cmake_parse_arguments(ARG "" "" "LINKS;SOURCES" ${ARGN})
  if(NOT ARG_SOURCES) # a layer of headers only
    add_library(croton_${name} INTERFACE)
    target_include_directories(croton_${name} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
    target_link_libraries(croton_${name} INTERFACE ${ARG_LINKS})
    return()
  endif()
  add_library(croton_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(croton_${name} PUBLIC ${ARG_LINKS})
  croton_settings(croton_${name})
endfunction()
