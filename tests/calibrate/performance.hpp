#pragma once
// Recordings made by hand, and calibrate/thresholds that is given them.
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>
#include <stages/notes/note.hpp>
#include <stages/report/json_value.hpp>
#include <tests/call_stage.hpp>

namespace tivit::tests {

using nlohmann::json;

/// A recording whose true notes have onset peaks of 0.42 and more, false ones of up to 0.38.
struct Performance {
  Fields logits{{"onset", at::full({400, 88}, -9.f)}, {"frame", at::full({400, 88}, -9.f)}};
  Fields targets{{"onset", at::zeros({400, 88})}, {"frame", at::zeros({400, 88})}};
  notes::Notes truth;
  TimeGrid grid = TimeGrid::from_rate(20);

  explicit Performance(unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> high(0.42f, 0.9f), low(0.1f, 0.38f);
    for (int i = 0; i < 60; ++i) {
      const int row = 5 + 6 * i, key = static_cast<int>(random() % 88);
      const bool real = i % 3 != 0;
      const float p = real ? high(random) : low(random);
      logits.at("onset")[row][key] = std::log(p / (1 - p));
      logits.at("frame").slice(0, row, row + 5).select(1, key).fill_(4);
      if (!real) continue;
      targets.at("onset")[row][key] = 1;
      targets.at("frame").slice(0, row, row + 5).select(1, key).fill_(1);
      truth.list.push_back({row / 20.0, (row + 4.5) / 20.0, key + notes::lowest_pitch});
    }
  }
};

struct Collect final : Emit {
  std::vector<Payload> got;
  void put(std::vector<Payload> outputs) override { got = std::move(outputs); }
};

struct Found {
  json calibration, report;
};

class Calibrating {
 public:
  explicit Calibrating(const Settings& settings) : made_("calibrate/thresholds", settings) { made_.open(); }
  void add(const Performance& one, bool with_targets = true, bool labelled = true, const keyboard::KeyGeometry* geometry = nullptr) {
    made_.context.in_ = {};
    made_.context.in_.set(one.grid);
    if (geometry) made_.context.in_.set(*geometry);
    auto truth = one.truth;
    truth.labelled = labelled;
    made_.stage->add({{"logits", Payload::of(one.logits)},
                      {"reference", Payload::of(truth)},
                      {"targets", with_targets ? Payload::of(one.targets) : Payload{}}},
                     collect_, made_.context);
  }
  Found finish() {
    made_.stage->finish(collect_, made_.context);
    return {collect_.got.at(0).as<json>(), collect_.got.at(1).as<json>()};
  }

 private:
  MadeStage made_;
  Collect collect_;
};

template <class Call>
void says(Call call, const std::string& part) {
  BOOST_CHECK_EXCEPTION(call(), Error, [&](const Error& e) { return std::string(e.what()).find(part) != std::string::npos; });
}

}  // namespace tivit::tests
