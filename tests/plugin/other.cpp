// A plugin that was built with something else. Were any of its code run, the program would end.
#include <cstdlib>
#include <tivit/build_facts.hpp>
#include <tivit/tensor/torch_version.hpp>
#include <tivit_abi.hpp>

#if defined(OTHER_ABI) || defined(OTHER_ALL)
#undef TIVIT_ABI
#define TIVIT_ABI "0.0.9-0123456789ab"
#endif
#if defined(OTHER_TORCH) || defined(OTHER_ALL)
#undef TIVIT_TORCH_VERSION_TEXT
#define TIVIT_TORCH_VERSION_TEXT "2.6"
#endif
#if defined(OTHER_LIBRARY) || defined(OTHER_ALL)
#undef TIVIT_STANDARD_LIBRARY
#define TIVIT_STANDARD_LIBRARY "libc++"
#endif
#if defined(OTHER_BUILD) || defined(OTHER_ALL)
#undef TIVIT_BUILD_TYPE
#define TIVIT_BUILD_TYPE "profiling"
#endif
#include "cmake/plugin_note.cpp"

__attribute__((constructor)) static void run() { std::abort(); }
