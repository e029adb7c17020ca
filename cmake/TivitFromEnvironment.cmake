# tivit_from_environment(NAME text): the cache entry NAME, a folder. Given with -DNAME=… it is that; else the environment's variable of that name, where there
# is one, in a build folder that was configured before too; else what was given then.
macro(tivit_from_environment name text)
  get_property(_given CACHE ${name} PROPERTY TYPE)
  if(NOT "$ENV{${name}}" STREQUAL "" AND NOT _given STREQUAL "UNINITIALIZED")  # which it is on the command line alone, until it is set here
    set(${name} "$ENV{${name}}" CACHE PATH ${text} FORCE)
  else()
    set(${name} "" CACHE PATH ${text})
  endif()
endmacro()
