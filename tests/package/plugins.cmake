# Builds plugins/ against the installed package, runs their tests, and puts them into graphs in the place of built-in stages.
include(${CMAKE_CURRENT_LIST_DIR}/common.cmake)
file(COPY ${SOURCE}/plugins DESTINATION ${SCRATCH})
set(plugins ${SCRATCH}/plugins)
build(${plugins})
run(ctest --test-dir ${plugins}/build --output-on-failure)
set(tivit_run ${PREFIX}/bin/tivit-run)
says("\n${plugins}/build/notes_snap.so\nnotes/snap " ${tivit_run} list --plugin ${plugins}/build)
says("\n${plugins}/build/video_local_contrast.so\nvideo/local_contrast " ${tivit_run} list --plugin ${plugins}/build)

# One line swaps a built-in stage for one of them, also on the command line.
file(WRITE ${SCRATCH}/augment.toml "title = \"swap\"\n[run]\nplugins = [\"plugins/build\"]
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
run(${CMAKE_COMMAND} -E env TIVIT_PLUGIN_PATH=${plugins}/build ${tivit_run} ${SCRATCH}/snap.toml --run-dir ${SCRATCH}/runs/snap --quiet)
# Eighths at 120 bpm; the note at 2.000 s is 30 ms late, and moves half way back.
file(STRINGS ${SCRATCH}/text/in.txt late REGEX "^2\\.0")
if(NOT late MATCHES "^2\\.01[56]")
  message(FATAL_ERROR "the late note is now at ${late}")
endif()
