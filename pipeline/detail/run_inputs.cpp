// The files that a run was given, each with what tells its content.
#include <fstream>
#include <system_error>
#include <tivit/content_hash.hpp>
#include <tivit/detail/run_manifest.hpp>
#include <tivit/find_input.hpp>
#include <tivit/run_directory.hpp>
#include <vector>

namespace tivit::detail {
namespace fs = std::filesystem;
using nlohmann::ordered_json;
namespace {

/// Of larger files the ends alone are read: a run of long videos begins as soon as ever.
constexpr std::uintmax_t whole_bytes = 64 << 20;
constexpr std::streamsize end_bytes = 1 << 20;

std::string hash_of_ends(const fs::path& file, std::uintmax_t bytes) {
  std::ifstream in(file, std::ios::binary);
  std::vector<char> buffer(end_bytes);
  Hash128 hash;
  for (const auto at : {std::uintmax_t{0}, bytes - end_bytes}) {
    in.seekg(static_cast<std::streamoff>(at));
    in.read(buffer.data(), end_bytes);
    hash.add({buffer.data(), static_cast<std::size_t>(in.gcount())});
  }
  return hash.hex();
}

/// A file that cannot be read is left to the stage that reads it, and to what that says.
void add_content(ordered_json& entry, const fs::path& file) {
  std::error_code failed;
  const auto bytes = fs::file_size(file, failed);
  if (failed) return;
  entry["bytes"] = bytes;
  try {
    bytes > whole_bytes ? entry["xxh128_of_ends"] = hash_of_ends(file, bytes) : entry["xxh128"] = content_hash(file);
  } catch (const std::exception&) {
  }
}

template <class Part>
void add_part(ordered_json& list, const std::string& name, const Part& part) {
  const auto add = [&](const std::string& parameter, const std::string& place, const ParameterValue& value) {
    const auto* text = std::get_if<std::string>(&value.value);
    if (!text || text->empty()) return;
    const auto file = find_input(part.spec->name, parameter, *text, part.parameters);
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) return;
    ordered_json entry{{"part", name}, {"parameter", parameter + place}, {"file", file.string()}};
    add_content(entry, file);
    list.push_back(std::move(entry));
  };
  for (const auto& [parameter, value] : part.parameters) {
    const auto* spec = part.spec->parameter(parameter);
    if (!spec || !spec->type.ends_with("path")) continue;
    if (const auto* files = std::get_if<ParameterValue::List>(&value.value))
      for (std::size_t i = 0; i < files->size(); ++i) add(parameter, "[" + std::to_string(i) + "]", (*files)[i]);
    else
      add(parameter, "", value);
  }
}

void add_graph(ordered_json& list, const Plan& plan, const std::string& above) {
  for (const auto& resource : plan.resources) add_part(list, above + resource.name, resource);
  for (const auto& stage : plan.stages)
    if (stage.spec->kind != Kind::sink) add_part(list, above + stage.name, stage);
}

}  // namespace

ordered_json inputs_of(const Plan& plan) {
  auto list = ordered_json::array();
  add_graph(list, plan, "");
  for (const auto& [path, called] : called_graphs(plan)) add_graph(list, *called, path + "/");
  return list;
}

}  // namespace tivit::detail
