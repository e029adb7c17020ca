# What the scripts of these tests have in common.
cmake_policy(VERSION 3.25)
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

# says(TEXT command …): it succeeds and prints this.
function(says text)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  string(FIND "${said}" "${text}" at)
  if(at EQUAL -1 OR NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}: expected \"${text}\", exit code ${code}, got:\n${said}")
  endif()
endfunction()

set(flags -G Ninja -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER})
set(ENV{CCACHE_BASEDIR} ${SCRATCH})  # scratch folders of every checkout share the cache
set(ENV{CCACHE_NOHASHDIR} 1)
set(sanitize "")
if(SANITIZE)
  set(sanitize "-fsanitize=${SANITIZE}")
  if(SANITIZE MATCHES undefined)
    string(APPEND sanitize " -fno-sanitize=vptr")
  endif()
  list(APPEND flags "-DCMAKE_CXX_FLAGS=${sanitize}")
endif()

# build(FOLDER): configured against the prefix, built in FOLDER/build.
function(build folder)
  run(${CMAKE_COMMAND} -S ${folder} -B ${folder}/build ${flags} -DCMAKE_PREFIX_PATH=${PREFIX})
  run(${CMAKE_COMMAND} --build ${folder}/build)
endfunction()
file(REMOVE_RECURSE ${SCRATCH})
