// notes/read: MIDI and label files -> the notes of each.
//
//   [stages.music]
//   use = "notes/read"
//   files = ["one.mid", "two.txt", "three.tsv"]
//
// Each item is named by its file's stem, and by more of its path where several have that stem. Fails, naming file and place,
// on what is no such file and on rows that are no notes; what was read but left out (notes that end in the tick in which they begin) is
// counted in the log.
#include <spdlog/spdlog.h>
#include <stages/labels/label_file.hpp>
#include <stages/notes/file_names.hpp>

#include <tivit/contract.hpp>

namespace tivit::notes {
namespace {

class Read {
 public:
  std::vector<std::filesystem::path> files;

  static void contract(Contract<Read>& c) {
    c.source("reads the notes of MIDI and label files").attaches<SourceName>();
    c.param("files", &Read::files).required().must_exist().doc("MIDI files, label files (.txt), tables of notes (.tsv)");
    c.out("notes", "notes");
    c.example("[stages.music]\nuse = \"notes/read\"\nfiles = [\"one.mid\", \"two.txt\"]\n");
  }
  std::optional<Notes> next(Context& context) {
    const std::size_t number = context.id().depth() ? context.id().back() : 0;
    if (number >= files.size()) return std::nullopt;
    if (names_.empty()) names_ = names_of_files(files);
    context.set(SourceName{names_[number]});
    auto content = labels::read_labels(files[number]);
    for (const auto& remark : content.remarks) spdlog::warn("{}: {}", files[number].string(), remark);
    return std::move(content.notes);
  }
  std::int64_t expected() const { return static_cast<std::int64_t>(files.size()); }

 private:
  std::vector<std::string> names_;  ///< of the items
};
TIVIT_STAGE("notes/read", Read)

}  // namespace
}  // namespace tivit::notes
