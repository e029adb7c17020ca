#include <ATen/ops/empty.h>
#include <stages/model/tensor_bytes.hpp>

#include <cstring>
#include <tivit/error.hpp>

namespace tivit::model {
namespace {

void put(std::string& out, std::int64_t number) { out.append(reinterpret_cast<const char*>(&number), sizeof number); }

struct Reader {
  std::string_view rest;
  std::string_view take(std::int64_t count) {
    if (count < 0 || static_cast<std::size_t>(count) > rest.size())
      throw Error("the saved state ends too early", "remove it and start the run anew");
    const auto part = rest.substr(0, static_cast<std::size_t>(count));
    rest.remove_prefix(part.size());
    return part;
  }
  std::int64_t number() {
    std::int64_t value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
};

}  // namespace

std::string to_bytes(const Fields& fields) {
  std::string out;
  put(out, static_cast<std::int64_t>(fields.size()));
  for (const auto& [name, given] : fields) {
    const auto tensor = given.detach().to(at::kCPU).contiguous();
    put(out, static_cast<std::int64_t>(name.size()));
    out += name;
    put(out, static_cast<std::int64_t>(tensor.scalar_type()));
    put(out, tensor.dim());
    for (const auto size : tensor.sizes()) put(out, size);
    put(out, static_cast<std::int64_t>(tensor.nbytes()));
    out.append(static_cast<const char*>(tensor.data_ptr()), tensor.nbytes());
  }
  return out;
}

Fields from_bytes(std::string_view bytes) {
  Reader reader{bytes};
  Fields out;
  for (std::int64_t left = reader.number(); left > 0; --left) {
    std::string name(reader.take(reader.number()));
    const auto type = static_cast<at::ScalarType>(reader.number());
    std::vector<std::int64_t> sizes;
    for (std::int64_t axes = reader.number(); axes > 0; --axes) sizes.push_back(reader.number());
    auto tensor = at::empty(sizes, at::TensorOptions().dtype(type));
    const auto data = reader.take(reader.number());
    if (data.size() != tensor.nbytes())
      throw Error("the saved state of \"" + name + "\" has the wrong size", "remove it and start the run anew");
    if (!data.empty()) std::memcpy(tensor.data_ptr(), data.data(), data.size());
    out.set(std::move(name), std::move(tensor));
  }
  return out;
}

}  // namespace tivit::model
