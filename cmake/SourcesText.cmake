# cmake -DSOURCE=… -DOUT=…/tivit_sources.hpp -P SourcesText.cmake: which commit the sources are, as `git describe` says it; "" outside a clone.
set(sources "")
set(ENV{GIT_CEILING_DIRECTORIES} "${SOURCE}/..")  # not the repository of somebody who has a copy of this tree in it
execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty --tags OUTPUT_VARIABLE sources OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
set(text "#pragma once\n#define TIVIT_SOURCES \"${sources}\"\n")
set(before "")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${OUT} "${text}")  # only then, or the program is linked again at every build
endif()
