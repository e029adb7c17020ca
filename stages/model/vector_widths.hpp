#pragma once
// TIVIT_FOR_EACH_VECTOR_WIDTH before a function whose loop the compiler can vectorize: it makes a copy for each width of vectors, and the
// right one is taken when the program starts. Not under a sanitizer, whose run time is not up yet when that choice is made.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
#define TIVIT_FOR_EACH_VECTOR_WIDTH __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize("O3")))
#else
#define TIVIT_FOR_EACH_VECTOR_WIDTH
#endif
