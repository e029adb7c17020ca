#include <stages/notes/recording_name.hpp>

#include <algorithm>
#include <stages/data/clip.hpp>

namespace tivit::notes {

std::string recording_name(const Context& context) {
  if (const auto* clip = context.find<data::Clip>()) return clip->name;
  if (const auto* source = context.find<SourceName>()) return source->clip;
  return context.id().text();
}

std::filesystem::path OutputFolder::file(const std::filesystem::path& folder, const char* fallback, const std::string& extension,
                                         const Context& context) {
  if (folder.extension() == extension) {
    if (!used_.insert({context.epoch(), folder}).second)
      throw Error("a second recording would replace this file", "give a folder instead of a file", folder.string());
    return folder;
  }
  const std::string name = recording_name(context);
  std::string file_name = name + extension;
  std::replace(file_name.begin(), file_name.end(), '/', '_');
  const auto path = (folder.empty() ? context.run().directory / fallback : folder) / file_name;
  if (!used_.insert({context.epoch(), path}).second)
    throw Error("two recordings are called \"" + name + "\"", "rename one: the second file would replace the first", path.string());
  return path;
}

}  // namespace tivit::notes
