#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/from_blob.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <stages/batch/row_file.hpp>

#include <cerrno>
#include <cstring>
#include <tivit/error.hpp>
#include <tivit/tensor/fields.hpp>

namespace tivit::batch {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& folder) {
  throw Error(std::string(what) + ": " + std::strerror(errno),
              "the rows of a whole recording lie there until its end: give --run-dir on a disk with room", folder.string());
}

std::size_t row_bytes(const at::Tensor& like) {
  std::size_t bytes = like.element_size();
  for (std::int64_t axis = 1; axis < like.dim(); ++axis) bytes *= static_cast<std::size_t>(like.size(axis));
  return bytes;
}

}  // namespace

std::string RowFile::kind(const at::Tensor& rows) {
  std::string sizes;
  for (const auto size : rows.sizes().slice(1)) sizes += (sizes.empty() ? "" : ",") + std::to_string(size);
  return dtype_name(rows.scalar_type()) + "[" + sizes + "]";
}

RowFile::RowFile(const std::filesystem::path& folder) : folder_(folder) {
  std::error_code none;
  while (!std::filesystem::exists(folder_, none) && folder_.has_relative_path()) folder_ = folder_.parent_path();
  std::string name = (folder_ / ".rows-XXXXXX").string();
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) fail("no file can be made", folder_);
  file_ = std::make_shared<const Descriptor>(file);
  ::unlink(name.c_str());
}

void RowFile::write(std::int64_t first, const at::Tensor& rows) {
  const at::Tensor plain = rows.cpu().contiguous();
  if (!like_.defined()) like_ = at::empty_like(plain.narrow(0, 0, 0));
  if (plain.scalar_type() != like_.scalar_type() || plain.sizes().slice(1) != like_.sizes().slice(1))
    throw Error("rows of " + kind(plain) + " follow rows of " + kind(like_));
  const auto* from = static_cast<const char*>(plain.const_data_ptr());
  const std::size_t bytes = plain.nbytes(), offset = static_cast<std::size_t>(first) * row_bytes(like_);
  for (std::size_t done = 0; done < bytes;) {
    const auto put = ::pwrite(file_->value, from + done, bytes - done, static_cast<off_t>(offset + done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) fail("rows cannot be written", folder_);
    done += static_cast<std::size_t>(put);
  }
}

at::Tensor RowFile::map(std::int64_t count) const {
  auto sizes = like_.sizes().vec();
  sizes[0] = count;
  const std::size_t bytes = static_cast<std::size_t>(count) * row_bytes(like_);
  if (bytes == 0) return at::empty(sizes, like_.options());
  void* const at_start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_->value, 0);
  if (at_start == MAP_FAILED) fail("rows cannot be mapped", folder_);
  return at::from_blob(
      at_start, sizes, [bytes](void* start) { ::munmap(start, bytes); }, like_.options());
}

}  // namespace tivit::batch
