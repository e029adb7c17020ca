// Loaded before everything else into tivit-run (LD_PRELOAD): makes the n-th call of one kind on the files below a folder fail, or takes its
// time with it. All of it comes from the environment:
//   FAULT_CALL   open read write fsync rename memory
//   FAULT_AT     which call of that kind, from 0
//   FAULT_ERRNO  what it fails with; 0: it is slow instead
//   FAULT_MS     how slow; below 0: it never returns
//   FAULT_COUNT  how many calls from that one on
//   FAULT_UNDER  folder; FAULT_SUFFIX: end of the file's name; both may be empty
//   FAULT_MARK   file that is written when it happens: on which file, or else which call
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Fault {
  const char* call = std::getenv("FAULT_CALL");
  const char* under = std::getenv("FAULT_UNDER");
  const char* suffix = std::getenv("FAULT_SUFFIX");
  const char* mark = std::getenv("FAULT_MARK");
  long at = number("FAULT_AT"), error = number("FAULT_ERRNO"), milliseconds = number("FAULT_MS"), count = number("FAULT_COUNT");
  std::atomic<long> seen{0};

  static long number(const char* name) {
    const char* text = std::getenv(name);
    return text ? std::strtol(text, nullptr, 10) : 0;
  }
  bool covers(const char* path) const {
    if (!path) return true;
    if (under && *under && std::strncmp(path, under, std::strlen(under)) != 0) return false;
    const std::size_t length = std::strlen(path), wanted = suffix ? std::strlen(suffix) : 0;
    return wanted <= length && std::strcmp(path + length - wanted, suffix ? suffix : "") == 0;
  }
  /// Whether this call is to fail; errno says with what.
  bool strikes(const char* name, const char* path) {
    if (!call || std::strcmp(call, name) != 0 || !covers(path)) return false;
    const long number = seen++;
    if (number < at || number >= at + count) return false;
    if (number == at && mark) {
      const long file = ::syscall(SYS_openat, AT_FDCWD, mark, O_WRONLY | O_CREAT, 0644);
      ::syscall(SYS_write, file, path ? path : name, std::strlen(path ? path : name));
      ::syscall(SYS_close, file);
    }
    if (error != 0) return errno = static_cast<int>(error), true;
    if (milliseconds < 0)
      while (true) ::pause();
    ::usleep(static_cast<useconds_t>(milliseconds) * 1000);
    return false;
  }
  bool strikes(const char* name, int file) {
    if (!call || std::strcmp(call, name) != 0) return false;
    char link[64], path[PATH_MAX];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const auto length = ::syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = '\0';
    return path[0] == '/' && strikes(name, path);
  }
};

Fault& fault() {
  static Fault one;
  return one;
}

template <class F>
F next(const char* name, F) {
  return reinterpret_cast<F>(::dlsym(RTLD_NEXT, name));
}

bool asked_by(const char* library, const void* caller) {
  Dl_info from{};
  return ::dladdr(caller, &from) != 0 && from.dli_fname && std::strstr(from.dli_fname, library);
}

}  // namespace

extern "C" {

ssize_t read(int file, void* into, size_t size) {
  static const auto real = next("read", static_cast<ssize_t (*)(int, void*, size_t)>(nullptr));
  return fault().strikes("read", file) ? -1 : real(file, into, size);
}
ssize_t write(int file, const void* from, size_t size) {
  static const auto real = next("write", static_cast<ssize_t (*)(int, const void*, size_t)>(nullptr));
  return fault().strikes("write", file) ? -1 : real(file, from, size);
}
ssize_t writev(int file, const iovec* from, int count) {
  static const auto real = next("writev", static_cast<ssize_t (*)(int, const iovec*, int)>(nullptr));
  return fault().strikes("write", file) ? -1 : real(file, from, count);
}
int fsync(int file) {
  static const auto real = next("fsync", static_cast<int (*)(int)>(nullptr));
  return fault().strikes("fsync", file) ? -1 : real(file);
}
int rename(const char* from, const char* to) {
  static const auto real = next("rename", static_cast<int (*)(const char*, const char*)>(nullptr));
  return fault().strikes("rename", to) ? -1 : real(from, to);
}
int open(const char* path, int flags, ...) {
  static const auto real = next("open", static_cast<int (*)(const char*, int, ...)>(nullptr));
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fault().strikes("open", path) ? -1 : real(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  static const auto real = next("open64", static_cast<int (*)(const char*, int, ...)>(nullptr));
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return fault().strikes("open", path) ? -1 : real(path, flags, mode);
}
FILE* fopen(const char* path, const char* how) {
  static const auto real = next("fopen", static_cast<FILE* (*)(const char*, const char*)>(nullptr));
  return fault().strikes("open", path) ? nullptr : real(path, how);
}
FILE* fopen64(const char* path, const char* how) {
  static const auto real = next("fopen64", static_cast<FILE* (*)(const char*, const char*)>(nullptr));
  return fault().strikes("open", path) ? nullptr : real(path, how);
}
/// Where LibTorch takes the memory of tensors from, alone: oneDNN and GLib call this too, and end the process (or use what they did not
/// get) when there is none. How the size or the alignment of a request looks does not tell them apart; who asks does.
int posix_memalign(void** into, size_t alignment, size_t size) {
  static const auto real = next("posix_memalign", static_cast<int (*)(void**, size_t, size_t)>(nullptr));
  return size >= 65536 && asked_by("/libc10.so", __builtin_return_address(0)) &&
                 fault().strikes("memory", static_cast<const char*>(nullptr))
             ? ENOMEM
             : real(into, alignment, size);
}
}
