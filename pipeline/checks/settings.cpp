#include <algorithm>
#include <filesystem>
#include <thread>
#include <tivit/checks/draft.hpp>

namespace tivit::checks {
namespace {

ParameterSpec setting(std::string name, std::string type, std::optional<double> low = {}, std::vector<std::string> choices = {}) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.type = std::move(type);
  spec.low = low;
  spec.choices = std::move(choices);
  return spec;
}

/// The values of one section, checked; keys in `elsewhere` are read by others.
class Settings {
 public:
  Settings(std::string section, const Value::Table& table, Mistakes& mistakes)
      : section_(std::move(section)), table_(table), mistakes_(mistakes) {}

  template <class T>
  void read(const ParameterSpec& spec, T& into) {
    known_.push_back(spec.name);
    const Value* value = find(table_, spec.name);
    if (!value || value->bad()) return;
    try {
      const bool text = spec.type == "string" || spec.type == "path";
      into = ParameterTraits<T>::from(spec.checked(text ? typed_value(*value) : parameter_value(*value)));
    } catch (const Error& error) {
      mistakes_.add(value->origin, error, "[" + section_ + "] " + spec.name + ": ");
    }
  }
  void known(std::string key) { known_.push_back(std::move(key)); }
  void refuse_others() {
    for (const auto& entry : table_)
      if (std::find(known_.begin(), known_.end(), entry.key) == known_.end())
        mistakes_.add(entry.origin, "[" + section_ + "] has no key \"" + entry.key + "\"", Mistakes::suggestion(entry.key, known_, ""));
  }

 private:
  std::string section_;
  const Value::Table& table_;
  Mistakes& mistakes_;
  std::vector<std::string> known_;
};

bool is_device(const std::string& name) {
  if (name == "cpu" || name == "cuda") return true;
  return name.starts_with("cuda:") && name.size() > 5 && name.find_first_not_of("0123456789", 5) == std::string::npos;
}

}  // namespace

void read_settings(Draft& draft) {
  Plan& plan = draft.plan;
  plan.title = draft.graph.title;
  plan.file = draft.graph.file;
  plan.warnings = draft.graph.warnings;
  plan.name = std::filesystem::path(draft.graph.file).stem().string();

  std::int64_t seed = 0;
  std::string mode = "eval";
  ByteCount memory{plan.memory_bytes};
  Settings run("run", draft.graph.run, draft.mistakes);
  run.read(setting("seed", "integer", 0), seed);
  run.read(setting("epochs", "integer", 1), plan.epochs);
  run.read(setting("mode", "string", {}, {"train", "eval"}), mode);
  run.read(setting("memory", "bytes", 1), memory);
  run.read(setting("device", "string"), plan.device);
  run.read(setting("precision", "string", {}, {"fp32", "bf16", "auto"}), plan.precision);
  run.read(setting("directory", "path"), plan.directory);
  run.read(setting("name", "string"), plan.name);
  run.known("on_error");
  run.known("plugins");
  run.refuse_others();
  plan.seed = static_cast<std::uint64_t>(seed);
  plan.training = mode == "train";
  plan.memory_bytes = memory.bytes;
  const auto place = [&](const char* key) {
    const Value* value = find(draft.graph.run, key);
    return value ? value->origin : Origin{draft.graph.file};
  };
  if (!is_device(plan.device))
    draft.mistakes.add(place("device"), "there is no device \"" + plan.device + "\"", "write \"cpu\", \"cuda\" or \"cuda:1\"");
  if (plan.name.empty() || plan.name.find('/') != std::string::npos)
    draft.mistakes.add(place("name"), "\"" + plan.name + "\" cannot be the name of a run",
                       "write a name without \"/\"; the folder is [run] directory");

  plan.threads.pipeline = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  Settings runtime("runtime", draft.graph.runtime, draft.mistakes);
  runtime.read(setting("pipeline_threads", "integer", 1), plan.threads.pipeline);
  runtime.read(setting("intra_op_threads", "integer", 1), plan.threads.intra_op);
  runtime.read(setting("decode_threads", "integer", 1), plan.threads.decode);
  runtime.refuse_others();
}

}  // namespace tivit::checks
