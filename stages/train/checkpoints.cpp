#include <stages/data/safetensors.hpp>
#include <stages/train/checkpoints.hpp>
#include <tivit/atomic_file.hpp>

#include <nlohmann/json.hpp>

namespace tivit::train {

void write_checkpoint(const std::filesystem::path& folder, const std::string& name, const Checkpoint& checkpoint) {
  nlohmann::ordered_json about{{"epoch", checkpoint.epoch}, {"step", checkpoint.step}};
  for (const auto& [figure, value] : checkpoint.figures) about[figure] = value;
  std::map<std::string, std::string> metadata{{"format", "pt"}};
  for (const auto& [key, value] : about.items()) metadata[key] = value.dump();
  data::write_safetensors(folder / (name + ".safetensors"), {checkpoint.weights, metadata});
  // The same for people. Readers ask the weights' own metadata: a crash between the two leaves an old one here.
  write_file(folder / (name + ".json"), about.dump(2) + "\n");
}

std::string epoch_name(std::uint32_t epoch) {
  const auto digits = std::to_string(epoch);
  return "epoch-" + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

}  // namespace tivit::train
