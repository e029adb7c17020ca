#include <ATen/ops/from_blob.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/mapped_file.hpp>
#include <stages/data/safetensors.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {
using nlohmann::json;

constexpr std::uint64_t longest_header = 100'000'000;  // the reference implementation's limit
struct Type {
  const char* name;
  at::ScalarType type;
};
constexpr Type types[] = {{"BOOL", at::kBool}, {"U8", at::kByte},  {"I8", at::kChar},       {"I16", at::kShort}, {"I32", at::kInt},
                          {"I64", at::kLong},  {"F16", at::kHalf}, {"BF16", at::kBFloat16}, {"F32", at::kFloat}, {"F64", at::kDouble}};

struct Region {
  std::string name;
  at::ScalarType type;
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;
};

std::uint64_t little_endian(const char* bytes) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

Region region_of(const std::string& name, const json& entry, const std::string& file) {
  const auto fail = [&](const std::string& what) -> Region {
    throw Error("tensor \"" + name + "\": " + what, "the file is damaged", file);
  };
  if (!entry.is_object() || !entry.contains("dtype") || !entry.contains("shape") || !entry.contains("data_offsets"))
    return fail("needs dtype, shape and data_offsets");
  Region region{name, at::kFloat, {}};
  const auto& dtype = entry["dtype"];
  const auto type = std::find_if(std::begin(types), std::end(types), [&](const Type& t) { return dtype == t.name; });
  if (type == std::end(types)) return fail("has the element type " + dtype.dump() + ", which is not read");
  region.type = type->type;
  const auto& offsets = entry["data_offsets"];
  const auto sizes_only = [](const json& list) {
    return list.is_array() && std::all_of(list.begin(), list.end(), [](const json& n) { return n.is_number_unsigned(); });
  };
  if (!sizes_only(entry["shape"]) || !sizes_only(offsets) || offsets.size() != 2)
    return fail("shape and data_offsets hold something other than sizes");
  region.begin = offsets[0], region.end = offsets[1];
  std::uint64_t bytes = c10::elementSize(region.type);
  bool empty = false, overflow = false;
  for (const std::uint64_t size : entry["shape"]) {
    empty = empty || size == 0;
    overflow = overflow || size > INT64_MAX || (size && __builtin_mul_overflow(bytes, size, &bytes));
    region.shape.push_back(static_cast<std::int64_t>(size));
  }
  if (empty) bytes = 0;
  if (overflow || region.end < region.begin || region.end - region.begin != bytes) return fail("its shape does not fill its bytes");
  return region;
}

}  // namespace

Safetensors read_safetensors(const std::filesystem::path& path, bool map) {
  const auto file = load_file(path, map);
  const auto fail = [&](const std::string& what) {
    throw Error("cannot be read as safetensors: " + what, "the file is damaged or something else", path.string());
  };
  const std::uint64_t length = file.size < 8 ? 0 : little_endian(file.data.get());
  if (length < 2 || length > longest_header || length > file.size - 8) fail("it has no header");
  const auto header = json::parse(file.data.get() + 8, file.data.get() + 8 + length, nullptr, false);
  if (!header.is_object()) fail("its header is not JSON");
  Safetensors out;
  std::vector<Region> regions;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      regions.push_back(region_of(name, entry, path.string()));
      continue;
    }
    for (const auto& [key, value] : entry.items())
      value.is_string() ? void(out.metadata[key] = value) : fail("__metadata__ holds something other than text");
  }
  std::sort(regions.begin(), regions.end(),
            [](const Region& a, const Region& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  char* data = file.data.get() + 8 + length;
  const std::uint64_t available = file.size - 8 - length;
  std::uint64_t at = 0;
  for (const auto& region : regions) {
    if (region.begin != at || region.end > available) fail("tensor \"" + region.name + "\" lies outside its place");
    at = region.end;
    auto tensor = at::from_blob(
        data + region.begin, region.shape, [owner = file.data](void*) {}, at::TensorOptions(region.type));
    // Operators want elements at multiples of their size; a header of odd length moves them.
    const bool aligned = reinterpret_cast<std::uintptr_t>(data + region.begin) % c10::elementSize(region.type) == 0;
    out.tensors.set(region.name, map && aligned ? tensor : tensor.clone());
  }
  if (at != available) fail(std::to_string(available - at) + " bytes belong to no tensor");
  return out;
}

void write_safetensors(const std::filesystem::path& path, const Safetensors& content) {
  std::vector<std::pair<std::string, at::Tensor>> entries;
  for (const auto& [name, tensor] : content.tensors) entries.emplace_back(name, tensor.detach().cpu().contiguous());
  // Wider elements first, so that each lies at a multiple of its size without gaps.
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return std::pair(-static_cast<std::int64_t>(a.second.element_size()), a.first) <
           std::pair(-static_cast<std::int64_t>(b.second.element_size()), b.first);
  });
  json header = json::object();
  if (!content.metadata.empty()) header["__metadata__"] = content.metadata;
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : entries) {
    const auto type = std::find_if(std::begin(types), std::end(types), [&](const Type& t) { return t.type == tensor.scalar_type(); });
    if (type == std::end(types))
      throw Error("tensor \"" + name + "\" has the element type " + dtype_name(tensor.scalar_type()) + ", which safetensors lacks",
                  "convert it", path.string());
    header[name] = {{"dtype", type->name}, {"shape", tensor.sizes().vec()}, {"data_offsets", {at, at + tensor.nbytes()}}};
    at += tensor.nbytes();
  }
  std::string text = header.dump(-1, ' ', false, json::error_handler_t::replace);
  text.append((64 - (text.size() + 8) % 64) % 64, ' ');
  AtomicFile file(path);
  errno = 0;
  std::ofstream out(file.temporary(), std::ios::binary);
  for (int i = 0; i < 8; ++i) out.put(static_cast<char>(text.size() >> (8 * i)));
  out << text;
  for (const auto& [name, tensor] : entries)
    out.write(static_cast<const char*>(tensor.data_ptr()), static_cast<std::streamsize>(tensor.nbytes()));
  out.close();
  const int reason = errno;
  if (!out) throw Error(std::string("the file cannot be written: ") + std::strerror(reason), write_remedy(reason), path.string());
  file.commit();
}

bool looks_like_safetensors(const std::filesystem::path& path) {
  char begin[9] = {};
  std::ifstream(path, std::ios::binary).read(begin, sizeof begin);
  const auto length = little_endian(begin);
  return length >= 2 && length <= longest_header && begin[8] == '{';
}

}  // namespace tivit::data
