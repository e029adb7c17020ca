#pragma once
// A small model that learns, a stage at a time, as a training graph calls them.
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/TensorOperators.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "../model/models.hpp"
#include "tests/folders.hpp"

namespace tivit::tests {

struct Folder {
  std::filesystem::path path = build_folder() / "test_files" / ("step_" + boost::unit_test::framework::current_test_case().p_name.value);
  Folder() { std::filesystem::remove_all(path), std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

/// Forward, loss and step of one batch, as a training graph calls them.
struct Trainer {
  std::shared_ptr<model::Model> model;
  MadeStage forward, loss, step;
  std::uint32_t number = 0;

  Trainer(std::shared_ptr<model::Model> trained, const Settings& loss_settings, const Settings& step_settings,
          const std::filesystem::path& directory)
      : model(std::move(trained)), forward("model/forward"), loss("train/loss", loss_settings), step("train/step", step_settings) {
    for (auto* stage : {&forward, &loss, &step}) {
      stage->run.training = true;
      stage->run.directory = directory;
    }
    forward.stage->bind("model", model);
    step.stage->bind("model", model);
    for (auto* stage : {&forward, &loss, &step}) stage->open();
  }
  Fields loss_of(const Fields& batch) {
    Lease lease;
    lease.training = true;
    lease.seed = number;
    model->lease_begins(lease);
    const auto logits = forward({Payload::of(batch)});
    return loss({logits[0], Payload::of(batch)}).at(0).as<Fields>();
  }
  void step_with(const Fields& parts) {
    step.context.id_ = ItemId{step.context.epoch_, number++};
    step({Payload::of(parts)});
    model->lease_ends();
  }
  void end_epoch() {
    step.context.scope_ = {"epoch", ItemId{step.context.epoch_}};
    step.stage->scope_end(step.context);
  }
};

inline Settings constant_rate(double rate) { return {{"learning_rate", {rate}}, {"warm_up", {0.0}}, {"floor", {1.0}}}; }

inline Settings tiny_model() {
  return {{"channels", {std::int64_t{1}}},      {"patch", {std::int64_t{4}}},          {"d_model", {std::int64_t{8}}},
          {"num_heads", {std::int64_t{2}}},     {"depth_temporal", {std::int64_t{1}}}, {"depth_spatial", {std::int64_t{1}}},
          {"head_mode", {std::string("frame")}}};
}

inline Fields tiny_batch(double value = 0.5) {
  Fields batch{{"frames", at::full({2, 4, 3, 1, 4, 4}, value)}};
  for (const char* name : {"pitch", "onset", "offset"}) batch.set("targets." + std::string(name), at::ones({2, 4, 88}));
  for (const char* name : {"hand", "clef"}) batch.set("targets." + std::string(name), at::ones({2, 4}, at::kLong));
  return batch;
}

inline double largest_difference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace tivit::tests
