// notes/read_pairs: two lists of note files -> transcriptions, each with the notes it is compared with.
//
//   [stages.pairs]
//   use = "notes/read_pairs"
//   estimates = ["one.mid", "two.mid"]
//   references = ["one.txt", "two.tsv"]
//
// The first is compared with the first, and so on; an item is named by its estimate's stem, and by more of its path where several
// have that stem. Fails where the lists differ in length, and, naming file and place, on what is no note file and on rows that are no
// notes.
#include <spdlog/spdlog.h>
#include <stages/labels/label_file.hpp>
#include <stages/notes/file_names.hpp>

#include <tivit/contract.hpp>

namespace tivit::notes {
namespace {

class ReadPairs {
 public:
  std::vector<std::filesystem::path> estimates, references;

  static void contract(Contract<ReadPairs>& c) {
    c.source("reads transcriptions and what they are compared with").attaches<SourceName>();
    c.param("estimates", &ReadPairs::estimates).required().must_exist().doc("MIDI files, label files (.txt), tables of notes (.tsv)");
    c.param("references", &ReadPairs::references).required().must_exist().doc("as many, in the same order");
    c.out("estimate", "notes");
    c.out("reference", "notes");
    c.example("[stages.pairs]\nuse = \"notes/read_pairs\"\nestimates = [\"one.mid\"]\nreferences = [\"one.txt\"]\n");
  }
  void check(Faults& faults) const {
    if (estimates.empty() || references.empty()) return;  // told already: they must be given, and be there
    if (estimates.size() != references.size())
      faults.add("references",
                 "there are " + std::to_string(estimates.size()) + " estimates and " + std::to_string(references.size()) + " references",
                 "name one reference for each estimate, in the same order");
  }
  std::optional<std::tuple<Notes, Notes>> next(Context& context) {
    const std::size_t number = context.id().back();
    if (number >= estimates.size()) return std::nullopt;
    if (names_.empty()) names_ = names_of_files(estimates);
    context.set(SourceName{names_[number]});
    return std::tuple{read(estimates[number]), read(references[number])};
  }
  std::int64_t expected() const { return static_cast<std::int64_t>(estimates.size()); }

 private:
  static Notes read(const std::filesystem::path& file) {
    auto content = labels::read_labels(file);
    for (const auto& remark : content.remarks) spdlog::warn("{}: {}", file.string(), remark);
    return std::move(content.notes);
  }

  std::vector<std::string> names_;  ///< of the items
};
TIVIT_STAGE("notes/read_pairs", ReadPairs)

}  // namespace
}  // namespace tivit::notes
