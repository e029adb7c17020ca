#include <ATen/ops/empty.h>

#include <cstring>
#include <fstream>
#include <map>
#include <stages/data/torch_file.hpp>
#include <stages/data/unpickle.hpp>
#include <stages/data/zip.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

// torch's number 0x1950a86a20f9469cfc6c, as the first pickle of an old file holds it.
constexpr std::string_view legacy_magic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12);

at::Tensor allocate(const StorageReference& wanted, std::uint64_t available) {
  const auto size = static_cast<std::uint64_t>(c10::elementSize(wanted.type));
  if (wanted.elements < 0 || static_cast<std::uint64_t>(wanted.elements) > available / size)
    throw Error("storage \"" + wanted.key + "\" says it has " + std::to_string(wanted.elements) + " elements, more than the file holds",
                "the file is incomplete or damaged");
  return at::empty({wanted.elements}, wanted.type);
}

Object read_zip(const std::filesystem::path& path) {
  const ZipReader zip(path);
  std::string folder;
  for (const auto& name : zip.names())
    if (name.ends_with("/data.pkl") && name.find('/') == name.size() - 9) folder = name.substr(0, name.size() - 8);
  if (folder.empty()) throw Error("is a zip container, but not one that torch.save writes (it has no data.pkl)", "", path.string());
  if (zip.has(folder + "byteorder") && zip.read(folder + "byteorder") != "little")
    throw Error("was written on a big-endian machine", "save it again on another", path.string());
  std::map<std::string, at::Tensor> loaded;
  const auto storages = [&](const StorageReference& wanted) {
    auto& storage = loaded[wanted.key];
    if (!storage.defined()) {
      const std::string name = folder + "data/" + wanted.key;
      const auto bytes = zip.size(name);
      storage = allocate(wanted, bytes);
      if (storage.nbytes() != bytes)
        throw Error("storage \"" + wanted.key + "\" has " + std::to_string(bytes) + " bytes, the checkpoint asks for " +
                        std::to_string(storage.nbytes()),
                    "the file is damaged");
      zip.read(name, storage.data_ptr());
    }
    if (storage.scalar_type() != wanted.type || storage.numel() != wanted.elements)
      throw Error("storage \"" + wanted.key + "\" is used as two different types", "save the tensors as copies");
    return storage;
  };
  return unpickle(zip.read(folder + "data.pkl"), storages).value;
}

/// The old container: magic number, version, machine, the object, the list of storage keys, then each storage with its length before it.
Object read_legacy(std::string_view bytes) {
  std::map<std::string, at::Tensor> made;
  auto available = bytes.size();  // all storages together
  const auto storages = [&](const StorageReference& wanted) {
    auto& storage = made[wanted.key];
    if (!storage.defined()) {
      storage = allocate(wanted, available);
      available -= storage.nbytes();
    }
    if (storage.scalar_type() != wanted.type || storage.numel() != wanted.elements)
      throw Error("storage \"" + wanted.key + "\" is used as two different types", "save the tensors as copies");
    return storage;
  };
  const auto begin = bytes.find(legacy_magic) + legacy_magic.size() + 1;  // behind the number's STOP
  if (begin > bytes.size()) throw Error("ends after its first number", "the file is incomplete");
  bytes.remove_prefix(begin);
  const auto next = [&] {
    auto pickle = unpickle(bytes, storages);
    bytes.remove_prefix(pickle.size);
    return pickle.value;
  };
  const auto version = next();
  if (!version.integer() || *version.integer() != 1001) throw Error("is written in an unknown version of the old format");
  const auto machine = next();
  const auto* little = machine.find("little_endian");
  if (!little || !little->boolean() || !*little->boolean()) throw Error("was written on a big-endian machine", "save it again on another");
  const auto object = next();
  const auto keys = next();
  if (!keys.list()) throw Error("has no list of storages", "the file is damaged");
  for (const auto& key : *keys.list()) {
    const auto storage = key.text() ? made.find(*key.text()) : made.end();
    if (storage == made.end()) throw Error("lists a storage that no tensor uses", "the file is damaged");
    std::int64_t elements = -1;
    if (bytes.size() >= 8) std::memcpy(&elements, bytes.data(), 8);
    const auto size = storage->second.nbytes();
    if (elements != storage->second.numel() || bytes.size() - 8 < size)
      throw Error("ends inside storage \"" + *key.text() + "\"", "the file is incomplete");
    if (size) std::memcpy(storage->second.data_ptr(), bytes.data() + 8, size);
    bytes.remove_prefix(8 + size);
    made.erase(storage);
  }
  if (!made.empty()) throw Error("has no data for storage \"" + made.begin()->first + "\"", "the file is incomplete");
  return object;
}

std::string first_bytes(const std::filesystem::path& path) {
  std::string begin(32, '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in) return read_file(path);  // says why
  in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(in.gcount()));
  return begin;
}

bool is_legacy(const std::string& begin) { return begin.starts_with('\x80') && begin.find(legacy_magic) < 16; }

}  // namespace

bool looks_like_torch(const std::filesystem::path& path) {
  const auto begin = first_bytes(path);
  return begin.starts_with("PK\x03\x04") || is_legacy(begin);
}

Object read_torch(const std::filesystem::path& path) {
  const auto begin = first_bytes(path);
  try {
    if (begin.starts_with("PK\x03\x04")) return read_zip(path);
    if (is_legacy(begin)) return read_legacy(read_file(path));
  } catch (const Error& error) {
    throw error.located(path.string());
  }
  throw Error("is no file of torch.save", "give a .pt file", path.string());
}

}  // namespace tivit::data
