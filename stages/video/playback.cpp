#include <stages/video/playback.hpp>

#include <cstring>
#include <stages/video/picture_memory.hpp>

namespace tivit::video {
namespace {

bool is_picture(const char* name) { return g_str_has_prefix(name, "video/") || g_str_has_prefix(name, "image/"); }

bool is_video(GstPad* pad, bool decoded) {
  Ref<GstCaps> caps(gst_pad_get_current_caps(pad));
  if (!caps) caps.reset(gst_pad_query_caps(pad, nullptr));
  if (!caps || gst_caps_is_any(caps.get()) || gst_caps_get_size(caps.get()) == 0) return false;
  const char* name = gst_structure_get_name(gst_caps_get_structure(caps.get(), 0));
  return decoded ? g_str_equal(name, "video/x-raw") : is_picture(name);
}

bool has_class(GstElement* element, const char* word) {
  const char* klass = gst_element_get_metadata(element, GST_ELEMENT_METADATA_KLASS);
  return klass && std::strstr(klass, word);
}

}  // namespace

class Playback::Listener final : public DamageListener {
 public:
  explicit Listener(const PlaybackHooks& hooks) : damaged_(hooks.damaged) {}
  void damaged(const std::string& what) override {
    if (damaged_) damaged_(what);
  }

 private:
  std::function<void(const std::string&)> damaged_;
};

Playback::Playback(std::filesystem::path file, const Chain& chain, GstElement* sink, int threads, PlaybackHooks hooks,
                   std::chrono::milliseconds stall)
    : file_(std::move(file)),
      demuxer_(chain.empty() ? "" : chain.front()),
      decode_(chain.size() != 1),
      decodebin_(chain.empty()),
      threads_(threads),
      stall_(stall),
      hooks_(std::move(hooks)),
      listener_(std::make_shared<Listener>(hooks_)),
      sink_(sink),
      video_(sink) {
  pipeline_.reset(gst_pipeline_new(nullptr));
  gst_bin_add(GST_BIN(pipeline_.get()), sink_);
  GstElement* source = make_element("filesrc");
  gst_bin_add(GST_BIN(pipeline_.get()), source);
  g_object_set(source, "location", file_.c_str(), nullptr);
  GstElement* parse = make_element(chain.empty() ? "decodebin" : demuxer_.c_str());
  gst_bin_add(GST_BIN(pipeline_.get()), parse);
  if (decode_) {
    const Ref<GstPad> end(gst_element_get_static_pad(sink_, "sink"));
    offer_picture_memory(end.get());
    g_signal_connect(pipeline_.get(), "deep-element-added", G_CALLBACK(on_element), this);
    if (chain.empty()) {
      g_object_set(parse, "force-sw-decoders", TRUE, nullptr);
      g_signal_connect(parse, "autoplug-continue", G_CALLBACK(on_continue), this);
    } else {
      add_decoder(chain);
    }
  }
  g_signal_connect(parse, "pad-added", G_CALLBACK(on_pad), this);
  g_signal_connect(parse, "no-more-pads", G_CALLBACK(on_all_pads), this);
  if (!chain.empty()) g_signal_connect(parse, "pad-added", G_CALLBACK(on_demuxed), this);
  const Ref<GstPad> bytes(gst_element_get_static_pad(source, "src"));
  if (!hooks_.shown.pieces.empty()) show_bytes(bytes.get(), hooks_.shown);
  gst_element_link(source, parse);
  Ref<GstBus> bus(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), on_message, this, nullptr);
}

Playback::~Playback() { pipeline_.reset(); }

void Playback::add_decoder(const Chain& chain) {
  for (auto name = chain.rbegin(); name + 1 != chain.rend(); ++name) {
    GstElement* element = make_element(name->c_str());
    gst_bin_add(GST_BIN(pipeline_.get()), element);
    gst_element_link(element, video_);
    video_ = element;
  }
}

