#pragma once
// What a recording is called, and where a file about it goes.
#include <filesystem>
#include <stages/notes/own_files.hpp>
#include <string>
#include <tivit/stage.hpp>

namespace tivit::notes {

/// The recording that an item belongs to: its clip's name, its source's name, or its id where it carries neither.
std::string recording_name(const Context& context);

/// One file a recording, in a folder of the user's or of the run's.
class OutputFolder {
 public:
  /// `<folder>/<recording><extension>`; without a `folder`, `<run directory>/<fallback>`. A `folder` that ends in `extension` is the
  /// file itself. A name with slashes is a path. In the folder of the recording's video, or of its labels, it is `<recording>.tivit<extension>`, for labels
  /// have its name there. Throws Error when another recording of this epoch, or another stage of this run, has that file already: it would
  /// be lost.
  std::filesystem::path file(const std::filesystem::path& folder, const char* fallback, const std::string& extension,
                             const Context& context);

  /// For a recording without labels: an empty file would call it silent. The log says once that there is none.
  void pass_over(const Context& context);

 private:
  OwnFiles files_;
  bool told_ = false;
};

}  // namespace tivit::notes
