#pragma once
// What every program here has in common: its input as a file, and what may come of reading it.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tivit/error.hpp>

namespace tivit::fuzz {

/// Ends the program: libFuzzer keeps the input.
[[noreturn]] inline void finding(const std::string& what) {
  std::fprintf(stderr, "finding: %s\n", what.c_str());
  std::abort();
}
inline void require(bool holds, const char* what) {
  if (!holds) finding(what);
}

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) { return {reinterpret_cast<const char*>(data), size}; }

/// The bytes as a file in memory that has a name, always the same one.
class File {
 public:
  File() : descriptor_(::memfd_create("input", MFD_CLOEXEC)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    require(descriptor_ >= 0, "no file in memory can be made");
  }
  const std::string& put(std::string_view bytes) const {
    require(::ftruncate(descriptor_, 0) == 0 && ::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
            "the file in memory cannot be written");
    return path_;
  }

 private:
  int descriptor_;
  std::string path_;
};

/// An error is a good answer when it says something.
inline void check(const Error& error) { require(!error.problem().empty(), "an error says nothing"); }

/// Whether the input was read. Mistakes that are named are the other good answer; everything else is a finding.
template <class Read>
bool was_read(Read&& read) {
  try {
    read();
    return true;
  } catch (const Errors& errors) {
    require(!errors.list().empty(), "no mistake, and yet an error");
    for (const auto& error : errors.list()) check(error);
  } catch (const Error& error) {
    check(error);
  } catch (const std::exception& error) {
    finding(std::string("an exception that is no Error: ") + error.what());
  }
  return false;
}

}  // namespace tivit::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
