# Catch2 programs registered with ctest: croton_test(name SOURCES a.cpp b.cpp [LINKS lib…])
find_package(Catch2 REQUIRED) # version 2 or 3

# main() is compiled once for all tests; Catch2 3 brings its own.
if(TARGET Catch2::Catch2WithMain)
  add_library(croton_test_main INTERFACE)
  target_link_libraries(croton_test_main INTERFACE Catch2::Catch2WithMain)
else()
  add_library(croton_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
  target_link_libraries(croton_test_main PUBLIC Catch2::Catch2)
endif()

# A run of a Catch2 program, ARGN: which of its test cases. One that checks nothing fails.
function(croton_catch_test name program)
  add_test(NAME ${name} COMMAND ${program} -w NoAssertions ${ARGN})
endfunction()

# Sources default to <name>.cpp. The test's label is its folder under tests/; it links the whole library, internals included.
function(croton_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT ARG_SOURCES)
    set(ARG_SOURCES ${name}.cpp)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  if(CROTON_SANITIZE) # several times slower
    math(EXPR ARG_TIMEOUT "${ARG_TIMEOUT} * 6")
  endif()
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR}/tests ${CMAKE_CURRENT_SOURCE_DIR})
  string(REGEX REPLACE "/.*" "" label "${folder}")
  add_executable(test_${name} ${ARG_SOURCES})
  croton_settings(test_${name})
  target_link_libraries(test_${name} PRIVATE croton_test_main croton ${ARG_LINKS})
  # Assertions are most of the code here: optimising them doubles the build (under sanitizers, triples it) and tests nothing more.
  if(CROTON_SANITIZE)
    target_compile_options(test_${name} PRIVATE -O0)
  else()
    target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  croton_catch_test(${label}.${name} test_${name})
  set_tests_properties(${label}.${name} PROPERTIES LABELS ${label} TIMEOUT ${ARG_TIMEOUT})
endfunction()
