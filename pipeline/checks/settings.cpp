#include <algorithm>
#include <filesystem>
#include <thread>
#include <tivit/checks/draft.hpp>
#include <tivit/checks/settings.hpp>

namespace tivit::checks {
namespace {

/// More threads than this are a slip of the finger: no machine runs them, and each costs memory.
constexpr double most_threads = 1024;

ParameterSpec setting(std::string name, std::string type, std::string doc, std::optional<double> low = {},
                      std::vector<std::string> choices = {}, std::optional<double> high = {}) {
  ParameterSpec spec;
  spec.name = std::move(name);
  spec.type = std::move(type);
  spec.doc = std::move(doc);
  spec.low = low;
  spec.high = high;
  spec.wide = spec.name == "seed";
  spec.choices = std::move(choices);
  return spec;
}

/// The values of one section, checked.
class Settings {
 public:
  Settings(std::string section, const std::vector<ParameterSpec>& specs, const Value::Table& table, Mistakes& mistakes)
      : section_(std::move(section)), specs_(specs), table_(table), mistakes_(mistakes) {
    for (const auto& spec : specs) known_.push_back(spec.name);
  }

  template <class T>
  void read(const char* key, T& into) {
    const auto& spec = *std::find_if(specs_.begin(), specs_.end(), [&](const auto& one) { return one.name == key; });
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
  const std::vector<ParameterSpec>& specs_;
  const Value::Table& table_;
  Mistakes& mistakes_;
  std::vector<std::string> known_;
};

bool is_device(const std::string& name) {
  if (name == "cpu" || name == "cuda") return true;
  return name.starts_with("cuda:") && name.size() > 5 && name.find_first_not_of("0123456789", 5) == std::string::npos;
}

}  // namespace

const std::vector<ParameterSpec>& run_settings() {
  static const std::vector<ParameterSpec> settings{
      setting("seed", "integer", "every random draw is a function of it, the stage and the item; default 0", 0),
      setting("epochs", "integer", "how often the sources are read; default 1", 1),
      setting("mode", "string", "the mode of models; default eval", {}, {"train", "eval"}),
      setting("memory", "bytes", "bytes in flight; default 2 GiB", 1),
      setting("stalled_after", "duration", "without a call that ends, the run says what waits for what; default 30 s, 0 s: never", 0),
      setting("device", "string", "\"cpu\", \"cuda\" or \"cuda:1\"; default cpu"),
      setting("precision", "string", "auto takes bf16 where the processor computes in it; default fp32", {}, {"fp32", "bf16", "auto"}),
      setting("directory", "path", "where run directories are made; default runs"),
      setting("name", "string", "the run directory's name; default: the file's")};
  return settings;
}

const std::vector<ParameterSpec>& runtime_settings() {
  static const std::vector<ParameterSpec> settings{
      setting("pipeline_threads", "integer", "workers that run stages; default: the number of cores", 1, {}, most_threads),
      setting("intra_op_threads", "integer", "threads inside one tensor operation; other numbers change floating-point sums; default 1", 1,
              {}, most_threads),
      setting("decode_threads", "integer", "threads inside one video decoder; default 1", 1, {}, most_threads)};
  return settings;
}

void read_settings(Draft& draft) {
  Plan& plan = draft.plan;
  plan.title = draft.graph.title;
  plan.file = draft.graph.file;
  plan.warnings = draft.graph.warnings;
  plan.name = std::filesystem::path(draft.graph.file).stem().string();

  std::int64_t seed = 0;
  std::string mode = "eval";
  ByteCount memory{plan.memory_bytes};
  Duration stalled_after{plan.stalled_after_s};
  Settings run("run", run_settings(), draft.graph.run, draft.mistakes);
  run.read("seed", seed);
  run.read("epochs", plan.epochs);
  run.read("mode", mode);
  run.read("memory", memory);
  run.read("stalled_after", stalled_after);
  run.read("device", plan.device);
  run.read("precision", plan.precision);
  run.read("directory", plan.directory);
  run.read("name", plan.name);
  run.known("on_error");
  run.known("plugins");
  run.refuse_others();
  plan.seed = static_cast<std::uint64_t>(seed);
  plan.training = mode == "train";
  plan.memory_bytes = memory.bytes;
  plan.stalled_after_s = stalled_after.seconds;
  const auto place = [&](const char* key) {
    const Value* value = find(draft.graph.run, key);
    return value ? value->origin : Origin{draft.graph.file};
  };
  if (!is_device(plan.device))
    draft.mistakes.add(place("device"), "there is no device \"" + plan.device + "\"", "write \"cpu\", \"cuda\" or \"cuda:1\"");
  if (plan.name.empty() || plan.name == "." || plan.name == ".." || plan.name.find('/') != std::string::npos)
    draft.mistakes.add(place("name"), "\"" + plan.name + "\" cannot be the name of a run",
                       "write a name without \"/\", not \".\" or \"..\"; the folder is [run] directory");

  plan.threads.pipeline = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  Settings runtime("runtime", runtime_settings(), draft.graph.runtime, draft.mistakes);
  runtime.read("pipeline_threads", plan.threads.pipeline);
  runtime.read("intra_op_threads", plan.threads.intra_op);
  runtime.read("decode_threads", plan.threads.decode);
  runtime.refuse_others();
}

}  // namespace tivit::checks
