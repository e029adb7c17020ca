// A pipeline that stands still is an error after a while, and ends at once when the run is cancelled.
#include <chrono>
#include <stages/video/playback.hpp>
#include <tests/video/bar_code.hpp>
#include <tivit/error.hpp>

using namespace tivit::video;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// Nobody takes pictures from this sink: after the first ones everything before it waits.
GstElement* blocked_sink() {
  GstElement* sink = make_element("appsink");
  g_object_set(sink, "max-buffers", 1u, "drop", FALSE, "sync", FALSE, nullptr);
  return sink;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(playback)

BOOST_AUTO_TEST_CASE(standing_still_is_an_error_after_the_limit) {
  const auto path = tivit::tests::coded_video("still.mp4", 200, 30);
  for (const Chain& chain : {Chain{"qtdemux"}, Chain{"qtdemux", "h264parse", "avdec_h264"}, Chain{}}) {
    Playback playback(path, chain, blocked_sink(), 1, {}, 300ms);
    const auto begin = Clock::now();
    BOOST_CHECK_EXCEPTION(playback.run_to_end([] { return 0; }, {}), tivit::Error, [](const tivit::Error& error) {
      return std::string(error.what()).find("still.mp4: the decoder stands still for 300 ms") != std::string::npos;
    });
    BOOST_TEST((Clock::now() - begin < 5s));
  }
}

BOOST_AUTO_TEST_CASE(cancelling_ends_a_blocked_pipeline_at_once) {
  const auto path = tivit::tests::coded_video("still.mp4", 200, 30);
  auto begin = Clock::now();
  {
    Playback playback(path, {}, blocked_sink(), 1, {});
    begin = Clock::now();
    BOOST_CHECK_THROW(playback.run_to_end([] { return 0; }, [&] { return Clock::now() - begin > 200ms; }), tivit::Cancelled);
  }
  BOOST_TEST((Clock::now() - begin < 1500ms));
}

BOOST_AUTO_TEST_CASE(lines_that_the_user_asked_for_stay) {
  init_gstreamer();
  const auto threshold = [](const char* name) {
    GstDebugCategory* category = nullptr;
    GST_DEBUG_CATEGORY_INIT(category, name, 0, name);
    return gst_debug_category_get_threshold(category);
  };
  gst_debug_set_threshold_for_name("tivit_asked_for", GST_LEVEL_LOG);
  for (const char* name : {"tivit_asked_for", "tivit_not_asked_for"}) at_least(name, GST_LEVEL_ERROR);
  BOOST_TEST(threshold("tivit_asked_for") == GST_LEVEL_LOG);
  BOOST_TEST(threshold("tivit_not_asked_for") == GST_LEVEL_ERROR);
  BOOST_TEST(threshold("libav") >= GST_LEVEL_ERROR);
}

BOOST_AUTO_TEST_SUITE_END()
