#include <stages/notes/recording_name.hpp>

#include <spdlog/spdlog.h>

#include <stages/data/clip.hpp>
#include <stages/notes/name_as_path.hpp>
#include <tivit/text_format.hpp>
#include <utility>

namespace tivit::notes {
namespace {

/// In the folder of the video, or of its labels, a file of its name would be taken for them, or replace them.
bool holds_the_labels(const std::filesystem::path& folder, const Context& context) {
  const auto lies_there = [&](const std::filesystem::path& file) {
    std::error_code none;
    return !file.empty() &&
           std::filesystem::equivalent(std::filesystem::absolute(file).parent_path(), std::filesystem::absolute(folder), none);
  };
  const auto* clip = context.find<data::Clip>();
  return clip && (lies_there(clip->video) || lies_there(clip->labels));
}

}  // namespace

std::string recording_name(const Context& context) {
  if (const auto* clip = context.find<data::Clip>()) return clip->name;
  if (const auto* source = context.find<SourceName>()) return source->clip;
  return context.id().text();
}

std::filesystem::path OutputFolder::file(const std::filesystem::path& folder, const char* fallback, const std::string& extension,
                                         const Context& context) {
  if (folder.extension() == extension) {
    if (!files_.claim_for_item(folder, context))
      throw Error("a second recording would replace this file", "give a folder instead of a file", folder.string());
    return folder;
  }
  const std::string name = recording_name(context);
  auto path = (folder.empty() ? context.run().directory / fallback : folder) / name_as_path(name);
  if (holds_the_labels(path.parent_path(), context)) path += ".tivit";
  path += extension;
  if (!files_.claim_for_item(path, context))
    throw Error("two recordings are called \"" + name + "\"", "rename one: the second file would replace the first", path.string());
  return path;
}

void OutputFolder::pass_over(const Context& context) {
  if (!std::exchange(told_, true))
    spdlog::info("{} has no labels, and so no file of its notes; others without labels have none either",
                 printable(recording_name(context)));
}

}  // namespace tivit::notes
