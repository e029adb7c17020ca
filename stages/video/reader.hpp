#pragma once
// One open decoder that stands somewhere in a video.
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <span>
#include <stages/video/playback.hpp>
#include <stages/video/recent_pictures.hpp>
#include <stages/video/take_ahead.hpp>
#include <stages/video/video_file.hpp>
#include <string>
#include <vector>

namespace tivit::video {

/// What came out of the decoder is not what a table that was not proved says.
struct UntrueTable : std::exception {};

class Reader {
 public:
  Reader(std::shared_ptr<const VideoFile> file, int threads);
  ~Reader();

  const std::shared_ptr<const VideoFile>& file() const { return file_; }
  int threads() const { return threads_; }
  /// Pictures to decode before `frame` comes out; the pool picks the reader with the fewest.
  std::int64_t distance_to(std::int64_t frame) const;
  /// What will be asked for next, rising: pictures before the last of them that nothing leans on need not be decoded.
  void expect(std::span<const std::int64_t> frames);
  /// The picture; valid until the next call. Throws Error when it is damaged or does not come out, and UntrueTable.
  GstSample* frame(std::int64_t frame, const Stop& stop);
  Pixels& pixels() { return pixels_; }
  /// Fills every place.
  void take(const Taking& taking, const Stop& stop);
  /// Lines about damage that no pipeline could claim have come up since this reader began.
  bool suspects_damage() const;
  /// Pictures to decode before `frame` comes out of a decoder that is opened for it.
  static std::int64_t distance_from_key(const FrameTable& table, std::int64_t frame);

 private:
  bool goes_on_to(std::int64_t frame) const;
  void open();
  void go_to(std::int64_t frame, const Stop& stop);
  /// Decodes on until `frame` has come out, or should have.
  void reach(std::int64_t frame, const Stop& stop);
  /// Moves to a key frame and checks that it was one. False: it was not.
  bool seek(std::int64_t key, const Stop& stop);
  /// Pulls the next picture into `recent_`; its number, or -1 at the end of the stream.
  std::int64_t advance(const Stop& stop);
  void must_be_intact(std::int64_t frame) const;
  void on_coded(GstPad* pad, GstBuffer* buffer);
  bool is_superfluous(GstPad* pad, GstBuffer* buffer);
  void on_picture(GstPad* pad, GstBuffer* buffer);
  void on_damage(const std::string& what);

  std::shared_ptr<const VideoFile> file_;
  int threads_;
  std::unique_ptr<Playback> playback_;
  GstElement* sink_ = nullptr;
  std::int64_t next_ = 0;                ///< the picture that comes out next
  std::int64_t discard_before_ = 0;      ///< after a seek: pictures that lean on what was jumped over
  std::atomic<Nanoseconds> landed_{-1};  ///< stream time of the coded picture after the last break
  mutable std::mutex mutex_;             // for what follows: streaming threads write it
  Nanoseconds coded_ = -1;               ///< stream time of the coded picture the decoder has now
  std::int64_t coded_count_ = 0;
  bool sought_ = false;              ///< it began with a seek, not with the first picture
  std::vector<Nanoseconds> before_;  ///< those it had before, without a break; counted from the table's start
  std::vector<FrameTable::Damage> damage_;
  std::vector<std::int64_t> expected_;
  bool skips_ = true;  ///< superfluous pictures are kept from the decoder
  RecentPictures recent_;
  std::uint64_t unattributed_before_ = 0;
  Pixels pixels_;
  TakeAhead ahead_;
  std::int64_t came_out_ = 0;  ///< pictures, since the pipeline was opened; of its streaming thread
};

/// Pictures that came out of any decoder since the process began.
extern std::atomic<std::uint64_t> pictures_decoded;

}  // namespace tivit::video
