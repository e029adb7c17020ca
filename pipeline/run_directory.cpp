#include <tivit/run_directory.hpp>

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <system_error>
#include <tivit/account_text.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/detail/run_manifest.hpp>
#include <tivit/event_record.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace fs = std::filesystem;

namespace {

/// Holds room for account.json, so that it can be written even when the disk is full.
constexpr const char* reserve = "account.reserve";

/// As a shell reads it as one word.
std::string shell_word(const std::string& text) {
  constexpr const char* plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@%+,";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// The wanted path in one form, to whose name a number can be added.
fs::path with_a_name(const fs::path& wanted) {
  fs::path path = wanted.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();  // of "out/" the "out"
  if (const auto name = path.filename(); name.empty() || name == "." || name == "..")
    throw Error("cannot make the run directory " + wanted.string() + ": this is not the name of a new folder",
                "give another with --run-dir");
  return path;
}

/// A run is resumed and replayed in the folder it was started in, which its files, that are UTF-8, have to name.
void refuse_other_bytes(const fs::path& folder) {
  if (!is_utf8(folder.string()))
    throw Error("a run cannot be started in a folder whose name is not UTF-8", "rename the folder, or start it in another one",
                printable(folder.string()));
}

}  // namespace

std::vector<std::pair<std::string, const Plan*>> called_graphs(const Plan& plan) {
  std::vector<std::pair<std::string, const Plan*>> list;
  for (const auto& after : plan.after) {
    list.emplace_back(after.name, after.plan.get());
    for (const auto& [path, called] : called_graphs(*after.plan)) list.emplace_back(after.name + "/" + path, called);
  }
  return list;
}

std::string called_graph(const std::string& path) { return "graph-" + path + ".toml"; }

RunDirectory::RunDirectory(const fs::path& asked) {
  const fs::path wanted = with_a_name(asked);
  refuse_other_bytes(fs::current_path());
  std::error_code error;
  if (wanted.has_parent_path()) fs::create_directories(wanted.parent_path(), error);
  for (int number = 1; number < 100000; ++number) {
    const fs::path candidate = number == 1 ? wanted : fs::path(wanted.string() + "-" + std::to_string(number));
    // create_directory tells an existing one apart, so two runs started at once never share one.
    if (fs::create_directory(candidate, error)) {
      path_ = candidate;
      lock();
      break;
    }
    if (error || number == 99999)
      throw Error("cannot make the run directory " + candidate.string() + ": " + error.message(), "give another with --run-dir");
  }
}

RunDirectory::~RunDirectory() {
  std::error_code none;
  if (!path_.empty()) fs::remove(path_ / reserve, none);
  if (lock_ >= 0) ::close(lock_);
}

// Points a link beside the run directory here; a real file or folder of that name is left alone.
void RunDirectory::link(const std::string& name) {
  std::error_code error;
  const fs::path at = path_.parent_path() / name;
  if (fs::exists(fs::symlink_status(at)) && !fs::is_symlink(at)) return;
  const fs::path temporary = at.string() + ".tmp" + std::to_string(::getpid());
  fs::create_directory_symlink(path_.filename(), temporary, error);
  if (!error) fs::rename(temporary, at, error);
}

void RunDirectory::write_start(const Plan& plan, const std::string& precision, const std::vector<std::string>& command) {
  if (!plan.only) link("latest"), name_ = plan.name;
  write_file(path_ / reserve, std::string(65536, ' '));
  write_file(path_ / "graph.toml", plan.resolved_text);
  for (const auto& [path, called] : called_graphs(plan)) write_file(path_ / called_graph(path), called->resolved_text);
  const auto manifest = detail::run_manifest(plan, precision, command);
  write_file(path_ / "manifest.json", manifest.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void RunDirectory::append(const std::string& file, const std::string& line) {
  const std::lock_guard lock(mutex_);
  append_whole(path_ / file, line + "\n");
}

void RunDirectory::append_scalars(const std::string& event, std::uint32_t epoch, const RunContext::Values& values) {
  std::int64_t step = epoch;
  RunContext::Values scalars;
  for (const auto& value : values)
    if (value.first == "step")
      step = std::llround(value.second);
    else
      scalars.push_back(value);
  // The one place of a run's figures that holds wall time: TensorBoard can draw them over it.
  const double now_s = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const fs::path file = path_ / "tensorboard" / "events.out.tfevents.tivit";
  std::error_code error;
  const std::lock_guard lock(mutex_);
  const bool begun = fs::create_directory(file.parent_path(), error);
  append_whole(file, (begun ? version_record(now_s) : "") + scalars_record(now_s, step, event, scalars));
}

void RunDirectory::quarantine(const Failure& failure) {
  nlohmann::ordered_json line{{"item", failure.item}, {"clip", failure.clip}};
  if (failure.end_s >= failure.begin_s) line["begin_s"] = failure.begin_s, line["end_s"] = failure.end_s;
  if (failure.end_frame >= failure.first_frame) line["frames"] = {failure.first_frame, failure.end_frame};
  line["stage"] = failure.stage;
  line["cause"] = failure.cause;
  if (!failure.members.empty()) line["members"] = failure.members;
  line["replay"] = "tivit-run replay " + shell_word(fs::absolute(path_).lexically_normal().string()) + " --stage " +
                   shell_word(failure.stage) + " --item " + shell_word(failure.item);
  append("quarantine.jsonl", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void RunDirectory::write_account(const RunAccount& account, const std::string& outcome, std::uint32_t epochs_before) {
  std::error_code none;
  fs::remove(path_ / reserve, none);
  nlohmann::ordered_json json{{"outcome", outcome}};
  if (epochs_before > 0) json["epochs_before"] = epochs_before;
  json.update(account_json(account));
  write_file(path_ / "account.json", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  if (outcome == "finished" && !name_.empty()) link("latest-" + name_);
}

void RecordingContext::metrics(const std::string& event, std::uint32_t epoch, const Values& values) {
  RunContext::metrics(event, epoch, values);
  nlohmann::ordered_json line{{"event", event}, {"epoch", epoch}};
  // JSON has no word for infinities and NaN; a string keeps them visible.
  for (const auto& [name, value] : values) std::isfinite(value) ? line[name] = value : line[name] = std::to_string(value);
  run_directory_.append("metrics.jsonl", line.dump());
  run_directory_.append_scalars(event, epoch, values);
}

}  // namespace tivit
