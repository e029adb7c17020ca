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

BOOST_AUTO_TEST_SUITE_END()
