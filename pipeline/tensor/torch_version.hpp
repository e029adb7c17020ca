#pragma once
// The version of LibTorch that is compiled against, as far as its ABI may change with it: "2.15".
#include <torch/version.h>

#define TIVIT_DETAIL_TEXT2(x) #x
#define TIVIT_DETAIL_TEXT(x) TIVIT_DETAIL_TEXT2(x)
#define TIVIT_TORCH_VERSION_TEXT TIVIT_DETAIL_TEXT(TORCH_VERSION_MAJOR) "." TIVIT_DETAIL_TEXT(TORCH_VERSION_MINOR)
