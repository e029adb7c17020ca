// A note that is ours by its name and says nothing that can be read.
#include <cstdlib>

__asm__(
    ".pushsection .note.tivit, \"a\", %note\n"
    ".balign 4\n"
    ".long 6, 8, 1\n"
    ".asciz \"tivit\"\n"
    ".balign 4\n"
    ".ascii \"no facts\"\n"
    ".popsection\n");

__attribute__((constructor)) static void run() { std::abort(); }
