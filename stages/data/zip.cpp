#include <zip.h>

#include <stages/data/zip.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

std::string reason(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

}  // namespace

ZipReader::ZipReader(std::filesystem::path path) : path_(std::move(path)) {
  int code = 0;
  archive_.reset(zip_open(path_.c_str(), ZIP_RDONLY, &code), [](zip* archive) {
    if (archive) zip_discard(archive);
  });
  if (!archive_)
    throw Error("cannot be read as a zip container: " + reason(code), "the file is damaged, incomplete or something else", path_.string());
  const auto count = zip_get_num_entries(archive_.get(), 0);
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), ZIP_FL_ENC_GUESS);
    names_.push_back(name ? name : "");
    if (!places_.emplace(names_.back(), i).second)
      throw Error("holds two entries named \"" + names_.back() + "\"", "write the file again", path_.string());
  }
}

std::uint64_t ZipReader::index(std::string_view name) const {
  const auto found = places_.find(name);
  if (found == places_.end()) throw Error("has no entry \"" + std::string(name) + "\"", "", path_.string());
  return found->second;
}

std::uint64_t ZipReader::size(std::string_view name) const {
  zip_stat_t stat;
  if (zip_stat_index(archive_.get(), index(name), 0, &stat) != 0)
    throw Error("entry \"" + std::string(name) + "\" has no size", "", path_.string());
  // Deflate makes at most 1032 bytes of one; a header that says more lies, and would have us allocate whatever it says.
  std::error_code code;
  const auto file = std::filesystem::file_size(path_, code);
  if (code || stat.comp_size > file || stat.size > stat.comp_size * 1032 + 1024)
    throw Error("entry \"" + std::string(name) + "\" says it has " + std::to_string(stat.size) + " bytes, more than the file can hold",
                "the file is damaged", path_.string());
  return stat.size;
}

void ZipReader::read(std::string_view name, void* target) const {
  const auto bytes = size(name);
  std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive_.get(), index(name), 0), &zip_fclose);
  const auto fail = [&](const std::string& what) {
    throw Error("entry \"" + std::string(name) + "\" cannot be read: " + what, "the file is damaged or incomplete", path_.string());
  };
  if (!file) fail(zip_strerror(archive_.get()));
  std::uint64_t done = 0;
  while (done < bytes) {
    const auto got = zip_fread(file.get(), static_cast<char*>(target) + done, bytes - done);
    if (got < 0) fail(zip_file_strerror(file.get()));
    if (got == 0) fail("it ends after " + std::to_string(done) + " of " + std::to_string(bytes) + " bytes");
    done += static_cast<std::uint64_t>(got);
  }
  // The checksum is compared when the end is met, and only then.
  char beyond = 0;
  if (zip_fread(file.get(), &beyond, 1) < 0) fail(zip_file_strerror(file.get()));
}

std::string ZipReader::read(std::string_view name) const {
  std::string bytes(size(name), '\0');
  read(name, bytes.data());
  return bytes;
}

void write_zip(const std::filesystem::path& path, const std::vector<ZipEntry>& entries, bool deflate) {
  AtomicFile file(path);
  int code = 0;
  zip* archive = zip_open(file.temporary().c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  if (!archive) throw Error("cannot be written: " + reason(code), "check the folder and the room on the disk", path.string());
  std::string problem;
  for (const auto& entry : entries) {
    zip_source_t* source = zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), 0);
    const auto index = source ? zip_file_add(archive, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
      if (source) zip_source_free(source);
      problem = zip_strerror(archive);
      break;
    }
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), deflate ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
    zip_file_set_dostime(archive, static_cast<zip_uint64_t>(index), 0, 0x21, 0);  // 1 January 1980, the first there is
  }
  if (problem.empty() && zip_close(archive) == 0) return file.commit();
  if (problem.empty()) problem = zip_strerror(archive);
  zip_discard(archive);
  throw Error("cannot be written: " + problem, "check the folder and the room on the disk", path.string());
}

}  // namespace tivit::data
