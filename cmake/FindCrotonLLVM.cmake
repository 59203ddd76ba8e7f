# LLVM's shared library and headers, found through llvm-config: LLVMConfig.cmake asks for the development packages of
# everything LLVM itself links, which a user of the shared library does not need.
# Gives: target Croton::LLVM, CrotonLLVM_VERSION. Point LLVM_CONFIG at an llvm-config to choose a version (15 to 20).
find_program(LLVM_CONFIG
  NAMES llvm-config-19 llvm-config-20 llvm-config-18 llvm-config-17 llvm-config-16 llvm-config-15 llvm-config
  DOC "llvm-config of the LLVM to use")

if(LLVM_CONFIG)
  foreach(fact version includedir libdir)
    execute_process(COMMAND ${LLVM_CONFIG} --${fact} OUTPUT_VARIABLE llvm_${fact} OUTPUT_STRIP_TRAILING_WHITESPACE
                    ERROR_QUIET)
  endforeach()
  set(CrotonLLVM_VERSION ${llvm_version})
  string(REGEX MATCH "^[0-9]+" llvm_major "${llvm_version}")
  # Keyed by version, so that a changed LLVM_CONFIG is not answered with the library of the old one.
  find_library(CrotonLLVM_LIBRARY_${llvm_major} NAMES LLVM-${llvm_major} LLVM HINTS ${llvm_libdir} NO_DEFAULT_PATH)
  set(llvm_library ${CrotonLLVM_LIBRARY_${llvm_major}})
  if(llvm_library MATCHES "\\.a$")
    unset(llvm_library)
  endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CrotonLLVM REQUIRED_VARS LLVM_CONFIG llvm_library llvm_includedir
                                  VERSION_VAR CrotonLLVM_VERSION)
if(CrotonLLVM_FOUND AND NOT TARGET Croton::LLVM)
  add_library(Croton::LLVM UNKNOWN IMPORTED)
  set_target_properties(Croton::LLVM PROPERTIES IMPORTED_LOCATION ${llvm_library}
                        INTERFACE_INCLUDE_DIRECTORIES ${llvm_includedir})
endif()
