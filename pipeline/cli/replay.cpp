#include <tivit/cli/replay.hpp>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/cli/command_line.hpp>
#include <tivit/cli/replay_request.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/plugin.hpp>
#include <tivit/replay_plan.hpp>
#include <tivit/replay_recording.hpp>
#include <tivit/run_directory.hpp>
#include <tivit/run_files.hpp>
#include <tivit/run_program.hpp>
#include <tivit/text_format.hpp>

namespace tivit::cli {
namespace fs = std::filesystem;
namespace {

/// What quarantine.jsonl says of the item: what it was gathered from, and what recording it came from.
struct Told {
  std::vector<ItemId> members;
  std::optional<SourceName> source;
};

Told told_of(const ReplayRequest& wish) {
  const fs::path file = wish.directory / "quarantine.jsonl";
  if (!fs::exists(file)) return {};
  Told told;
  std::istringstream lines(read_file(file));
  for (std::string text; std::getline(lines, text);) {
    const auto line = nlohmann::json::parse(text, nullptr, false);
    if (!line.is_object() || line.value("stage", "") != wish.stage || line.value("item", "") != *wish.item) continue;
    for (const auto& member : line.value("members", nlohmann::json::array()))
      if (const auto id = item_id(member.get<std::string>())) told.members.push_back(*id);
    if (const std::string clip = line.value("clip", ""); !clip.empty())
      told.source = SourceName{clip, line.value("begin_s", 0.0), line.value("end_s", -1.0)};
  }
  return told;
}

/// The graph as it ran, in the folder in which it was started, with its plugins.
Plan plan_of(const ReplayRequest& wish, const std::string& file, const nlohmann::ordered_json& manifest) {
  GraphRequest request;
  request.file = wish.directory / file;
  if (const auto wrong = add_sets(wish.sets, request); !wrong.empty()) throw Errors(wrong);
  std::vector<std::string> plugins = manifest.value("plugins", std::vector<std::string>());
  plugins.insert(plugins.end(), wish.plugins.begin(), wish.plugins.end());
  load_plugins(plugins);
  fs::current_path(manifest.value("working_directory", fs::current_path().string()));
  GraphText text = read_graph(request);
  text.after.clear();
  Plan plan = make_plan(text);
  if (plan.precision == "auto") plan.precision = manifest.value("precision", plan.precision);
  return plan;
}

/// The folder of the one recording that is meant.
fs::path recording_of(const ReplayRequest& wish) {
  std::vector<std::string> names;
  if (fs::exists(wish.directory / "record"))
    for (const auto& entry : fs::directory_iterator(wish.directory / "record")) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  if (!wish.stage.empty()) return wish.directory / "record" / wish.stage;
  if (names.size() == 1) return wish.directory / "record" / names[0];
  throw Error(names.empty() ? "nothing was recorded here" : "several stages were recorded here: " + quoted_list(names),
              names.empty() ? "give --stage and --item of a failure, or record with `tivit-run GRAPH --record STAGE`" : "add --stage NAME",
              wish.directory.string());
}

int replay_recorded(const ReplayRequest& wish) {
  const auto manifest = read_manifest(wish.directory);
  const auto folder = recording_of(wish);
  const Plan plan = plan_of(wish, "graph.toml", manifest);
  Recording recording(folder);
  RunContext context;
  context.directory = wish.run_directory.empty() ? folder / "replayed" : wish.run_directory;
  fs::create_directories(context.directory);
  take_settings(context, plan);
  const auto verdict = replay_recording(plan, recording, context);
  const std::string calls = counted(verdict.calls, "call");
  if (verdict.first_difference) {
    std::cout << "stage " << recording.stage() << ", after " << calls << ": " << *verdict.first_difference << "\n";
    return exit_failed;
  }
  std::cout << "stage " << recording.stage() << ": " << calls << ", everything as it was recorded";
  const std::string missing = recording.cut_short();
  if (!missing.empty()) std::cout << ", but the recording is cut short: " << missing << "; record the stage again";
  std::cout << "\n";
  return missing.empty() ? exit_ok : exit_failed;
}

int replay_item(const ReplayRequest& wish) {
  const auto id = item_id(*wish.item);
  if (!id) throw Error("\"" + *wish.item + "\" is no item", "write it as quarantine.jsonl does: --item 2/17", "command line");
  if (wish.stage.empty()) throw Error("no stage was given", "add --stage NAME", "command line");
  const auto manifest = read_manifest(wish.directory);
  const auto slash = wish.stage.rfind('/');  // before it, the names of called graphs
  const bool called = slash != std::string::npos;
  Plan whole = plan_of(wish, called ? called_graph(wish.stage.substr(0, slash)) : "graph.toml", manifest);
  Told told = told_of(wish);
  ReplayedItem item{called ? wish.stage.substr(slash + 1) : wish.stage, *id, std::move(told.members)};
  const Plan plan = replay_plan(std::move(whole), item);

  RunProgramOptions options;
  std::string folder = wish.stage + "-" + *wish.item;
  std::replace(folder.begin(), folder.end(), '/', '-');
  options.run_directory = wish.run_directory.empty() ? wish.directory / "replays" / folder : wish.run_directory;
  options.command = manifest.value("command", std::vector<std::string>());
  options.quiet = wish.quiet;
  options.called = called;
  options.expected = std::move(told.source);
  if (const auto snapshot = wish.directory / "snapshot.cbor"; fs::exists(snapshot)) {
    options.states = read_snapshot(read_file(snapshot), snapshot.string());
    if (called) options.states->stages.clear();
  }
  return run_program(plan, options);
}

}  // namespace

int replay(const std::vector<std::string>& words) {
  const auto wish = read_replay_request(words);
  if (!wish) return exit_ok;
  return wish->item ? replay_item(*wish) : replay_recorded(*wish);
}

}  // namespace tivit::cli
