// video/encode: frames become a video file, one for each clip.
//
//   in   frames: u8[T,C,H,W]     C = 1 or 3; carries SourceName (the file's name) and TimeGrid (its rate)
//
// Writes `directory`/NAME.mp4 (empty: the run directory's `videos`). Windows of one recording follow each other into its file; rows that an
// earlier window had are left out. An item outside any recording is a film of its own. Equal frames give equal bytes.
//
//   [stages.film]
//   use = "video/encode"
//   in = "frames"
//   quantizer = 20
//
// Fails where a file of that name exists or another stage of the run writes it, where windows leave a gap or change their size, for odd
// sizes, and when the disk is full; the clip then gets no file. Of a clip whose last windows are lost the file ends early, as
// quarantine.jsonl tells. A film that cannot be finished when its recording ends ends the run: no item is left that could be blamed. A
// resumed run writes its own films anew.
#include <cmath>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <stages/notes/name_as_path.hpp>
#include <stages/notes/own_files.hpp>
#include <stages/video/clip_rows.hpp>
#include <stages/video/film_notes.hpp>
#include <stages/video/video_writer.hpp>
#include <tivit/tensor/stage.hpp>
#include <tivit/writable.hpp>
#include <utility>

namespace tivit::video {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t item_in_epoch = 2;  ///< depth of an id that lies in no scope but an epoch

/// Frames a second as a fraction: whole, or 1000/1001 of whole, where that is what it is.
std::pair<int, int> fraction(double fps) {
  for (const int d : {1, 1001}) {
    const double n = fps * (d == 1 ? 1 : 1.001);
    if (std::abs(n - std::round(n)) < 1e-5 * n && n >= 1) return {static_cast<int>(std::round(n)) * (d == 1 ? 1 : 1000), d};
  }
  return {static_cast<int>(std::llround(fps * 1000)), 1000};
}

}  // namespace

struct Encode {
  fs::path directory;
  bool overwrite = false;
  int quantizer = 20, bitrate_kbit = 0, key_frame_interval = 60, b_frames = 2;

  static void contract(Contract<Encode>& c) {
    c.sink("writes frames as H.264 video");
    c.param("directory", &Encode::directory).doc("where the files go; empty: the run directory's `videos`");
    c.param("overwrite", &Encode::overwrite).doc("replace files of the same name");
    c.param("quantizer", &Encode::quantizer).range(0, 51).doc("constant quantizer, 0 is lossless");
    c.param("bitrate", &Encode::bitrate_kbit)
        .range(0, 1000000)
        .unit("kbit/s")
        .doc("constant bit rate instead of the quantizer, when above 0");
    c.param("key_frame_interval", &Encode::key_frame_interval).range(1, 10000).unit("frames").doc("most frames between two key frames");
    c.param("b_frames", &Encode::b_frames).range(0, 16).unit("frames").doc("most B-frames in a row");
    c.in("frames", "u8[T,C,H,W]");
    c.example("[stages.film]\nuse = \"video/encode\"\nin = \"frames\"\nquantizer = 20\n");
  }
  void check(Faults& faults) const { check_folder(faults, "directory", directory); }
  void open(RunContext& run) {
    own_directory_ = directory.empty();
    if (own_directory_) directory = run.directory / "videos";
    notes_.emplace(run.directory / "films.jsonl");
    stop_ = stop_of(run);
  }

  void operator()(const at::Tensor& frames, Context& context) {
    const auto& name = context.get<SourceName>("clip's name");
    const auto& grid = context.get<TimeGrid>("time grid");
    const bool whole = context.id().depth() <= item_in_epoch;
    if (!whole && name.clip == clip_ && broken_) {
      if (context.id() == first_) std::rethrow_exception(broken_);  // another attempt cannot bring back the windows before
      throw Error("a window of this clip failed before", "it gets no video", name.clip);
    }
    try {
      if (whole || !writer_ || name.clip != clip_) begin(name.clip, grid, frames, context);
      write(frames, grid, context);
      if (whole) finish();
    } catch (...) {
      writer_.reset();  // half a video gets no name
      clip_ = name.clip, first_ = context.id(), broken_ = std::current_exception();
      throw;
    }
  }
  void scope_end(Context& context) {
    if (!first_.within(context.scope().id)) return;
    finish();
    if (const auto unfinished = std::exchange(unfinished_, nullptr)) std::rethrow_exception(unfinished);
  }

