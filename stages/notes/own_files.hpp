#pragma once
// Which stage of a run, and which item, a file belongs to.
#include <filesystem>
#include <map>
#include <tivit/stage.hpp>

namespace tivit::notes {

/// The files of one stage. What another stage of the same run writes under the same name would replace them, and neither would know: two
/// stages of a kind have one folder where none says `to`. The same stage may write a file again: an item is tried a second time, an epoch
/// comes after another, a run goes on. The files are free again when the stage is gone. May be asked from several threads.
class OwnFiles {
 public:
  OwnFiles() = default;
  OwnFiles(const OwnFiles&) = delete;
  OwnFiles& operator=(const OwnFiles&) = delete;
  ~OwnFiles();

  /// Throws Error naming both stages where the file is another's of this run.
  void claim(const std::filesystem::path& file, const Context& context) const;
  /// Claims the file; whether it is this item's, and no other's of this epoch.
  bool claim_for_item(const std::filesystem::path& file, const Context& context) const;

 private:
  mutable std::map<std::pair<std::uint32_t, std::filesystem::path>, ItemId> used_;  ///< of an epoch: whose each file is
};

}  // namespace tivit::notes
