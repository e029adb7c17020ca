#include <cstring>
#include <deque>
#include <map>
#include <set>
#include <stages/data/torch_file.hpp>
#include <stages/data/zip.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {

const char* storage_class(at::ScalarType type) {
  switch (type) {
    case at::kBool: return "BoolStorage";
    case at::kByte: return "ByteStorage";
    case at::kChar: return "CharStorage";
    case at::kShort: return "ShortStorage";
    case at::kInt: return "IntStorage";
    case at::kLong: return "LongStorage";
    case at::kHalf: return "HalfStorage";
    case at::kBFloat16: return "BFloat16Storage";
    case at::kFloat: return "FloatStorage";
    case at::kDouble: return "DoubleStorage";
    default: throw Error("tensors of type " + dtype_name(type) + " are not written", "convert it");
  }
}

/// Writes protocol 2, without a memo: repeated values are written again, storages are shared by their keys.
class Pickler {
 public:
  std::string pickle(const Object& object) {
    out_ = "\x80\x02";
    put(object, 0);
    return out_ + ".";
  }
  const std::deque<at::Tensor>& storages() const { return storages_; }

 private:
  void little(std::uint64_t value, int width) {
    for (int i = 0; i < width; ++i) out_ += static_cast<char>(value >> (8 * i));
  }
  void text(std::string_view value) {
    out_ += 'X';
    little(value.size(), 4);
    out_ += value;
  }
  void integer(std::int64_t value) {
    if (value >= INT32_MIN && value <= INT32_MAX) {
      out_ += 'J';
      little(static_cast<std::uint64_t>(value), 4);
    } else {
      out_ += "\x8a\x08";
      little(static_cast<std::uint64_t>(value), 8);
    }
  }
  void real(double value) {
    std::uint64_t bits;
    std::memcpy(&bits, &value, 8);
    out_ += 'G';
    for (int i = 7; i >= 0; --i) out_ += static_cast<char>(bits >> (8 * i));
  }
  void name(const std::string& module, const std::string& type) { out_ += "c" + module + "\n" + type + "\n"; }

  /// torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)
  void tensor(const at::Tensor& given) {
    const auto tensor = given.detach().cpu();
    const auto* address = tensor.storage().unsafeGetStorageImpl();
    const auto type = tensor.scalar_type();
    const auto [known, added] = keys_.try_emplace({address, type}, storages_.size());
    if (added) storages_.push_back(tensor);
    name("torch._utils", "_rebuild_tensor_v2");
    out_ += "((";
    text("storage");
    name("torch", storage_class(type));
    text(std::to_string(known->second));
    text("cpu");
    integer(static_cast<std::int64_t>(tensor.storage().nbytes() / tensor.element_size()));
    out_ += "tQ";
    integer(tensor.storage_offset());
    for (const auto list : {tensor.sizes(), tensor.strides()}) {
      out_ += '(';
      for (const auto size : list) integer(size);
      out_ += 't';
    }
    out_ += '\x89';
    name("collections", "OrderedDict");
    out_ += ")RtR";
  }

  void put(const Object& object, int depth) {
    if (depth > 100) throw Error("the values to be written contain themselves or lie too deep");
    if (object.none()) out_ += 'N';
    if (const auto* value = object.boolean()) out_ += *value ? '\x88' : '\x89';
    if (const auto* value = object.integer()) integer(*value);
    if (const auto* value = object.real()) real(*value);
    if (const auto* value = object.text()) text(*value);
    if (const auto* value = object.tensor()) tensor(*value);
    if (const auto* items = object.list()) {
      out_ += "](";
      for (const auto& item : *items) put(item, depth + 1);
      out_ += 'e';
    }
    if (const auto* items = object.tuple()) {
      out_ += '(';
      for (const auto& item : *items) put(item, depth + 1);
      out_ += 't';
    }
    if (const auto* items = object.dict()) {
      out_ += "}(";
      for (const auto& [key, value] : *items) put(key, depth + 1), put(value, depth + 1);
      out_ += 'u';
    }
  }

  std::string out_;
  std::map<std::pair<const void*, at::ScalarType>, std::size_t> keys_;
  std::deque<at::Tensor> storages_;
};

}  // namespace

void write_torch(const std::filesystem::path& path, const Object& object) {
  Pickler pickler;
  const auto pickle = pickler.pickle(object);
  const std::string folder = path.stem().string() + "/";
  std::vector<ZipEntry> entries{{folder + "data.pkl", pickle}, {folder + "byteorder", "little"}};
  for (std::size_t i = 0; i < pickler.storages().size(); ++i) {
    const auto& storage = pickler.storages()[i].storage();
    entries.push_back({folder + "data/" + std::to_string(i), {static_cast<const char*>(storage.data()), storage.nbytes()}});
  }
  entries.push_back({folder + "version", "3\n"});
  write_zip(path, entries, false);
}

}  // namespace tivit::data
