#pragma once
// Which arrays of a file were asked for. Those that nobody wanted are told of: a name may be misspelt.
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace tivit::data {

class AskedArrays {
 public:
  AskedArrays(std::string file, const std::vector<std::string>& names) : file_(std::move(file)), unused_(names.begin(), names.end()) {}
  AskedArrays(const AskedArrays&) = delete;
  AskedArrays& operator=(const AskedArrays&) = delete;
  ~AskedArrays();

  /// An array, or a group: `name.…`.
  void ask(const std::string& name);

 private:
  std::mutex mutex_;
  std::string file_;
  std::set<std::string> unused_, asked_;
};

}  // namespace tivit::data
