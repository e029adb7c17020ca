# Builds `consumer` against the installed package, records its stage in a run of the installed program, loads the plugin, calls its stage and
# feeds it the recording.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
file(COPY ${CMAKE_CURRENT_LIST_DIR}/consumer DESTINATION ${SCRATCH})  # out of the tree: a path into it would not be found
build(${SCRATCH}/consumer)
set(plugin ${SCRATCH}/consumer/build/example_stage.so)
file(COPY ${SOURCE}/pipeline/cli/new_stage/values.npz DESTINATION ${SCRATCH})
file(WRITE ${SCRATCH}/scale.toml "title = \"scale\"\n[stages.arrays]\nuse = \"data/npz\"\nfiles = [\"values.npz\"]
[stages.scale]\nuse = \"example/scale\"\nin = \"arrays.values\"\nfactor = 3\n[stages.save]\nuse = \"report/npz\"\nin = { y = \"scale\" }\nto = \"y.npz\"\n")
execute_process(COMMAND ${PREFIX}/bin/tivit-run scale.toml --plugin ${plugin} --record scale --run-dir run --quiet
  WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY)
says("everything as it was recorded" ${PREFIX}/bin/tivit-run replay ${SCRATCH}/run)
run(${SCRATCH}/consumer/build/load ${plugin} ${SCRATCH}/run/record/scale)
