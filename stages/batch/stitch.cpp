// batch/stitch: overlapping windows of a recording become one record again.
//
//   in   window: {...}, a record of [T,…] with a TimeGrid
//   out  whole: {...}, a record of [T,…] with the TimeGrid of the first window
//
// Where two windows overlap, each gives the half that lies nearer to its middle: the rows whose context was cut off are
// the ones left out. So where the overlap is at least the model's receptive field, the result does not depend on the
// windows. Memory: the records alone (the per-key model's curves take 76 MB an hour), never frames.
//
//   [stages.stitch]
//   use = "batch/stitch"
//   in = "split"
//
// Fails where windows leave a gap or come out of order, where fields are not of one length, and on a value that is infinite or not a
// number: the recording is then lost, not scored.
#include <ATen/ops/cat.h>

#include <cmath>
#include <optional>
#include <tivit/frame_range.hpp>
#include <tivit/tensor/finite.hpp>
#include <tivit/tensor/stage.hpp>

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

  void add(const Fields& window, Emit&, Context& context) {
    for (const auto& [name, tensor] : window)
      if (const auto bad = not_finite(tensor))
        throw Error("of what the model made, " + name + *bad, "look at the frames of this window, and at the weights", context.name());
    const auto& grid = context.get<TimeGrid>("time grid");
    if (parts_.empty()) {
      grid_ = grid;
      range_.reset();
      if (const auto* range = context.find<FrameRange>()) range_ = *range;
      if (const auto* name = context.find<SourceName>()) clip_ = name->clip;
    }
    if (const auto* range = context.find<FrameRange>(); range && range_) range_->end = range->end;
    const auto first_row = static_cast<std::int64_t>(std::llround(static_cast<double>(grid.origin - grid_.origin) / grid_.hop_ns));
    const std::int64_t rows = rows_of(window);
    std::int64_t from = first_row;
    if (!parts_.empty()) {
      if (first_row > end_ || first_row < window_begin_)
        throw Error("window of " + context.name() + " begins at row " + std::to_string(first_row) + ", rows up to " + std::to_string(end_) +
                        " are there",
                    "windows must overlap and come in order");
      if (first_row + rows <= end_) return;  // wholly inside what is there
      // Half of the overlap each; the half of the window before is cut off its last part.
      const std::int64_t middle = first_row + (end_ - first_row) / 2;
      const std::int64_t keep = std::max<std::int64_t>(0, middle - begin_);
      Fields cut;
      for (const auto& [name, tensor] : parts_.back()) cut.set(name, tensor.narrow(0, 0, keep));
      parts_.back() = std::move(cut);
      from = begin_ + keep;
    }
    Fields own;
    // Cloned: a view would keep its whole batch alive.
    for (const auto& [name, tensor] : window) own.set(name, tensor.narrow(0, from - first_row, rows - (from - first_row)).clone());
    parts_.push_back(std::move(own));
    begin_ = from;
    window_begin_ = first_row;
    end_ = first_row + rows;
  }

  void finish(Emit& emit, Context& context) {
    std::vector<Fields> parts;
    parts.swap(parts_);
    if (parts.empty()) return;
    Fields whole;
    for (const auto& [name, first] : parts[0]) {
      std::vector<at::Tensor> pieces;
      for (const auto& part : parts) pieces.push_back(part.at(name));
      whole.set(name, at::cat(pieces, 0));
    }
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

  std::vector<Fields> parts_;
  TimeGrid grid_;
  std::optional<FrameRange> range_;
  std::string clip_;
  std::int64_t begin_ = 0, end_ = 0;  // of the last part
  std::int64_t window_begin_ = 0;     // of the window that it was cut from
};
TIVIT_STAGE("batch/stitch", Stitch)

}  // namespace tivit::batch