 private:
  void write(const at::Tensor& frames, const TimeGrid& grid, const Context& context) {
    const auto row = std::llround(static_cast<double>(grid.origin - grid_.origin) / grid_.hop_ns);
    if (row > written_)
      throw Error("row " + std::to_string(written_) + " is missing", "windows must overlap and come in order", context.name());
    if (frames.size(1) != channels_ || frames.size(2) != height_ || frames.size(3) != width_)
      throw Error("the picture's size changes within the clip", "give every window the same size", context.name());
    const auto pixels = frames.permute({0, 2, 3, 1}).contiguous();
    const auto stride = static_cast<std::size_t>(width_ * channels_);
    for (; written_ - row < frames.size(0); ++written_)
      writer_->write(pixels.data_ptr<std::uint8_t>() + (written_ - row) * height_ * static_cast<std::int64_t>(stride), stride);
  }
  void begin(const std::string& clip, const TimeGrid& grid, const at::Tensor& frames, const Context& context) {
    try {
      finish();
    } catch (const Error&) {
      unfinished_ = std::current_exception();  // of another clip: this one does not fail for it
    }
    channels_ = frames.size(1), height_ = frames.size(2), width_ = frames.size(3);
    if (channels_ != 1 && channels_ != 3)
      throw Error("pictures of " + std::to_string(channels_) + " channels are no video", "give 1 (gray) or 3 (rgb)", context.name());
    const auto path = directory / (notes::name_as_path(clip) += ".mp4");
    // In the run's own directory a file from before is that of the run which this one goes on with.
    const bool again = made_.contains(clip), own = !again && (own_directory_ || notes_->knows(path));
    films_.claim(path, context);
    std::error_code failed;
    if (!overwrite && !own && fs::exists(path, failed))
      throw again ? Error("was made in this run already: a recording came twice, or two have one name",
                          "let each come once (draws_per_epoch = 0), rename one, or set overwrite = true", path.string())
                  : Error("exists already", "give another `directory`, or overwrite = true", path.string());
    fs::create_directories(path.parent_path(), failed);
    if (failed) throw Error("the folder cannot be made: " + failed.message(), "give another `directory`", path.parent_path().string());
    const auto [n, d] = fraction(1e9 / grid.hop_ns);
    writer_ = std::make_unique<VideoWriter>(path, static_cast<int>(width_), static_cast<int>(height_), n, d,
                                            WriterOptions{quantizer, bitrate_kbit, key_frame_interval, b_frames, stop_},
                                            channels_ == 1 ? PixelFormat::gray : PixelFormat::rgb);
    if (!own_directory_) notes_->add(path, writer_->temporary());
    clip_ = clip, grid_ = grid, first_ = context.id(), written_ = 0;
  }
  void finish() {
    broken_ = nullptr;
    if (const auto writer = std::move(writer_)) writer->close(), made_.insert(clip_);
    clip_.clear();
  }

  std::unique_ptr<VideoWriter> writer_;
  std::string clip_;
  TimeGrid grid_;
  ItemId first_;
  std::int64_t channels_ = 0, height_ = 0, width_ = 0;
  std::int64_t written_ = 0;       ///< rows of the clip that are in the file
  std::exception_ptr broken_;      ///< why the clip lost a window, item `first_`, and its file
  std::exception_ptr unfinished_;  ///< why a film of this scope could not be finished
  std::optional<FilmNotes> notes_;
  Stop stop_;
  bool own_directory_ = false;
  std::set<std::string> made_;
  notes::OwnFiles films_;
};
TIVIT_STAGE("video/encode", Encode)

}  // namespace tivit::video
