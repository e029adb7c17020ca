#pragma once
// Opens data/clips as a run does, and collects what it gives.
#include <boost/test/unit_test.hpp>
#include <stages/data/clip.hpp>
#include <tests/data/python.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/registry.hpp>

namespace tivit::tests {
namespace fs = std::filesystem;

using Settings = std::vector<std::pair<std::string, ParameterValue>>;
inline ParameterValue text(const std::string& value) { return {value}; }
inline ParameterValue number(std::int64_t value) { return {value}; }
inline ParameterValue list(const std::vector<std::string>& values) {
  ParameterValue::List out;
  for (const auto& value : values) out.push_back({value});
  return {out};
}

struct Opened {
  std::vector<data::Clip> clips;
  std::vector<SourceName> sources;
  std::string skipped;  ///< what the run directory says
};

inline Opened open(const Settings& settings, std::uint32_t epoch = 0, std::uint64_t seed = 1) {
  const auto& spec = Registry::instance().find("data/clips");
  auto stage = spec.make();
  for (const auto& [name, value] : settings) stage->set(name, spec.parameter(name)->checked(value));
  RunContext run;
  run.seed = seed;
  run.directory = tests::folder("clips_run");
  fs::remove(run.directory / "skipped_files.tsv");
  stage->open(run);
  Opened out;
  for (std::uint32_t i = 0;; ++i) {
    Context context;
    context.id_ = ItemId{epoch, i};
    context.run_ = &run;
    context.stage_ = "clips";
    context.spec_ = &spec;
    const auto made = stage->next(context);
    if (!made) break;
    out.clips.push_back(made->at(0).as<data::Clip>());
    out.sources.push_back(*context.out_.find<SourceName>());
    BOOST_TEST(context.out_.find<data::Clip>()->name == out.clips.back().name);
  }
  if (fs::exists(run.directory / "skipped_files.tsv")) out.skipped = read_file(run.directory / "skipped_files.tsv");
  return out;
}

inline std::string problem(const Settings& settings) {
  try {
    open(settings);
  } catch (const Error& error) {
    return error.problem();
  }
  return "";
}

inline std::vector<std::string> names(const std::vector<data::Clip>& clips) {
  std::vector<std::string> out;
  for (const auto& clip : clips) out.push_back(clip.name);
  return out;
}
using Names = std::vector<std::string>;

}  // namespace tivit::tests
