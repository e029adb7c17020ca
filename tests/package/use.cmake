# Builds `consumer` against the installed package, loads the plugin that this makes and calls its stage.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
file(COPY ${CMAKE_CURRENT_LIST_DIR}/consumer DESTINATION ${SCRATCH})  # out of the tree: a path into it would not be found
build(${SCRATCH}/consumer)
run(${SCRATCH}/consumer/build/load ${SCRATCH}/consumer/build/example_stage.so)
