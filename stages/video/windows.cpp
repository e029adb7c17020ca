// video/windows: a whole recording becomes overlapping windows.
//
//   in   clip: clip       a recording, or a part of one
//   out  window: clip     first_row and rows set; carries Clip, SourceName, FrameRange and TimeGrid
//
// Opens the scope "recording". Windows begin every `hop` rows; the last one is shorter, so that every row is covered and none twice as
// often as needed.
//
//   [stages.windows]
//   use = "video/windows"
//   in = "clips"
//   rows = 200
//   hop = 160
//
// A recording that cannot be opened (missing, truncated, not a video) or has a single frame fails alone.
#include <algorithm>
#include <stages/video/clip_rows.hpp>
#include <tivit/contract.hpp>
#include <tivit/frame_range.hpp>

namespace tivit::video {

struct Windows {
  std::int64_t rows = 200;
  std::int64_t hop = 160;

  static void contract(Contract<Windows>& c) {
    c.expand("cuts a recording into overlapping windows", "recording");
    c.attaches<data::Clip>().attaches<SourceName>().attaches<TimeGrid>().attaches<FrameRange>();
    c.param("rows", &Windows::rows).range(1, 1 << 20).unit("rows").doc("length of a window");
    c.param("hop", &Windows::hop).range(1, 1 << 20).unit("rows").doc("rows from the start of a window to the next; at most `rows`");
    c.in("clip", "clip");
    c.out("window", "clip");
    c.example("[stages.windows]\nuse = \"video/windows\"\nin = \"clips\"\nrows = 200\nhop = 160\n");
  }
  void check(Faults& faults) const {
    if (hop > rows)
      faults.add("hop", "windows of " + std::to_string(rows) + " rows every " + std::to_string(hop) + " rows leave gaps",
                 "make hop at most rows");
  }

  void operator()(const data::Clip& clip, Emit& emit, Context& context) const {
    const auto file = VideoFile::open(clip.video, stop_of(context));
    const auto all = frames_of(clip, file->table());
    if (all.total_rows < 2)
      throw Error("the recording has a single frame: nothing moves in it", "leave it out", source_name(clip, all).text());
    const auto end = all.first_row + static_cast<std::int64_t>(all.frames.size());
    for (auto first = all.first_row;; first += hop) {
      data::Clip window = clip;
      window.first_row = first;
      window.rows = std::min(rows, end - first);
      const auto frames = frames_of(window, file->table());
      context.set(window);
      context.set(source_name(window, frames));
      context.set(frames.grid);
      context.set(FrameRange{window.first_row, window.first_row + window.rows, end});
      emit(window);
      if (first + rows >= end) break;
    }
  }
};
TIVIT_STAGE("video/windows", Windows)

}  // namespace tivit::video
