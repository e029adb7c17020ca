# What docs/plugins.md shows is run as it stands there: a new stage, and the build of plugins/ against the installed package. Then the tests of those
# plugins, and they in graphs in the place of built-in stages.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
file(COPY ${SOURCE}/plugins DESTINATION ${SCRATCH})
file(READ ${SOURCE}/docs/plugins.md text)
string(REPLACE ";" "<semicolon>" text "${text}")  # or it would end an element of a CMake list
string(REPLACE "```sh\n" ";" blocks "${text}")
list(POP_FRONT blocks)
list(LENGTH blocks count)
if(NOT count EQUAL 2)
  message(FATAL_ERROR "docs/plugins.md has ${count} blocks of commands")
endif()
set(ENV{PATH} ${PREFIX}/bin:$ENV{PATH})
set(ENV{CMAKE_PREFIX_PATH} ${PREFIX})
set(ENV{CMAKE_GENERATOR} Ninja)
set(ENV{CMAKE_CXX_COMPILER_LAUNCHER} "${LAUNCHER}")
set(ENV{CXX} ${COMPILER})
set(ENV{CXXFLAGS} "${sanitize}")
foreach(block IN LISTS blocks)
  string(FIND "${block}" "```" end)
  string(SUBSTRING "${block}" 0 ${end} block)
  string(REPLACE "<semicolon>" ";" block "${block}")
  string(REPLACE "=PREFIX" "=${PREFIX}" block "${block}")
  execute_process(COMMAND bash -euxc "${block}" WORKING_DIRECTORY ${SCRATCH} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
set(plugins ${SCRATCH}/build-plugins)
run(ctest --test-dir ${plugins} --output-on-failure --no-tests=error)
set(tivit_run ${PREFIX}/bin/tivit-run)
says("\n${plugins}/notes_snap.so\nnotes/snap " ${tivit_run} list --plugin ${plugins})
says("\n${plugins}/video_local_contrast.so\nvideo/local_contrast " ${tivit_run} list --plugin ${plugins})

# One line swaps a built-in stage for one of them, also on the command line.
file(WRITE ${SCRATCH}/augment.toml "title = \"swap\"\n[run]\nplugins = [\"build-plugins\"]
[stages.arrays]\nuse = \"data/npz\"\nfiles = [\"${CMAKE_CURRENT_LIST_DIR}/strip.npz\"]
[stages.change]\nuse = \"video/augment\"\nin = \"arrays.frames\"
[stages.save]\nuse = \"report/npz\"\nin = { frames = \"change.frames\" }\nto = \"${SCRATCH}/augmented.npz\"\n")
file(READ ${SCRATCH}/augment.toml text)
string(REPLACE "video/augment" "video/local_contrast" text "${text}")
string(REPLACE "augmented" "evened" text "${text}")
file(WRITE ${SCRATCH}/contrast.toml "${text}")
foreach(graph IN ITEMS augment contrast)
  run(${tivit_run} ${SCRATCH}/${graph}.toml --run-dir ${SCRATCH}/runs/${graph} --quiet)
endforeach()
run(${tivit_run} ${SCRATCH}/augment.toml --run-dir ${SCRATCH}/runs/set --quiet --set change.use=video/local_contrast --set save.to=${SCRATCH}/set.npz)
foreach(name IN ITEMS augmented evened set)
  file(SHA256 ${SCRATCH}/${name}.npz ${name})
endforeach()
if(NOT evened STREQUAL set OR evened STREQUAL augmented)
  message(FATAL_ERROR "the swapped stage made: augmented ${augmented}, evened ${evened}, by --set ${set}")
endif()
# A MIDI file through notes/snap.
file(WRITE ${SCRATCH}/snap.toml "title = \"snap\"
[stages.music]\nuse = \"notes/read\"\nfiles = [\"${SCRATCH}/in.mid\"]
[stages.snap]\nuse = \"notes/snap\"\nin = \"music\"
[stages.text]\nuse = \"notes/text\"\nin = \"snap\"\nto = \"${SCRATCH}/text\"\n")
file(COPY_FILE ${CMAKE_CURRENT_LIST_DIR}/eighths.mid ${SCRATCH}/in.mid)
run(${CMAKE_COMMAND} -E env TIVIT_PLUGIN_PATH=${plugins} ${tivit_run} ${SCRATCH}/snap.toml --run-dir ${SCRATCH}/runs/snap --quiet)
# Eighths at 120 bpm; the note at 2.000 s is 30 ms late, and moves half way back.
file(STRINGS ${SCRATCH}/text/in.txt late REGEX "^2\\.0")
if(NOT late MATCHES "^2\\.01[56]")
  message(FATAL_ERROR "the late note is now at ${late}")
endif()
