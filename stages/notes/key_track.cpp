// notes/key_track: the two most probable keys of every row -> a CSV file.
//
//   [stages.keys]
//   use = "notes/key_track"
//   in = "prior.posterior"    # f64[T,24] from notes/key_prior, with a TimeGrid
//   to = "keys.csv"           # or a folder for <recording>.csv; without it, keys/ in the run directory
//
// Columns t_sec, top1_key, top1_prob, top2_key, top2_prob; lines end in CR LF. Fails when two recordings have one file, and when
// it cannot be written.
#include <ATen/core/Tensor.h>
#include <stages/notes/key_model.hpp>
#include <stages/notes/recording_name.hpp>
#include <tivit/atomic_file.hpp>

#include <algorithm>
#include <tivit/tensor/stage.hpp>
#include <tivit/text_format.hpp>
#include <tivit/writable.hpp>

namespace tivit::notes {
namespace {

/// As Python writes a float.
std::string float_text(double value) {
  const auto text = shortest(value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

class KeyTrackFile {
 public:
  std::filesystem::path to;

  static void contract(Contract<KeyTrackFile>& c) {
    c.sink("writes the two most probable keys of every row as CSV");
    c.param("to", &KeyTrackFile::to).doc("a .csv file for the only recording, or a folder; empty: keys/ in the run directory");
    c.in("posterior", "f64[T,24]");
    c.example("[stages.keys]\nuse = \"notes/key_track\"\nin = \"prior.posterior\"\nto = \"keys.csv\"\n");
  }
  void check(Faults& faults) const { check_file_or_folder(faults, "to", to, ".csv"); }

  void operator()(const at::Tensor& posterior, Context& context) {
    const TimeGrid grid = context.get<TimeGrid>("time grid");
    const at::Tensor rows = posterior.cpu().contiguous();
    std::string text = "t_sec,top1_key,top1_prob,top2_key,top2_prob\r\n";
    for (std::int64_t row = 0; row < rows.size(0); ++row) {
      const double* keys = rows.const_data_ptr<double>() + row * keys_of_music;
      const auto first = std::max_element(keys, keys + keys_of_music) - keys;
      std::ptrdiff_t second = first == 0 ? 1 : 0;
      for (std::ptrdiff_t key = 0; key < keys_of_music; ++key)
        if (key != first && keys[key] > keys[second]) second = key;
      text += float_text(grid.seconds_at(static_cast<double>(row)));
      for (const auto key : {first, second}) text += "," + std::string(key_names()[key]) + "," + float_text(keys[key]);
      text += "\r\n";
    }
    write_file(folder_.file(to, "keys", ".csv", context), text);
  }

 private:
  OutputFolder folder_;
};
TIVIT_STAGE("notes/key_track", KeyTrackFile)

}  // namespace
}  // namespace tivit::notes