gboolean Playback::on_continue(GstElement*, GstPad* pad, GstCaps* caps, gpointer data) {
  // Sound and subtitles are of no use: leave them coded.
  const char* name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  if (g_str_has_prefix(name, "audio/") || g_str_has_prefix(name, "text/") || g_str_has_prefix(name, "subpicture/")) return FALSE;
  // A second video would be decoded in vain, and its pictures counted as the first one's.
  const Ref<GstPad> own(GST_IS_GHOST_PAD(pad) ? gst_ghost_pad_get_target(GST_GHOST_PAD(pad)) : GST_PAD(gst_object_ref(pad)));
  const Ref<GstElement> from(own ? gst_pad_get_parent_element(own.get()) : nullptr);
  if (!from || !has_class(from.get(), "Demux") || !is_picture(name)) return TRUE;
  GstPad* first = nullptr;
  return static_cast<Playback*>(data)->coded_video_.compare_exchange_strong(first, own.get()) || first == own.get();
}

void Playback::on_element(GstBin*, GstBin*, GstElement* element, gpointer data) {
  auto& self = *static_cast<Playback*>(data);
  if (has_class(element, "Demux")) {
    if (!self.demuxer_.empty()) return;
    self.demuxer_ = GST_OBJECT_NAME(gst_element_get_factory(element));
    g_signal_connect(element, "pad-added", G_CALLBACK(on_demuxed), data);
    return;
  }
  if (!has_class(element, "Decoder") || !(has_class(element, "Video") || has_class(element, "Image"))) return;
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), "max-threads"))
    g_object_set(element, "max-threads", self.threads_, nullptr);
  Ref<GstPad> pad(gst_element_get_static_pad(element, "sink"));
  if (pad) gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, on_coded, data, nullptr);
}

void Playback::on_demuxed(GstElement*, GstPad* pad, gpointer data) {
  if (static_cast<Playback*>(data)->hooks_.shown.open_ended) open_segments(pad);
}

void Playback::on_pad(GstElement*, GstPad* pad, gpointer data) {
  auto& self = *static_cast<Playback*>(data);
  if (is_video(pad, self.decodebin_) && !self.has_video_.exchange(true)) {
    Ref<GstPad> target(gst_element_get_static_pad(self.video_, "sink"));
    if (!self.decode_) gst_pad_add_probe(target.get(), GST_PAD_PROBE_TYPE_BUFFER, on_coded, data, nullptr);
    gst_pad_link(pad, target.get());
    return;
  }
  GstElement* drain = make_element("fakesink");
  g_object_set(drain, "async", FALSE, "sync", FALSE, nullptr);
  gst_bin_add(GST_BIN(self.pipeline_.get()), drain);
  gst_element_sync_state_with_parent(drain);
  Ref<GstPad> target(gst_element_get_static_pad(drain, "sink"));
  if (self.hooks_.other) gst_pad_add_probe(target.get(), GST_PAD_PROBE_TYPE_BUFFER, on_other, data, nullptr);
  gst_pad_link(pad, target.get());
}

void Playback::on_all_pads(GstElement*, gpointer data) { static_cast<Playback*>(data)->all_pads_ = true; }

GstBusSyncReply Playback::on_message(GstBus*, GstMessage* message, gpointer data) {
  // Streaming threads announce themselves on themselves: what they log from now on concerns this file.
  if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_STREAM_STATUS) return GST_BUS_PASS;
  GstStreamStatusType type;
  gst_message_parse_stream_status(message, &type, nullptr);
  if (type == GST_STREAM_STATUS_TYPE_ENTER) attribute_log_to(static_cast<Playback*>(data)->listener_);
  if (type == GST_STREAM_STATUS_TYPE_LEAVE) attribute_log_to(nullptr);
  return GST_BUS_DROP;
}

GstPadProbeReturn Playback::on_coded(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto& self = *static_cast<Playback*>(data);
  if (self.hooks_.coded) self.hooks_.coded(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  const bool skipped = self.hooks_.skipped && self.hooks_.skipped(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  return skipped ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

GstPadProbeReturn Playback::on_other(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto& self = *static_cast<Playback*>(data);
  if (self.hooks_.other) self.hooks_.other(pad, GST_PAD_PROBE_INFO_BUFFER(info));
  return GST_PAD_PROBE_OK;
}

}  // namespace tivit::video
