// batch/stitch: overlapping windows of a recording become one record again.
//
//   in   window: {...}, a record of [T,…] with a TimeGrid
//   out  whole: {...}, a record of [T,…] with the TimeGrid of the first window
//
// Where two windows overlap, each gives the half that lies nearer to its middle: the rows whose context was cut off are
// the ones left out. So where the overlap is at least the model's receptive field, the result does not depend on the
// windows. Memory: one window. The record lies in a file of the run directory that has no name (the per-key model's curves take 76 MB an
// hour) and is read as it is looked at.
//
//   [stages.stitch]
//   use = "batch/stitch"
//   in = "split"
//
// Fails where windows leave a gap, come out of order or begin between rows, where fields are not of one length, on a value that is infinite
// or not a number, and when the disk is full: the recording is then lost, not scored.
#include <cmath>
#include <filesystem>
#include <map>
#include <optional>
#include <stages/batch/row_file.hpp>
#include <tivit/frame_range.hpp>
#include <tivit/tensor/finite.hpp>
#include <tivit/tensor/stage.hpp>
#include <utility>

namespace tivit::batch {

struct Stitch {
  std::string scope = "recording";

  static void contract(Contract<Stitch>& c) {
    c.gather("joins the windows of a recording", "$scope").one_per_scope();
    c.attaches<TimeGrid>().attaches<SourceName>().attaches<FrameRange>();
    c.param("scope", &Stitch::scope).doc("scope whose windows belong together");
    c.in("window", "{...}");
    c.out("whole", "{...}");
    c.example("[stages.stitch]\nuse = \"batch/stitch\"\nin = \"split\"\n");
  }

  void open(RunContext& run) { folder_ = run.directory; }

  void add(const Fields& window, Emit&, Context& context) {
    for (const auto& [name, tensor] : window)
      if (const auto bad = not_finite(tensor))
        throw Error("of what the model made, " + name + *bad, "look at the frames of this window, and at the weights", context.name());
    const auto& grid = context.get<TimeGrid>("time grid");
    if (held_.empty()) {
      files_.clear();
      grid_ = grid;
      range_.reset();
      if (const auto* range = context.find<FrameRange>()) range_ = *range;
      if (const auto* name = context.find<SourceName>()) clip_ = name->clip;
    }
    if (const auto* range = context.find<FrameRange>(); range && range_) range_->end = range->end;
    const double begins = static_cast<double>(grid.origin - grid_.origin) / grid_.hop_ns;
    const auto first_row = static_cast<std::int64_t>(std::llround(begins));
    if (std::abs(begins - static_cast<double>(first_row)) > 0.01)
      throw Error("window of " + context.name() + " begins between two rows of those before",
                  "the model makes one row of " + std::to_string(grid.pooled) + ": let hop, from window to window, be a multiple of that");
    const std::int64_t rows = rows_of(window);
    std::int64_t from = first_row;
    if (!held_.empty()) {
      if (first_row > end_ || first_row < window_begin_)
        throw Error("window of " + context.name() + " begins at row " + std::to_string(first_row) + ", rows up to " + std::to_string(end_) +
                        " are there",
                    "windows must overlap and come in order");
      must_follow(window, context);
      if (first_row + rows <= end_) return;  // wholly inside what is there
      // Half of the overlap each; the half of the window before is cut off its last part.
      const std::int64_t middle = first_row + (end_ - first_row) / 2;
      const std::int64_t keep = std::max<std::int64_t>(0, middle - begin_);
      store(held_, keep);
      from = begin_ + keep;
    }
    Fields own;
    // Cloned: a view would keep its whole batch alive.
    for (const auto& [name, tensor] : window) own.set(name, tensor.narrow(0, from - first_row, rows - (from - first_row)).clone());
    held_ = std::move(own);
    begin_ = from;
    window_begin_ = first_row;
    end_ = first_row + rows;
  }

  void finish(Emit& emit, Context& context) {
    const Fields last = std::exchange(held_, {});  // whatever happens: another recording comes next
    if (last.empty()) return;
    store(last, rows_of(last));
    Fields whole;
    for (const auto& [name, tensor] : last) whole.set(name, files_.at(name).map(end_));
    files_.clear();
    context.set(grid_);
    context.set(SourceName{clip_});
    if (range_) context.set(*range_);
    emit(std::move(whole));
  }

 private:
  static std::int64_t rows_of(const Fields& window) {
    const auto of = [](const at::Tensor& tensor) { return tensor.dim() > 0 ? tensor.size(0) : 0; };
    const auto& [first, tensor] = *window.begin();
    for (const auto& [name, other] : window)
      if (of(other) != of(tensor) || other.dim() == 0)
        throw Error("\"" + first + "\" has " + std::to_string(of(tensor)) + " rows and \"" + name + "\" " + std::to_string(of(other)) +
                        ": what has no axis of time cannot be joined",
                    "let the model say something of every row (model/tivit: head_mode = \"frame\")");
    return of(tensor);
  }

  /// A window has the fields of those before, each of the same type and size but for its rows.
  void must_follow(const Fields& window, const Context& context) const {
    constexpr const char* remedy = "a model gives every window the same";
    for (const auto& [name, tensor] : held_) {
      const auto* other = window.find(name);
      if (!other || window.size() != held_.size())
        throw Error(
            "window of " + context.name() + " holds " + quoted_list(window.names()) + ", those before " + quoted_list(held_.names()),
            remedy);
      if (const auto is = RowFile::kind(*other), was = RowFile::kind(tensor); is != was)
        throw Error("\"" + name + "\" of the window of " + context.name() + " has rows of " + is + ", those before rows of " + was, remedy);
    }
  }

  /// The first `rows` of what is held go to the others.
  void store(const Fields& held, std::int64_t rows) {
    const auto folder = folder_.empty() ? std::filesystem::temp_directory_path() : folder_;
    for (const auto& [name, tensor] : held) files_.try_emplace(name, folder).first->second.write(begin_, tensor.narrow(0, 0, rows));
  }

  std::filesystem::path folder_;          ///< of the run; empty: there is none
  std::map<std::string, RowFile> files_;  ///< rows that no window changes any more, by field
  Fields held_;                           ///< the last part: the next window may replace its end
  TimeGrid grid_;
  std::optional<FrameRange> range_;
  std::string clip_;
  std::int64_t begin_ = 0, end_ = 0;  // of what is held
  std::int64_t window_begin_ = 0;     // of the window that it was cut from
};
TIVIT_STAGE("batch/stitch", Stitch)

}  // namespace tivit::batch
