#include <stages/data/array_form.hpp>

#include <algorithm>
#include <stages/data/array_values.hpp>
#include <tivit/error.hpp>

namespace tivit::data {
namespace {
using nlohmann::json;
using Pointer = json::json_pointer;

/// "/notes/*/onset_s": the list at "/notes", and "/onset_s" in each of its entries.
struct Path {
  Pointer list, rest;
  bool column = false;
  explicit Path(const std::string& text) : list(text.substr(0, text.find("/*"))) {
    const auto star = text.find("/*");
    column = star != std::string::npos;
    if (column) rest = Pointer(text.substr(star + 2));
  }
};

std::string array_name(const std::string& value, const ArrayField& field) { return value + (field.name.empty() ? "" : "." + field.name); }

const std::string* text_named(const Npz& content, const std::string& name) {
  for (const auto& [own, text] : content.texts)
    if (own == name) return &text;
  return nullptr;
}

class Reader {
 public:
  Reader(const Npz& from, const std::string& file, const std::string& name, const Codec& codec)
      : from_(from), file_(file), name_(name), codec_(codec), there_(names_under(from, name)) {}

  json value() {
    refuse_unknown();
    std::vector<std::pair<const ArrayField*, std::optional<json>>> parts;
    for (const auto& field : codec_.arrays)
      if (field.name == "*")
        read_keys(field);
      else
        parts.emplace_back(&field, part(field, array_name(name_, field)));
    rows_ = symbols_.count("N") ? symbols_.at("N") : 0;
    for (const auto& [field, value] : parts) place(*field, value);
    return std::move(root_);
  }

 private:
  std::string at(const std::string& name) const { return file_ + "[" + name + "]"; }

  void refuse_unknown() const {
    std::vector<std::string> known;
    for (const auto& field : codec_.arrays) known.push_back(array_name(name_, field));
    for (const auto& name : there_) {
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      if (codec_.arrays[0].name == "*" && name != name_ && name.find('.', name_.size() + 1) == std::string::npos) continue;
      const std::string near = nearest_name(name, known);
      throw Error("a \"" + codec_.name + "\" has no such array",
                  near.empty() ? "it has " + quoted_list(known) : "did you mean \"" + near + "\"?", at(name));
    }
  }

  /// Nothing where the array is not there.
  std::optional<json> part(const ArrayField& field, const std::string& name) {
    const auto* array = from_.arrays.find(name);
    const auto* text = text_named(from_, name);
    if (array && is_text(field)) throw Error("is an array, expected a text", "store a string of shape ()", at(name));
    if (text && !is_text(field)) throw Error("is a text, expected " + field.type, "store an array", at(name));
    if (array) return json_of(*array, field, symbols_, at(name));
    if (text) return json_of(*text, field, at(name));
    if (field.otherwise.empty())
      throw Error("there is no array \"" + name + "\" (" + field.type + "), and a \"" + codec_.name + "\" needs it",
                  "add it to those that are there: " + quoted_list(there_), file_);
    return std::nullopt;
  }

  void read_keys(const ArrayField& field) {
    root_ = json::object();
    for (const auto& name : there_) root_[name.substr(name_.size() + 1)] = *part(field, name);
  }

  void place(const ArrayField& field, const std::optional<json>& value) {
    const Path path(field.path);
    if (!value && field.otherwise == "null") return;
    const json otherwise = value ? json() : json::parse(field.otherwise);
    if (!path.column) {
      root_[path.list] = value ? *value : otherwise;
      return;
    }
    json& list = root_[path.list];
    if (list.is_null()) list = json::array();
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows_); ++i) list[i][path.rest] = value ? (*value)[i] : otherwise;
  }

  const Npz& from_;
  const std::string &file_, &name_;
  const Codec& codec_;
  std::vector<std::string> there_;
  Symbols symbols_;
  std::int64_t rows_ = 0;
  json root_;
};

void write_part(Npz& into, const std::string& name, const ArrayField& field, const json& value) {
  if (is_text(field))
    into.texts.emplace_back(name, text_of(value, field));
  else
    into.arrays.set(name, tensor_of(value, field));
}

}  // namespace

std::vector<std::string> names_under(const Npz& content, const std::string& name) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& one) {
    if (one == name || one.starts_with(name + ".")) names.push_back(one);
  };
  for (const auto& [one, array] : content.arrays) add(one);
  for (const auto& [one, text] : content.texts) add(one);
  return names;
}

std::string read_arrays(const Npz& from, const std::string& file, const std::string& name, const Codec& codec) {
  std::string bytes;
  json::to_cbor(Reader(from, file, name, codec).value(), bytes);
  return bytes;
}

void write_arrays(Npz& into, const std::string& name, const Codec& codec, std::string_view bytes) {
  const json root = json::from_cbor(bytes);
  for (const auto& field : codec.arrays) {
    if (field.name == "*") {
      for (const auto& [key, value] : root.items()) write_part(into, name + "." + key, field, value);
      continue;
    }
    const Path path(field.path);
    if (!root.contains(path.list)) continue;
    json value = root.at(path.list);
    if (path.column)
      for (auto& row : value) row = json(row.at(path.rest));
    write_part(into, array_name(name, field), field, value);
  }
}

Attachments read_beside(const Npz& from, const std::string& file) {
  Attachments beside;
  std::vector<std::string> known;
  for (const auto* codec : all_codecs()) {
    if (codec->arrays.empty() || codec->arrays[0].name.empty()) continue;
    known.push_back(beside_name(*codec));
    if (!names_under(from, known.back()).empty()) codec->attach(read_arrays(from, file, known.back(), *codec), beside);
  }
  for (const auto& name : names_under(from, "beside")) {
    const auto is_of = [&](const std::string& one) { return name.starts_with(one + "."); };
    if (std::any_of(known.begin(), known.end(), is_of)) continue;
    const std::string near = nearest_name(name.substr(0, name.find('.', 7)), known);
    throw Error("nothing of this name travels beside an item",
                near.empty() ? "there is " + quoted_list(known) : "did you mean \"" + near + "\"?", file + "[" + name + "]");
  }
  return beside;
}

void write_beside(Npz& into, const Attachments& beside) {
  for (const auto& [name, bytes] : written_attachments(beside))
    if (const auto* codec = codec_named(name); codec && !codec->arrays.empty()) write_arrays(into, beside_name(*codec), *codec, bytes);
}

}  // namespace tivit::data
