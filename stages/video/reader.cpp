#include <stages/video/reader.hpp>

#include <gst/app/gstappsink.h>

#include <algorithm>
#include <stages/video/coded_picture.hpp>
#include <stages/video/container.hpp>
#include <tivit/error.hpp>

namespace tivit::video {

std::atomic<std::uint64_t> pictures_decoded{0};

namespace {

/// What a seek takes, in pictures decoded meanwhile.
constexpr std::int64_t seek_cost = 16;

[[noreturn]] void fail(const FrameTable& table, std::int64_t frame, const std::string& why) {
  char text[96];
  std::snprintf(text, sizeof text, "frame %lld (%.3f s) ", static_cast<long long>(frame),
                seconds(table.times[static_cast<std::size_t>(frame)]));
  throw Error(text + why, "copy the file again, or leave this clip out");
}

}  // namespace

Reader::Reader(std::shared_ptr<const VideoFile> file, int threads)
    : file_(std::move(file)), threads_(threads), unattributed_before_(unattributed_damage()) {
  open();
}
Reader::~Reader() {
  recent_.clear();
  playback_.reset();
}

void Reader::open() {
  playback_.reset();
  sink_ = make_element("appsink");
  g_object_set(sink_, "sync", FALSE, "max-buffers", 4u, "drop", FALSE, "enable-last-sample", FALSE, "emit-signals", FALSE, nullptr);
  landed_ = coded_ = -1;
  coded_count_ = came_out_ = 0;
  sought_ = false;
  before_.clear();
  const Ref<GstPad> end(gst_element_get_static_pad(sink_, "sink"));
  const auto on_buffer = [](GstPad* pad, GstPadProbeInfo* info, gpointer self) {
    static_cast<Reader*>(self)->on_picture(pad, GST_PAD_PROBE_INFO_BUFFER(info));
    return GST_PAD_PROBE_OK;
  };
  gst_pad_add_probe(end.get(), GST_PAD_PROBE_TYPE_BUFFER, on_buffer, this, nullptr);
  PlaybackHooks hooks;
  hooks.coded = [this](GstPad* pad, GstBuffer* buffer) { on_coded(pad, buffer); };
  hooks.skipped = [this](GstPad* pad, GstBuffer* buffer) { return is_superfluous(pad, buffer); };
  hooks.damaged = [this](const std::string& what) { on_damage(what); };
  hooks.shown = file_->table().shown;
  playback_ = std::make_unique<Playback>(file_->path(), file_->table().chain, sink_, threads_, std::move(hooks));
  gst_element_set_state(playback_->pipeline(), GST_STATE_PLAYING);
  next_ = discard_before_ = 0;
}

void Reader::on_coded(GstPad* pad, GstBuffer* buffer) {
  auto time = stream_time(pad, buffer);
  std::lock_guard lock(mutex_);
  const bool broke = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  // A cluster of Matroska may begin before the key picture that was looked for; what comes before it leans on pictures that were jumped
  // over.
  const bool lands = sought_ && landed_ < 0 && file_->table().container == "matroskademux";
  if ((broke || lands) && sought_ && begins_early(pad, buffer)) time = -1;
  if (broke || lands) landed_ = time, before_.clear();
  if (coded_ >= 0 && !broke) before_.push_back(coded_ - file_->table().start);
  if (before_.size() > 64) before_.erase(before_.begin(), before_.begin() + 32);
  coded_ = time;
  ++coded_count_;
}

bool Reader::is_superfluous(GstPad* pad, GstBuffer* buffer) {
  const auto& table = file_->table();
  const Ref<GstCaps> caps(gst_pad_get_current_caps(pad));
  {
    std::lock_guard lock(mutex_);
    // Some decoders give up on what leans on pictures that were jumped over, or call it damaged.
    if (sought_ && coded_ < 0 && (table.container == "matroskademux" || (caps && hevc_units(caps.get(), buffer).leans_back))) return true;
    if (!skips_ || !table.seekable || coded_ < 0 || expected_.empty()) return false;
    const auto frame = table.frame_of(coded_ - table.start);
    if (frame < 0 || frame > expected_.back() || std::binary_search(expected_.begin(), expected_.end(), frame)) return false;
  }
  return caps && is_disposable(caps.get(), buffer);
}

void Reader::expect(std::span<const std::int64_t> frames) {
  std::lock_guard lock(mutex_);
  expected_.assign(frames.begin(), frames.end());
}

void Reader::on_picture(GstPad* pad, GstBuffer* buffer) {
  // As advance() counts them.
  const auto& table = file_->table();
  std::int64_t number = came_out_++;
  if (table.seekable || !table.proved) {
    const auto time = stream_time(pad, buffer);
    number = time < 0 ? -1 : table.frame_of(time - table.start);
  }
  const Ref<GstCaps> caps(gst_pad_get_current_caps(pad));
  if (caps) ahead_.offer(number, caps.get(), buffer);
}

void Reader::on_damage(const std::string& what) {
  const auto& table = file_->table();
  std::lock_guard lock(mutex_);
  if (sought_ && landed_ < 0 && table.container == "matroskademux") return;  // before the key picture: nobody is shown it
  auto damage = coded_ < 0 ? std::nullopt : table.spoiled(coded_ - table.start, before_, what);
  // Without a time, counting tells where it is; the table of such a file begins at its only known key.
  if (!damage) damage = {std::clamp<std::int64_t>(coded_count_ - 1, 0, table.count() - 1), table.count(), what};
  for (const auto& known : damage_)
    if (known.first <= damage->first && known.last >= damage->last) return;  // the first line says enough
  if (damage->first < damage->last) damage_.push_back(*std::move(damage));
}

bool Reader::suspects_damage() const { return unattributed_damage() != unattributed_before_; }

void Reader::must_be_intact(std::int64_t frame) const {
  const auto check = [&](const std::vector<FrameTable::Damage>& list) {
    for (const auto& damage : list)
      if (frame >= damage.first && frame < damage.last)
        fail(file_->table(), frame, "is damaged: the decoder reports \"" + damage.what + "\"");
  };
  check(file_->table().damage);
  std::lock_guard lock(mutex_);
  check(damage_);
}

bool Reader::goes_on_to(std::int64_t frame) const {
  if (next_ < 0 || next_ > frame) return false;
  const auto& table = file_->table();
  return !table.seekable || frame - next_ <= seek_cost + frame - table.key_before(frame);
}

std::int64_t Reader::distance_to(std::int64_t frame) const {
  if (recent_.spans(frame)) return 0;
  if (goes_on_to(frame)) return frame - next_ + 1;
  return distance_from_key(file_->table(), frame);
}

std::int64_t Reader::distance_from_key(const FrameTable& table, std::int64_t frame) {
  return seek_cost + frame - (table.seekable ? table.key_before(frame) : 0);
}

bool Reader::seek(std::int64_t key, const Stop& stop) {
  const auto& table = file_->table();
  if (!playback_->preroll(stop)) open();
  recent_.clear();
  {
    const std::lock_guard lock(mutex_);
    landed_ = -1;
    sought_ = true;
  }
  const auto at = static_cast<std::size_t>(key);
  const auto gap = (at + 1 < table.times.size() ? table.times[at + 1] : table.end) - table.times[at];
  const auto flags = static_cast<GstSeekFlags>(GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT | GST_SEEK_FLAG_SNAP_BEFORE);
  if (!gst_element_seek(playback_->pipeline(), 1.0, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET, table.start + table.times[at] + gap / 4,
                        GST_SEEK_TYPE_NONE, -1))
    return false;
  next_ = -1, discard_before_ = 0;
  const auto first = advance(stop);
  const Nanoseconds landed = landed_;
  const auto from = landed < 0 ? -1 : table.frame_of(landed - table.start);
  if (first < 0 || from < 0 || from > key || table.key_before(from) != from) return false;
  discard_before_ = from;
  if (first < from) recent_.clear();
  return first <= key;
}

void Reader::go_to(std::int64_t frame, const Stop& stop) {
  const auto& table = file_->table();
  if (table.seekable)
    for (auto key = table.key_before(frame); key > 0; key = table.key_before(key - 1))
      if (seek(key, stop)) return;
  recent_.clear();
  open();
}

std::int64_t Reader::advance(const Stop& stop) {
  const auto& table = file_->table();
  const auto begin = std::chrono::steady_clock::now();
  for (;;) {
    Ref<GstSample> sample(gst_app_sink_try_pull_sample(GST_APP_SINK(sink_), 50 * GST_MSECOND));
    if (!sample) {
      playback_->check_bus();
      if (gst_app_sink_is_eos(GST_APP_SINK(sink_))) return -1;
      if (stop && stop()) throw Cancelled();
      if (std::chrono::steady_clock::now() - begin > stall_limit)
        throw Error("the decoder gave no picture for " + std::to_string(std::chrono::seconds(stall_limit).count()) + " s",
                    "check that the file is whole");
      continue;
    }
    ++pictures_decoded;
    std::int64_t number = next_;
    if (table.seekable || !table.proved) {
      const auto time = stream_time(gst_sample_get_segment(sample.get()), gst_sample_get_buffer(sample.get()));
      number = time < 0 ? -1 : table.frame_of(time - table.start);
      if (!table.seekable && number != next_) throw UntrueTable();
      if (number < 0 || number < discard_before_) continue;  // unknown to the table, or leaning on what was jumped over
    }
    next_ = number + 1;
    recent_.add(number, std::move(sample));
    return number;
  }
}

void Reader::reach(std::int64_t frame, const Stop& stop) {
  while (next_ <= frame) {
    if (stop && stop()) throw Cancelled();
    if (advance(stop) >= 0) continue;
    if (!file_->table().proved) throw UntrueTable();
    must_be_intact(frame);
    fail(file_->table(), frame, "does not come out: the decoder ended after " + std::to_string(next_) + " pictures");
  }
}

void Reader::take(const Taking& taking, const Stop& stop) {
  struct End {
    TakeAhead& ahead;
    ~End() { ahead.end(); }
  } end{ahead_};
  ahead_.begin(taking);
  for (std::size_t i = 0; i < taking.frames.size(); ++i) {
    ahead_.want(i);
    GstSample* sample = frame(taking.frames[i], stop);
    GstBuffer* picture = gst_sample_get_buffer(sample);
    if (!ahead_.has_taken(i, picture)) pixels_.take(gst_sample_get_caps(sample), picture, taking.cut, taking.place(i));
  }
}

GstSample* Reader::frame(std::int64_t frame, const Stop& stop) {
  if (!recent_.spans(frame)) {
    if (!goes_on_to(frame)) go_to(frame, stop);
    reach(frame, stop);
    if (!recent_.find(frame) && skips_) {
      // A decoder that guesses how many pictures to hold back may guess wrong where some were kept from it.
      std::unique_lock lock(mutex_);
      skips_ = false;
      lock.unlock();
      go_to(frame, stop);
      reach(frame, stop);
    }
  }
  must_be_intact(frame);
  if (GstSample* sample = recent_.find(frame)) return sample;
  fail(file_->table(), frame, "does not come out of the decoder");
}

}  // namespace tivit::video
