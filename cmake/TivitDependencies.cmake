# Reads lower bounds from the table in docs/dependencies.md, so that a version is written down once.
#   tivit_accepts(libtbb-dev bound)   -> bound = 2021.8
function(tivit_accepts package out)
  set(table "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../docs/dependencies.md")
  file(STRINGS "${table}" rows REGEX "^\\| `${package}` \\|")
  if(NOT rows MATCHES "^\\| `[^`]+` \\| [^|]+ \\| ([0-9][0-9.]*) \\|")
    message(FATAL_ERROR "${table} has no row with a lower bound for ${package}.")
  endif()
  set(${out} ${CMAKE_MATCH_1} PARENT_SCOPE)
endfunction()
