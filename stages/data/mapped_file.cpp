#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <stages/data/mapped_file.hpp>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <tivit/descriptor.hpp>
#include <tivit/error.hpp>

namespace tivit::data {

FileBytes load_file(const std::filesystem::path& path, bool map) {
  const auto fail = [&](const char* what) {
    throw Error(std::string(what) + ": " + std::strerror(errno), "check the name and the permissions", path.string());
  };
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat status {};
  if (file.value < 0 || ::fstat(file.value, &status) != 0) fail("the file cannot be read");
  if (!S_ISREG(status.st_mode)) throw Error("is not a file", "", path.string());
  const auto size = static_cast<std::size_t>(status.st_size);
  if (map && size) {
    void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.value, 0);
    if (data == MAP_FAILED) fail("the file cannot be mapped");
    return {std::shared_ptr<char>(static_cast<char*>(data), [size](char* p) { ::munmap(p, size); }), size};
  }
  const std::shared_ptr<char> data(static_cast<char*>(std::aligned_alloc(64, (size + 64) / 64 * 64)), std::free);
  if (!data) throw Error("there is no memory for " + std::to_string(size) + " bytes", "", path.string());
  for (std::size_t done = 0; done < size;) {
    const auto got = ::read(file.value, data.get() + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("the file cannot be read");
    if (got == 0) throw Error("the file ended while it was read", "", path.string());
    done += static_cast<std::size_t>(got);
  }
  return {data, size};
}

}  // namespace tivit::data
