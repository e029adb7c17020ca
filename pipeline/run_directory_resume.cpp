// The run directory of a run that goes on where it was interrupted.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <tivit/atomic_file.hpp>
#include <tivit/detail/of_epoch.hpp>
#include <tivit/detail/run_manifest.hpp>
#include <tivit/graph_difference.hpp>
#include <tivit/run_directory.hpp>
#include <tivit/run_files.hpp>
#include <tivit/text_format.hpp>
#include <tivit/version.hpp>

namespace tivit {
namespace fs = std::filesystem;
namespace {

constexpr const char* snapshot_file = "snapshot.cbor";

std::uint64_t size_of(const fs::path& file) {
  std::error_code none;
  const auto size = fs::file_size(file, none);
  return none ? 0 : size;
}

/// Keeps those of the first `bytes` bytes' lines that `wanted` says.
template <class Wanted>
void keep_lines(const fs::path& file, std::uint64_t bytes, const Wanted& wanted) {
  if (!fs::exists(file)) return;
  std::istringstream in(read_file(file).substr(0, bytes));
  std::string kept;
  for (std::string line; std::getline(in, line);) {
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!json.is_discarded() && wanted(json)) kept += line + "\n";
  }
  write_file(file, kept);
}

/// Files and folders of a run, but for those that come and go by themselves.
std::vector<std::string> entries_of(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (is_utf8(name) && name != "account.reserve" && name.find(".part") == std::string::npos) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// What may change without changing a result.
bool harmless(const std::string& difference) {
  for (const char* name : {"title:", "run.directory:", "run.name:", "run.memory:", "run.stalled_after:", "runtime.pipeline_threads:",
                           "runtime.decode_threads:", "versions.oneTBB:", "versions.sources:"})
    if (difference.starts_with(name)) return true;
  return difference.starts_with("after[") && difference.find("].run: ") != std::string::npos;  // its text is compared
}

/// What both have, value by value: a stage that only one has, and what it uses, are told by the graphs' texts.
void compare(const std::string& name, const nlohmann::ordered_json& before, const nlohmann::ordered_json& now,
             std::vector<std::string>& out) {
  if (before.is_object() && now.is_object()) {
    for (const auto& [key, value] : before.items())
      if (key != "use" && now.contains(key)) compare(name.empty() ? key : name + "." + key, value, now[key], out);
  } else if (before != now) {
    const auto text = [](const auto& value) { return value.is_string() ? value.template get<std::string>() : value.dump(); };
    if (const auto line = GraphDifference{name, ResolvedValue{text(before), ""}, ResolvedValue{text(now), ""}}.text(); !harmless(line))
      out.push_back(line);
  }
}

}  // namespace

RunDirectory::RunDirectory(const fs::path& path, Reopened) : path_(path) {
  read_manifest(path);
  lock();
}

void RunDirectory::lock() {
  lock_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  if (errno == EWOULDBLOCK) throw Error("the run in this directory is still going on", "wait for its end, or stop it", path_.string());
  throw Error(std::string("the run directory cannot be opened: ") + std::strerror(errno), "check the permissions", path_.string());
}

void RunDirectory::keep(Snapshot snapshot) {
  const std::lock_guard lock(mutex_);
  snapshot.metrics_bytes = size_of(path_ / "metrics.jsonl");
  snapshot.quarantine_bytes = size_of(path_ / "quarantine.jsonl");
  snapshot.entries = entries_of(path_);
  write_file(path_ / snapshot_file, write_snapshot(snapshot));
}

std::optional<Snapshot> RunDirectory::rewind() {
  const std::lock_guard lock(mutex_);
  std::optional<Snapshot> snapshot;
  const fs::path file = path_ / snapshot_file;
  if (fs::exists(file)) snapshot = read_snapshot(read_file(file), file.string());
  const Snapshot nothing;
  const Snapshot& at = snapshot ? *snapshot : nothing;
  gone_.clear();
  for (const auto& name : at.entries)
    if (std::error_code none; !fs::exists(fs::symlink_status(path_ / name, none))) gone_.push_back(name + " is gone");
  for (const auto& [name, bytes] : {std::pair("metrics.jsonl", at.metrics_bytes), std::pair("quarantine.jsonl", at.quarantine_bytes)})
    if (const auto size = size_of(path_ / name); size > 0 && size < bytes) gone_.push_back(std::string(name) + " has lost its end");
  fs::remove_all(path_ / "tensorboard");  // RecordingContext::recall() writes it again
  // Stages upstream had begun the next epoch already when the snapshot was complete.
  keep_lines(path_ / "metrics.jsonl", at.metrics_bytes,
             [&](const auto& line) { return line.value(detail::of_epoch, line.value("epoch", 0U)) < at.epochs; });
  keep_lines(path_ / "quarantine.jsonl", at.quarantine_bytes, [&](const auto& line) {
    const std::string item = line.value("item", ""), stage = line.value("stage", "");
    return stage.find('/') != std::string::npos || std::strtoul(item.c_str(), nullptr, 10) < at.epochs;
  });
  return snapshot;
}

bool RunDirectory::finished() const { return fs::exists(path_ / "account.json") && read_account(path_).value("outcome", "") == "finished"; }

bool RunDirectory::has_quarantine() const { return size_of(path_ / "quarantine.jsonl") > 0; }

void RecordingContext::recall() {
  const fs::path file = directory / "metrics.jsonl";
  if (!fs::exists(file)) return;
  std::istringstream in(read_file(file));
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::ordered_json::parse(text);
    Values values;
    for (const auto& [name, value] : line.items())
      if (name != "event" && name != "epoch")
        values.emplace_back(name, value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>());
    RunContext::metrics(line.at("event"), line.at("epoch"), values);
    run_directory_.append_scalars(line.at("event"), line.at("epoch"), values);
  }
}

std::vector<std::string> RunDirectory::differences(const Plan& plan, const std::string& precision) const {
  std::vector<std::string> out;
  const auto compare_graphs = [&](const fs::path& before, const std::string& now, const std::string& prefix) {
    for (const auto& difference : graph_differences(read_file(before), now, before.string()))
      if (const auto line = difference.text(); !harmless(line)) out.push_back(prefix + line);
  };
  compare_graphs(path_ / "graph.toml", plan.resolved_text, "");
  for (const auto& [path, called] : called_graphs(plan)) {
    const fs::path file = path_ / called_graph(path);
    if (fs::exists(file))
      compare_graphs(file, called->resolved_text, path + ": ");
    else
      out.push_back(path + ": it is called now, and there is no " + called_graph(path) + " from then");
  }
  nlohmann::ordered_json now{{"tivit", version()}, {"precision", precision}};
  now.update(detail::code_of(plan));
  compare("", read_manifest(path_), now, out);
  return out;
}

}  // namespace tivit
