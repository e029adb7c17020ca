// model/tivit against every reference configuration: weights from torch.save files, inputs and logits from .npz.
#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/npz.hpp>

#include "../shared_data.hpp"
#include "models.hpp"
#include "tivit_config.hpp"

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(every_reference_configuration_gives_its_logits) {
  for (const char* name : {"tiny_frame", "tiny_clip", "seed_like", "no_global_depth", "no_global_tokens"}) {
    const auto folder = tivit::tests::shared("golden/model/" + std::string(name));
    if (!folder) return;
    const auto config = nlohmann::json::parse(std::ifstream(*folder / "config.json"));
    auto settings = tivit::tests::tivit_settings(config["model"]);
    settings.push_back({"weights", {(*folder / "state_dict.pt").string()}});
    const auto model = tivit::tests::make_model("model/tivit", settings);
    std::vector<std::string> names;
    for (const auto& entry : model->parameters()) names.push_back(entry.name);
    BOOST_TEST(names == config["parameters_in_registration_order"].get<std::vector<std::string>>(), boost::test_tools::per_element());

    const c10::NoGradGuard no_grad;
    const auto io = tivit::data::read_npz(*folder / "io.npz").arrays;
    int compared = 0;
    for (const auto& [input, prefix] : {std::pair{"input", ""}, {"input_5d", "from_5d_"}}) {
      if (!io.has(input)) continue;
      const auto logits = model->forward({{"frames", io.at(input)}});
      for (const auto& [head, value] : logits) {
        const auto& wanted = io.at(prefix + head + "_logits");
        BOOST_TEST((value.sizes() == wanted.sizes()));
        BOOST_TEST((value - wanted).abs().max().item<double>() < 1e-5, name << " " << head);
        ++compared;
      }
    }
    BOOST_TEST(compared >= 5);
  }
}

BOOST_AUTO_TEST_CASE(weights_of_another_model_are_refused_by_name) {
  const auto file = tivit::tests::shared("golden/model/no_global_tokens/state_dict.pt");
  if (!file) return;
  const auto config = nlohmann::json::parse(std::ifstream(file->parent_path().parent_path() / "tiny_frame" / "config.json"));
  auto settings = tivit::tests::tivit_settings(config["model"]);
  settings.push_back({"weights", {file->string()}});
  BOOST_CHECK_EXCEPTION(tivit::tests::make_model("model/tivit", settings), tivit::Error, [&](const tivit::Error& error) {
    return error.problem().starts_with(
               "these weights do not fit the model: missing: \"encoder.global_ctx\"; of another shape: \"embed.proj.weight is [12, 1, 2, "
               "4, 4], not [12, 3, 2, 4, 4]\"") &&
           error.where() == file->string();
  });
}

BOOST_AUTO_TEST_SUITE_END()
