#include <tivit/report_pictures.hpp>

#include <algorithm>
#include <boost/archive/iterators/base64_from_binary.hpp>
#include <boost/archive/iterators/transform_width.hpp>
#include <map>
#include <tivit/atomic_file.hpp>

namespace tivit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_pictures = 24, most_bytes = std::size_t{24} << 20;

std::string base64(std::string bytes) {
  using namespace boost::archive::iterators;
  using Encoded = base64_from_binary<transform_width<std::string::const_iterator, 6, 8>>;
  const std::size_t missing = (3 - bytes.size() % 3) % 3;  // the iterators take three bytes at a time
  bytes.append(missing, '\0');
  std::string text(Encoded(bytes.begin()), Encoded(bytes.end()));
  return text.replace(text.size() - missing, missing, missing, '=');
}

/// The number of an `epoch-N` folder on the way to a file and what stands before it; -1 where there is none.
std::pair<std::string, long> epoch_of(const fs::path& path) {
  std::string before;
  for (const auto& part : path.parent_path()) {
    const std::string name = part.string();
    if (name.starts_with("epoch-")) return {before, std::strtol(name.c_str() + 6, nullptr, 10)};
    before += name + "/";
  }
  return {before, -1};
}

}  // namespace

ReportPictures report_pictures(const fs::path& run_directory) {
  std::vector<fs::path> found;
  std::map<std::string, long> last;
  for (const auto& entry : fs::recursive_directory_iterator(run_directory, fs::directory_options::skip_permission_denied)) {
    const std::string extension = entry.path().extension().string();
    if (!entry.is_regular_file() || (extension != ".png" && extension != ".svg")) continue;
    found.push_back(fs::relative(entry.path(), run_directory));
    const auto [folder, epoch] = epoch_of(found.back());
    const auto known = last.try_emplace(folder, epoch).first;
    known->second = std::max(known->second, epoch);
  }
  std::sort(found.begin(), found.end());
  ReportPictures pictures;
  std::size_t bytes = 0;
  for (const auto& path : found) {
    const auto [folder, epoch] = epoch_of(path);
    std::error_code none;
    const std::size_t size = fs::file_size(run_directory / path, none);
    if (epoch < last.at(folder) || pictures.shown.size() == most_pictures || none || bytes + size > most_bytes) {
      ++pictures.left_out;
      continue;
    }
    bytes += size;
    const std::string type = path.extension() == ".svg" ? "svg+xml" : "png";
    pictures.shown.emplace_back(path.string(), "data:image/" + type + ";base64," + base64(read_file(run_directory / path)));
  }
  return pictures;
}

}  // namespace tivit
