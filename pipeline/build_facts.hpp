#pragma once
// What a plugin and the program that loads it must have in common, each as a name and a text.
#include <string>
#include <vector>
#include <version>

#if defined(_LIBCPP_VERSION)
#define TIVIT_STANDARD_LIBRARY "libc++"
#elif defined(_GLIBCXX_DEBUG)
#define TIVIT_STANDARD_LIBRARY "libstdc++ with debug containers"
#elif _GLIBCXX_USE_CXX11_ABI
#define TIVIT_STANDARD_LIBRARY "libstdc++ with C++11 strings"
#else
#define TIVIT_STANDARD_LIBRARY "libstdc++ with strings from before C++11"
#endif

#if defined(__SANITIZE_ADDRESS__)
#define TIVIT_DETAIL_SANITIZER " with address sanitizer"
#elif defined(__SANITIZE_THREAD__)
#define TIVIT_DETAIL_SANITIZER " with thread sanitizer"
#else
#define TIVIT_DETAIL_SANITIZER ""
#endif
#ifdef NDEBUG
#define TIVIT_BUILD_TYPE "release" TIVIT_DETAIL_SANITIZER
#else
#define TIVIT_BUILD_TYPE "debug" TIVIT_DETAIL_SANITIZER
#endif

namespace tivit {

struct BuildFact {
  std::string what;   ///< "LibTorch"
  std::string value;  ///< "2.15"
  bool operator==(const BuildFact&) const = default;
};

/// The facts of this program; every library of it adds its own while it is loaded.
const std::vector<BuildFact>& build_facts();
/// Always true.
bool add_build_fact(std::string what, std::string value);

}  // namespace tivit
