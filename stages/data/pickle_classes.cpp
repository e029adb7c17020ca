#include <ATen/ops/empty.h>

#include <stages/data/pickle_classes.hpp>
#include <stages/data/pickle_reader.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {
using Kind = PickleClass::Kind;

struct StorageClass {
  std::string_view name;
  at::ScalarType type;
};
constexpr StorageClass storage_classes[] = {{"DoubleStorage", at::kDouble},     {"FloatStorage", at::kFloat}, {"HalfStorage", at::kHalf},
                                            {"BFloat16Storage", at::kBFloat16}, {"LongStorage", at::kLong},   {"IntStorage", at::kInt},
                                            {"ShortStorage", at::kShort},       {"CharStorage", at::kChar},   {"ByteStorage", at::kByte},
                                            {"BoolStorage", at::kBool}};

[[noreturn]] void malformed(const std::string& what) { throw Malformed{what}; }

template <class T>
const T& get(const PickleSlot& slot, const char* what) {
  if (const auto* value = std::get_if<T>(&slot.value)) return *value;
  malformed(what);
}

/// A call's arguments, whether all of them are plain values or not.
std::vector<PickleSlot> arguments_of(const PickleSlot& slot) {
  if (const auto* mixed = std::get_if<std::vector<PickleSlot>>(&slot.value)) return *mixed;
  const auto* tuple = get<Object>(slot, "a call has no arguments").tuple();
  if (!tuple) malformed("a call has no arguments");
  std::vector<PickleSlot> out;
  for (const auto& item : *tuple) out.push_back({item});
  return out;
}

std::int64_t integer(const PickleSlot& slot) {
  const auto* value = get<Object>(slot, "a number is missing").integer();
  if (!value) malformed("a number is missing");
  return *value;
}

std::vector<std::int64_t> integers(const PickleSlot& slot) {
  const auto* tuple = get<Object>(slot, "a shape is missing").tuple();
  if (!tuple) malformed("a shape is missing");
  std::vector<std::int64_t> out;
  for (const auto& item : *tuple) out.push_back(integer({item}));
  return out;
}

Object ordered_dict(const std::vector<PickleSlot>& arguments) {
  Object::Dict dict;
  if (arguments.empty()) return dict;
  const auto* pairs = get<Object>(arguments[0], "an OrderedDict is made of something odd").list();
  if (!pairs) malformed("an OrderedDict is made of something odd");
  for (const auto& pair : *pairs) {
    const auto* items = pair.list() ? pair.list() : pair.tuple();
    if (!items || items->size() != 2) malformed("an OrderedDict is made of something odd");
    dict.emplace_back((*items)[0], (*items)[1]);
  }
  return dict;
}

}  // namespace

PickleClass PickleClass::allowed(const std::string& module, const std::string& name) {
  const std::string full = module + "." + name;
  if (full == "collections.OrderedDict") return {Kind::ordered_dict, full};
  if (full == "torch.Size") return {Kind::size, full};
  if (full == "_codecs.encode") return {Kind::encode, full};
  if (full == "torch._utils._rebuild_tensor_v2" || full == "torch._utils._rebuild_tensor") return {Kind::rebuild_tensor, full};
  if (full == "torch._utils._rebuild_parameter") return {Kind::rebuild_parameter, full};
  if (module == "torch" || module == "torch.storage")
    for (const auto& storage : storage_classes)
      if (storage.name == name) return {Kind::storage, full, storage.type};
  throw Error("the file asks for " + full + ", which is neither a tensor nor a plain value; it was not called",
              "if you trust the file, load it in Python and save a state_dict of plain tensors");
}

at::Tensor view_of(const at::Tensor& storage, std::int64_t offset, const std::vector<std::int64_t>& sizes,
                   const std::vector<std::int64_t>& strides) {
  if (sizes.size() != strides.size() || sizes.size() > 64 || offset < 0)
    throw Error("a tensor has sizes and strides that do not match", "the file is damaged");
  std::int64_t last = offset, count = 1;
  bool outside = false;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 0 || strides[i] < 0) throw Error("a tensor has a negative size or stride", "the file is damaged");
    std::int64_t span = 0;
    outside = outside || __builtin_mul_overflow(count, sizes[i], &count);
    outside =
        outside || (sizes[i] && (__builtin_mul_overflow(sizes[i] - 1, strides[i], &span) || __builtin_add_overflow(last, span, &last)));
  }
  if (outside || (count ? last >= storage.numel() : offset > storage.numel()))
    throw Error("a tensor reaches outside its storage of " + std::to_string(storage.numel()) + " elements", "the file is damaged");
  auto view = at::empty({0}, storage.options());
  view.set_(storage.storage(), storage.storage_offset() + offset, sizes, strides);
  return view;
}

Object PickleBuilder::call(const PickleClass& type, const PickleSlot& given) const {
  const auto arguments = arguments_of(given);
  const auto needs = [&](std::size_t count) {
    if (arguments.size() < count) malformed(type.name + " has too few arguments");
  };
  switch (type.kind) {
    case Kind::ordered_dict: return ordered_dict(arguments);
    case Kind::size: {
      needs(1);
      const auto& sizes = get<Object>(arguments[0], "torch.Size is made of something odd");
      if (!sizes.tuple()) malformed("torch.Size is made of something odd");
      return sizes;
    }
    case Kind::encode: {
      needs(1);
      const auto& text = get<Object>(arguments[0], "bytes are made of something odd");
      if (!text.text()) malformed("bytes are made of something odd");
      return text;
    }
    case Kind::rebuild_tensor:
      needs(4);
      return view_of(storages(get<StorageReference>(arguments[0], "a tensor has no storage")), integer(arguments[1]),
                     integers(arguments[2]), integers(arguments[3]));
    case Kind::rebuild_parameter: {
      needs(1);
      const auto& data = get<Object>(arguments[0], "a parameter has no data");
      if (!data.tensor()) malformed("a parameter has no data");
      return data;
    }
    case Kind::storage: break;
  }
  malformed("it calls " + type.name);
}

PickleSlot PickleBuilder::storage(const PickleSlot& id) {
  const auto* parts = std::get_if<std::vector<PickleSlot>>(&id.value);
  if (!parts || parts->size() < 5) malformed("it refers to something that is no storage");
  const auto* word = get<Object>((*parts)[0], "it refers to something that is no storage").text();
  const auto& type = get<PickleClass>((*parts)[1], "a storage has no class");
  const auto* key = get<Object>((*parts)[2], "a storage has no key").text();
  if (!word || *word != "storage" || type.kind != Kind::storage || !key) malformed("it refers to something that is no storage");
  return {StorageReference{type.type, *key, integer((*parts)[4])}};
}

}  // namespace tivit::data
