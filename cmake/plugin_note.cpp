// Compiled into every plugin: an ELF note that says what the plugin was built with. It is read before the plugin is loaded.
#include <tivit/build_facts.hpp>
#include <tivit/tensor/torch_version.hpp>
#include <tivit_abi.hpp>

#define TIVIT_FACT(WHAT, VALUE) WHAT "\\t" VALUE "\\n"
__asm__(
    ".pushsection .note.tivit, \"a\", %note\n"
    ".balign 4\n"
    ".long 6, 2f - 1f, 1\n"
    ".asciz \"tivit\"\n"
    ".balign 4\n"
    "1: .ascii \"" TIVIT_FACT("framework ABI", TIVIT_ABI)                 //
    TIVIT_FACT("C++ standard library", TIVIT_STANDARD_LIBRARY)            //
    TIVIT_FACT("build type", TIVIT_BUILD_TYPE)                            //
    TIVIT_FACT("LibTorch", TIVIT_TORCH_VERSION_TEXT) "\"\n"
    "2: .balign 4\n"
    ".popsection\n");
