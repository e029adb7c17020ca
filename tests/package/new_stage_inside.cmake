# `tivit-run new stage` in a copy of this tree: in an area that is there and in a new one; what it writes builds, its test passes, its graph runs.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
foreach(part IN ITEMS CMakeLists.txt cmake pipeline stages tests docs graphs configs)
  file(COPY ${SOURCE}/${part} DESTINATION ${SCRATCH})
endforeach()
file(CREATE_LINK ${SOURCE}/.deps ${SCRATCH}/.deps SYMBOLIC)
file(STRINGS ${BUILD}/CMakeCache.txt torch REGEX "^TIVIT_TORCH:")
string(REGEX REPLACE "^[^=]*=" "" torch "${torch}")
set(kinds source map expand gather sink resource)
execute_process(COMMAND ${BUILD}/bin/tivit-run new stage example/default WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY)  # a word of C++
execute_process(COMMAND ${BUILD}/bin/tivit-run new stage example/time WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY)  # a function of its library
foreach(kind IN LISTS kinds)
  set(area example)
  if(kind STREQUAL map)
    set(area notes)  # one that is there
  endif()
  execute_process(COMMAND ${BUILD}/bin/tivit-run new stage ${area}/my_${kind} --kind ${kind} WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
run(${CMAKE_COMMAND} -S ${SCRATCH} -B ${SCRATCH}/build ${flags} -DTIVIT_TORCH=${torch})
run(${CMAKE_COMMAND} --build ${SCRATCH}/build --target tivit-run test_notes test_example)
run(${SCRATCH}/build/bin/test_notes --run_test=my_map_stage)
run(ctest --test-dir ${SCRATCH}/build --output-on-failure --no-tests=error -R "^example$|my_[a-z]+_graph")
file(REMOVE_RECURSE ${SCRATCH}/build)
