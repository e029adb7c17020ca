#include <stages/data/npy.hpp>
#include <stages/data/npz.hpp>
#include <stages/data/zip.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {

Npz read_npz(const std::filesystem::path& path) {
  const ZipReader zip(path);
  Npz out;
  for (const auto& entry : zip.names()) {
    const std::string where = path.string() + "[" + entry + "]";
    if (!entry.ends_with(".npy")) throw Error("an .npz holds arrays only; this entry is none", "write the file with numpy.savez", where);
    const std::string name = entry.substr(0, entry.size() - 4);
    auto content = parse_npy(zip.read(entry), where);
    if (content.text)
      out.texts.emplace_back(name, std::move(*content.text));
    else
      out.arrays.set(name, std::move(content.array));
  }
  return out;
}

void write_npz(const std::filesystem::path& path, const Npz& content, bool deflate) {
  std::vector<std::string> bytes;
  std::vector<ZipEntry> entries;
  for (const auto& [name, array] : content.arrays) {
    try {
      bytes.push_back(npy_bytes(array));
    } catch (const Error& error) {
      throw error.located(path.string() + "[" + name + "]");
    }
    entries.push_back({name + ".npy", {}});
  }
  for (const auto& [name, text] : content.texts) {
    bytes.push_back(npy_bytes(text));
    entries.push_back({name + ".npy", {}});
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) entries[i].bytes = bytes[i];
  write_zip(path, entries, deflate);
}

at::Tensor read_npy(const std::filesystem::path& path) {
  auto content = parse_npy(read_file(path), path.string());
  if (content.text) throw Error("is a string, expected an array", "", path.string());
  return content.array;
}

}  // namespace tivit::data
