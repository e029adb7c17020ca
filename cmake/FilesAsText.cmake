# cmake -DFOLDER=… -DHEADER=tivit/….hpp -DNAMESPACE=… -DFUNCTION=… -DOUT=….cpp -P FilesAsText.cmake: the files of a folder, by their path in it, as
# text in the program.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
set(text "#include <${HEADER}>\nnamespace ${NAMESPACE} {\nconst std::map<std::string, std::string>& ${FUNCTION}() {\n")
string(APPEND text "  static const std::map<std::string, std::string> files{\n")
foreach(name IN LISTS files)
  file(READ ${FOLDER}/${name} bytes HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${bytes}")
  file(SIZE ${FOLDER}/${name} size)
  string(APPEND text "    {\"${name}\", {\"${bytes}\", ${size}}},\n")
endforeach()
file(WRITE ${OUT} "${text}  };\n  return files;\n}\n}\n")
