// The harness: what goes in comes out with its id, scope, company and order; and what it refuses.
#include <boost/test/unit_test.hpp>
#include <tivit/testing/harness.hpp>

#include "broken_stages.hpp"

namespace {
using namespace tivit;
using testing::Event;
using testing::Harness;
using Texts = std::vector<std::string>;

Payload number(std::int64_t value) { return Payload::of(tests::Number{value}); }

/// "item 0/1=5", and tombstones and ends as they say themselves.
Texts read(const std::vector<Event>& events) {
  Texts texts;
  for (const auto& event : events) {
    texts.push_back(event.text());
    for (const auto& value : event.values) texts.back() += "=" + std::to_string(value.as<tests::Number>().value);
  }
  return texts;
}

void expect(const std::vector<Event>& events, const Texts& wanted) { BOOST_TEST(read(events) == wanted, boost::test_tools::per_element()); }

template <class Call>
void says(Call call, const std::string& text) {
  BOOST_CHECK_EXCEPTION(call(), Error, [&](const Error& error) {
    BOOST_TEST(error.what() == text);
    return true;
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(harness)

BOOST_AUTO_TEST_CASE(items_tombstones_and_ends_keep_their_places) {
  Harness h("broken/pass");
  h.feed({{"number", number(1)}}).lose("it was noise").feed({{"number", number(3)}}).end("epoch").feed({{"number", number(4)}});
  expect(h.run(), {"item 0/0=1", "item 0/1 lost at before: it was noise", "item 0/2=3", "end of epoch 0", "item 1/0=4", "end of epoch 1"});
  expect(h.run(), {"end of epoch 0"});
}

BOOST_AUTO_TEST_CASE(scopes_lie_in_epochs) {
  Harness spread("broken/spread");
  spread.inside("recording").feed({{"number", number(1)}}).end("recording").feed({{"number", number(5)}});
  expect(spread.run(), {"item 0/0/0/0=1", "item 0/0/0/1=2", "end of part 0/0/0", "end of recording 0/0", "item 0/1/0/0=5", "item 0/1/0/1=6",
                        "end of part 0/1/0", "end of epoch 0"});
  Harness total("broken/total");
  total.feed({{"number", number(2)}}).feed({{"number", number(3)}}).end("epoch").feed({{"number", number(9)}});
  expect(total.run(), {"item 0=5", "item 1=9", "end of run"});
  total.feed({{"number", number(2)}}).lose("it was noise");
  expect(total.run(), {"item 1 lost at before: it was noise", "end of run"});
}

BOOST_AUTO_TEST_CASE(what_travels_beside_an_item_and_what_it_was_gathered_from_are_seen) {
  Harness pairs("broken/pairs");
  pairs.attach(SourceName{"etude", 1, 2});
  for (int i = 0; i < 3; ++i) pairs.feed({{"number", number(i)}});
  const auto events = pairs.run();
  expect(events, {"item 0/0=1", "item 0/1=2", "end of epoch 0"});
  BOOST_TEST(events[0].members->size() == 2u);
  BOOST_TEST(events[1].members->at(0).id.text() == "0/2");
  BOOST_TEST(events[1].members->at(0).attachments.find<SourceName>()->clip == "etude");
  Harness pass("broken/pass");
  pass.attach(SourceName{"etude", 1, 2}).feed({{"number", number(1)}});
  BOOST_TEST(pass.run().at(0).attachments.find<SourceName>()->text() == (SourceName{"etude", 1, 2}).text());
}

BOOST_AUTO_TEST_CASE(events_bring_ids_of_their_own) {
  Harness h("broken/double");
  h.context.seed = 3;
  std::vector<Event> events{Event::item({4, 17}, {number(1)}), Event::lost({4, 20}), Event::item({6, 2}, {number(1)})};
  h.feed(events, {"number"});
  const auto seen = read(h.run());
  BOOST_TEST_REQUIRE(seen.size() == 6u);
  BOOST_TEST(seen[0].starts_with("item 4/17="));
  BOOST_TEST((Texts(seen.begin() + 1, seen.begin() + 4) ==
              Texts{"item 4/20 lost at before: lost on the way", "end of epoch 4", "end of epoch 5"}));
  Harness alone("broken/double");
  alone.context.seed = 3;
  alone.feed({events[2]}, {"number"});
  BOOST_TEST(read(alone.run()).at(0) == seen[4]);  // what is drawn depends on the id
}

BOOST_AUTO_TEST_CASE(one_value_is_one_call) {
  Harness running("broken/running");
  BOOST_TEST(running({number(2)}).at(0).as<tests::Number>().value == 2);
  BOOST_TEST(running({number(3)}).at(0).as<tests::Number>().value == 5);
  running.renew();  // its state is saved, and loaded by another
  BOOST_TEST(running({number(4)}).at(0).as<tests::Number>().value == 9);
  BOOST_TEST(running.calls().at(0).id.text() == "0/2");
  Harness write("broken/write");
  BOOST_TEST(write({number(7)}).empty());
  BOOST_TEST(write.folder().files().empty());  // no scope ended
  write.feed({{"number", number(8)}}).run();
  BOOST_TEST(write.folder().files().at("epoch0.txt") == "7\n8\n");
}

BOOST_AUTO_TEST_CASE(a_failed_item_is_a_tombstone_in_a_stream_and_an_exception_alone) {
  Harness h("broken/double");
  h.feed({{"number", number(-1)}}).feed({{"number", number(0)}});
  BOOST_TEST(h.run().at(0).text() == "item 0/0 lost at tested: a negative number");
  BOOST_TEST(h.account().failures.size() == 1u);
  says([&] { h({number(-1)}); }, "a negative number");
  h.on_error.action = OnError::Do::fail;
  h.feed({{"number", number(-1)}});
  says([&] { h.run(); }, "stage \"tested\", item 0/3: a negative number");
}

BOOST_AUTO_TEST_CASE(pauses_pass_at_once_on_the_harness_s_clock) {
  Harness h("broken/double");
  h.on_error = {OnError::Do::retry, 3, 10.0};
  const auto began = std::chrono::steady_clock::now();
  h.feed({{"number", number(-1)}});
  expect(h.run(), {"item 0/0 lost at tested: a negative number", "end of epoch 0"});
  BOOST_TEST(h.clock().waited_s() == 10.0 + 20 + 30);  // twice as long each time, at most half a minute
  BOOST_TEST(h.calls().size() == 4u);
  BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds(5)));
}

BOOST_AUTO_TEST_CASE(a_source_is_read_for_as_many_epochs_as_end) {
  Harness four("broken/four");
  four.end("epoch").end("epoch");
  const auto seen = read(four.run());
  BOOST_TEST(seen.size() == 10u);
  BOOST_TEST(seen.at(5) == "item 1/0=0");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
  says([] { Harness("broken/doubel"); }, "there is no stage \"broken/doubel\"; did you mean \"broken/double\"?");
  says([] { testing::make_resource("broken/pass"); }, "broken/pass is no resource; a Harness is for stages");
  says([] { Harness("broken/pass", {{"pace", {2.0}}}).run(); }, "broken/pass has no parameter \"pace\"");
  says(
      [] {
        Harness("broken/pass", {{"how", {2.0}}})({number(1)});
      },
      "parameter \"how\" expected a string, got a number 2.0; write for example how = \"text\"");
  says(
      [] {
        Harness("broken/pass").feed({{"numbre", number(1)}}).run();
      },
      "input \"number\" of broken/pass is given nothing; give its items a value for each port that is not optional");
  says(
      [] {
        Harness("broken/pass").feed({{"number", number(1)}, {"other", number(1)}}).run();
      },
      "broken/pass has no inputs \"other\"; it has \"number\"");
  says(
      [] {
        Harness("broken/pass").feed({{"number", number(1)}}).feed({{"other", number(1)}});
      },
      "items have values for \"other\", those before them for \"number\"; ports are connected for all items or for none");
  says([] { Harness("broken/pass").end("recording"); }, "no \"recording\" is open; say inside(\"recording\") first");
  says([] { Harness("broken/double")({Payload::of(tests::Number{1}), number(2)}); }, "broken/double has no inputs \"\"; it has \"number\"");
  says([] { Harness("broken/double")({Payload()}); },
       "input \"number\" of broken/double is given nothing; give its items a value for each port that is not optional");
}

BOOST_AUTO_TEST_SUITE_END()
