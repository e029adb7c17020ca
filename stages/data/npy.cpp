#include <ATen/ops/empty.h>

#include <algorithm>
#include <cstring>
#include <stages/data/npy.hpp>
#include <stages/data/npy_header.hpp>
#include <tivit/error.hpp>
#include <tivit/tensor/fields.hpp>

namespace tivit::data {
namespace {

struct Element {
  std::string_view code;
  at::ScalarType type;
};
constexpr Element elements[] = {{"b1", at::kBool}, {"u1", at::kByte}, {"i1", at::kChar},  {"i2", at::kShort}, {"i4", at::kInt},
                                {"i8", at::kLong}, {"f2", at::kHalf}, {"f4", at::kFloat}, {"f8", at::kDouble}};

at::ScalarType element_of(const std::string& descr, const std::string& where) {
  const std::string code = descr.size() > 1 ? descr.substr(1) : "";
  for (const auto& element : elements)
    if (element.code == code) return element.type;
  if (code.starts_with("O"))
    throw Error("holds Python objects, which are not read because reading them runs code", "store plain arrays", where);
  throw Error("has the element type \"" + descr + "\"", "convert it to bool, u8, i8, i16, i32, i64, f16, f32 or f64", where);
}

std::size_t checked_count(const std::vector<std::int64_t>& shape, std::size_t item_size, std::size_t available, const std::string& where) {
  std::uint64_t count = 1;
  bool fits = true;
  for (const auto size : shape) fits = fits && !__builtin_mul_overflow(count, static_cast<std::uint64_t>(size), &count);
  std::uint64_t bytes = 0;
  // A zero anywhere makes the array empty, whatever the other sizes multiply to.
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) fits = true, count = 0;
  fits = fits && !__builtin_mul_overflow(count, item_size, &bytes);
  if (!fits || bytes != available)
    throw Error(
        "the shape asks for " + (fits ? std::to_string(bytes) : "more than 2^64") + " bytes, there are " + std::to_string(available),
        "the file is incomplete or damaged", where);
  return count;
}

void swap_bytes(char* data, std::size_t count, std::size_t size) {
  for (std::size_t i = 0; i < count; ++i) std::reverse(data + i * size, data + (i + 1) * size);
}

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xc0 | c >> 6), static_cast<char>(0x80 | (c & 0x3f))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xe0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3f)), static_cast<char>(0x80 | (c & 0x3f))};
  } else {
    out += {static_cast<char>(0xf0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3f)), static_cast<char>(0x80 | (c >> 6 & 0x3f)),
            static_cast<char>(0x80 | (c & 0x3f))};
  }
}

/// Strings are fixed-width and padded with zeros: bytes ('S') or 4-byte code points ('U').
std::string parse_text(const NpyHeader& header, std::string_view data, const std::string& where) {
  if (!header.shape.empty()) throw Error("is an array of strings", "only a single string (shape ()) is read", where);
  const std::size_t width = header.descr[1] == 'U' ? 4 : 1;
  if (data.size() % width) throw Error("the string ends inside a character", "the file is damaged", where);
  std::string text;
  for (std::size_t i = 0; i < data.size(); i += width) {
    std::uint32_t c = 0;
    for (std::size_t k = 0; k < width; ++k)
      c |= std::uint32_t(static_cast<unsigned char>(data[i + (header.descr[0] == '>' ? width - 1 - k : k)])) << (8 * k);
    if (c > 0x10ffff) throw Error("the string holds something that is no character", "the file is damaged", where);
    if (width == 1)
      text += static_cast<char>(c);
    else
      append_utf8(text, c);
  }
  text.erase(text.find_last_not_of('\0') + 1);
  return text;
}

}  // namespace

Npy parse_npy(std::string_view bytes, const std::string& where) {
  const auto header = parse_npy_header(bytes, where);
  const auto data = bytes.substr(header.data_begin);
  if (header.descr.size() > 1 && (header.descr[1] == 'U' || header.descr[1] == 'S')) return {{}, parse_text(header, data, where)};
  const auto type = element_of(header.descr, where);
  const std::size_t item_size = c10::elementSize(type);
  const std::size_t count = checked_count(header.shape, item_size, data.size(), where);
  auto shape = header.shape;
  if (header.fortran_order) std::reverse(shape.begin(), shape.end());
  auto array = at::empty(shape, type);
  if (count) std::memcpy(array.data_ptr(), data.data(), data.size());
  if (header.descr[0] == '>') swap_bytes(static_cast<char*>(array.data_ptr()), count, item_size);
  if (header.fortran_order) {
    std::vector<std::int64_t> order(shape.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::int64_t>(order.size() - 1 - i);
    array = array.permute(order).contiguous();
  }
  return {array, {}};
}

std::string npy_bytes(const at::Tensor& array) {
  for (const auto& element : elements) {
    if (element.type != array.scalar_type()) continue;
    const auto plain = array.detach().cpu().contiguous();
    NpyHeader header;
    header.descr = (plain.element_size() == 1 ? "|" : "<") + std::string(element.code);
    header.shape = plain.sizes().vec();
    auto out = npy_header_bytes(header);
    out.append(static_cast<const char*>(plain.data_ptr()), plain.nbytes());
    return out;
  }
  throw Error("NumPy has no element type " + dtype_name(array.scalar_type()), "convert the tensor to f32 first");
}

std::string npy_bytes(const std::string& text) {
  NpyHeader header;
  std::string data;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++characters) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    std::uint32_t c = length == 1 ? lead : lead & (0x7fu >> length);
    for (std::size_t k = 1; k < length && i + k < text.size(); ++k) c = c << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    for (int k = 0; k < 4; ++k) data += static_cast<char>(c >> (8 * k));
    i += length;
  }
  if (!characters) data.assign(4, '\0'), characters = 1;  // NumPy has no string of width 0 in files
  header.descr = "<U" + std::to_string(characters);
  return npy_header_bytes(header) + data;
}

}  // namespace tivit::data
