#include <stages/notes/recording_name.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <stages/data/clip.hpp>
#include <tivit/text_format.hpp>
#include <utility>

namespace tivit::notes {
namespace {

/// What lies beside the video under its name may be its labels, which a transcription must not replace.
bool belongs_to_the_video(const std::filesystem::path& path, const Context& context) {
  const auto* clip = context.find<data::Clip>();
  std::error_code none;
  return clip && std::filesystem::exists(path, none) && clip->video.stem() == path.stem() &&
         std::filesystem::equivalent(std::filesystem::absolute(clip->video).parent_path(), std::filesystem::absolute(path).parent_path(),
                                     none);
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
  std::string file_name = name + extension;
  std::replace(file_name.begin(), file_name.end(), '/', '_');
  auto path = (folder.empty() ? context.run().directory / fallback : folder) / file_name;
  if (!files_.claim_for_item(path, context))
    throw Error("two recordings are called \"" + name + "\"", "rename one: the second file would replace the first", path.string());
  if (belongs_to_the_video(path, context)) {
    const auto other = path.parent_path() / (path.stem().string() + ".tivit" + extension);
    spdlog::warn("{} lies beside its video and is kept: what was found goes to {}", path.string(), other.filename().string());
    path = other;
  }
  return path;
}

void OutputFolder::pass_over(const Context& context) {
  if (!std::exchange(told_, true))
    spdlog::info("{} has no labels, and so no file of its notes; others without labels have none either",
                 printable(recording_name(context)));
}

}  // namespace tivit::notes
