# Which headers belong to the package. Read at install time (InstallHeaders.cmake.in) and when the ABI is computed (AbiText.cmake).
cmake_policy(VERSION 3.25)

# Plain values that travel between areas and to plugins; scripts/check_folders.py reads this list too.
set(TIVIT_VALUE_HEADERS
  stages/data/clip.hpp
  stages/keyboard/key_geometry.hpp
  stages/notes/note.hpp
  stages/report/json_value.hpp)

# Those of pipeline/, pipeline/tensor/ and pipeline/testing/, and of other folders what these include; relative to `pipeline`.
function(tivit_public_headers pipeline out)
  file(GLOB pending RELATIVE ${pipeline} ${pipeline}/*.hpp ${pipeline}/tensor/*.hpp ${pipeline}/testing/*.hpp)
  set(public)
  while(pending)
    list(POP_FRONT pending header)
    if(NOT header IN_LIST public)
      list(APPEND public ${header})
      file(STRINGS ${pipeline}/${header} includes REGEX "^#include <tivit/.*>")
      foreach(line IN LISTS includes)
        string(REGEX REPLACE "^#include <tivit/([^>]*)>.*" "\\1" included "${line}")
        list(APPEND pending ${included})
      endforeach()
    endif()
  endwhile()
  list(SORT public)
  set(${out} ${public} PARENT_SCOPE)
endfunction()
