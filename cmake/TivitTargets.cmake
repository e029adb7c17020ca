# How this project makes its targets: one warning level, one sanitizer setting, one place.
add_library(tivit_options INTERFACE)
# -Wno-restrict: g++ 12 warns of std::string's own operator+ (GCC bug 105651).
target_compile_options(tivit_options INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(TIVIT_SANITIZE)
  # A report ends the program, so that a test fails by it. Not vptr: oneTBB's flow graph casts tasks that it has destroyed.
  target_compile_options(tivit_options INTERFACE -fsanitize=${TIVIT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
                         # g++ 12 sees uninitialised values in what the sanitizers insert.
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  if(TIVIT_SANITIZE MATCHES undefined)
    target_compile_options(tivit_options INTERFACE -fno-sanitize=vptr)
  endif()
  target_link_options(tivit_options INTERFACE -fsanitize=${TIVIT_SANITIZE})
  target_sources(tivit_options INTERFACE $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${PROJECT_SOURCE_DIR}/cmake/suppressions.cpp>)
endif()

# tivit_stages(area SOURCES … LINK … [TORCH_HEADERS …]): the built-in stages of one area, an object library so that
# registration survives linking. What an area may know is what it links; another area's headers come by naming it in LINK.
function(tivit_stages area)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  set(target tivit_stages_${area})
  add_library(${target} OBJECT ${ARG_SOURCES})
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PUBLIC tivit_tensor ${ARG_LINK} PRIVATE tivit_options)
  set_property(GLOBAL APPEND PROPERTY TIVIT_STAGE_AREAS ${target})
endfunction()

# tivit_test(name SOURCES … AREAS … LINK …): one Boost.Test program, and one ctest entry.
function(tivit_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;AREAS;LINK" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 900)  # a machine may be busy with other work
  endif()
  add_executable(test_${name} ${ARG_SOURCES})
  target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR})
  # The libraries that they test are optimised; they themselves run once, and compile in two thirds of the time so.
  target_compile_options(test_${name} PRIVATE $<$<CONFIG:Release>:-O0>)
  target_link_libraries(test_${name} PRIVATE tivit_testing tivit_test_main tivit_options ${ARG_LINK})
  foreach(area IN LISTS ARG_AREAS)
    target_link_libraries(test_${name} PRIVATE tivit_stages_${area})
    target_sources(test_${name} PRIVATE $<TARGET_OBJECTS:tivit_stages_${area}>)
  endforeach()
  add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${PROJECT_BINARY_DIR})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT})
endfunction()
