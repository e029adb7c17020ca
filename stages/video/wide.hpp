#pragma once
// TIVIT_WIDE before a function: it is compiled again for processors with AVX2 and AVX-512, and the loader picks. The same operations in the
// same order, more of them at once: results do not differ. Sanitizers run before the loader picks, so there it is nothing.
#if defined(__x86_64__) && defined(__linux__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TIVIT_WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define TIVIT_WIDE
#endif
/// For what such a function is made of.
#define TIVIT_WITHIN_WIDE [[gnu::always_inline]] inline
