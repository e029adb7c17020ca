# `tivit-run new stage` where there is nothing but the installed package: what it writes builds, its test passes, its graph runs.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
set(tivit_run ${PREFIX}/bin/tivit-run)
foreach(kind IN ITEMS source expand gather sink resource)  # map: tests/package/plugins.cmake
  set(folder ${SCRATCH}/${kind}s)
  says("wrote   ${folder}/my_${kind}.cpp" ${tivit_run} new stage example/my_${kind} --kind ${kind} --to ${folder})
  build(${folder})
  run(ctest --test-dir ${folder}/build --output-on-failure --no-tests=error)
  execute_process(COMMAND ${tivit_run} my_${kind}.toml --quiet WORKING_DIRECTORY ${folder} COMMAND_ERROR_IS_FATAL ANY)  # by its own [run] plugins
endforeach()
# What is there is never written over, and a wrong name writes nothing.
execute_process(COMMAND ${tivit_run} new stage example/my_sink --to ${SCRATCH}/sinks RESULT_VARIABLE code ERROR_VARIABLE said)
if(NOT code EQUAL 2 OR NOT said MATCHES "there is a file ${SCRATCH}/sinks/[a-zA-Z_.]+ already; give the stage another name, or remove it\n")
  message(FATAL_ERROR "${code}: ${said}")
endif()
foreach(name test save)  # of a target that CMake keeps for itself, of a stage in the graph that comes with it
  execute_process(COMMAND ${tivit_run} new stage example/${name} --to ${SCRATCH}/wrong RESULT_VARIABLE code ERROR_VARIABLE said)
  if(NOT code EQUAL 2 OR EXISTS ${SCRATCH}/wrong OR NOT said MATCHES "no stage can be called \"${name}\": its build or its graph uses that name")
    message(FATAL_ERROR "${code}: ${said}")
  endif()
endforeach()
execute_process(COMMAND ${tivit_run} new stage Example --kind map --to ${SCRATCH}/wrong RESULT_VARIABLE code ERROR_VARIABLE said)
if(NOT code EQUAL 2 OR EXISTS ${SCRATCH}/wrong OR NOT said MATCHES "\"Example\" cannot be the name of a stage; write area/name in lower case")
  message(FATAL_ERROR "${code}: ${said}")
endif()
