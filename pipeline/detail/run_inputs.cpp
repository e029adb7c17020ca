// The files that a run was given, each with what tells its content.
#include <system_error>
#include <tivit/content_hash.hpp>
#include <tivit/detail/run_manifest.hpp>
#include <tivit/file_stamp.hpp>
#include <tivit/find_input.hpp>
#include <tivit/run_directory.hpp>

namespace tivit::detail {
namespace fs = std::filesystem;
using nlohmann::ordered_json;
namespace {

/// What a source reads one after another is not read before the run: films are large, and a disk may stand still. A file that cannot be
/// read is left to the stage that reads it, and to what that says.
void add_content(ordered_json& entry, const fs::path& file, bool whole) {
  const auto stamp = stamp_of(file);
  if (!stamp) return;
  entry["bytes"] = std::get<2>(*stamp);
  if (!whole) entry["modified_s"] = std::get<3>(*stamp);
  try {
    if (whole) entry["xxh128"] = content_hash(file);
  } catch (const std::exception&) {
  }
}

template <class Part>
void add_part(ordered_json& list, const std::string& name, const Part& part, bool source = false) {
  const auto add = [&](const std::string& parameter, const std::string& place, const ParameterValue& value, bool whole) {
    const auto* text = std::get_if<std::string>(&value.value);
    if (!text || text->empty()) return;
    const auto file = find_input(part.spec->name, parameter, *text, part.parameters);
    std::error_code failed;
    if (!fs::is_regular_file(file, failed)) return;
    ordered_json entry{{"part", name}, {"parameter", parameter + place}, {"file", file.string()}};
    add_content(entry, file, whole);
    list.push_back(std::move(entry));
  };
  for (const auto& [parameter, value] : part.parameters) {
    const auto* spec = part.spec->parameter(parameter);
    if (!spec || !spec->type.ends_with("path")) continue;
    if (const auto* files = std::get_if<ParameterValue::List>(&value.value))
      for (std::size_t i = 0; i < files->size(); ++i) add(parameter, "[" + std::to_string(i) + "]", (*files)[i], !source);
    else
      add(parameter, "", value, true);
  }
}

void add_graph(ordered_json& list, const Plan& plan, const std::string& above) {
  for (const auto& resource : plan.resources) add_part(list, above + resource.name, resource);
  for (const auto& stage : plan.stages)
    if (stage.spec->kind != Kind::sink) add_part(list, above + stage.name, stage, stage.spec->kind == Kind::source);
}

}  // namespace

ordered_json inputs_of(const Plan& plan) {
  auto list = ordered_json::array();
  add_graph(list, plan, "");
  for (const auto& [path, called] : called_graphs(plan)) add_graph(list, *called, path + "/");
  return list;
}

}  // namespace tivit::detail
