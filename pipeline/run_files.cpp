#include <tivit/run_files.hpp>

#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit {
namespace fs = std::filesystem;
namespace {

nlohmann::ordered_json read_json(const fs::path& file) try {
  return nlohmann::ordered_json::parse(read_file(file));
} catch (const nlohmann::json::exception& error) {
  throw Error(std::string("is damaged: ") + error.what(), "give the directory of another run", file.string());
}

}  // namespace

nlohmann::ordered_json read_manifest(const fs::path& run_directory) {
  const fs::path file = run_directory / "manifest.json";
  if (std::error_code ignored; !fs::exists(file, ignored))
    throw Error("no run has left anything here", "give the directory of a run, such as runs/train", run_directory.string());
  return read_json(file);
}

nlohmann::ordered_json read_account(const fs::path& run_directory) {
  const fs::path file = run_directory / "account.json";
  if (std::error_code ignored; !fs::exists(file, ignored))
    throw Error("no run has left its account here", "give the directory of a run that has ended, such as runs/train",
                run_directory.string());
  return read_json(file);
}

}  // namespace tivit
