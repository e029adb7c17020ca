#include <tivit/account.hpp>

#include <cstdio>

namespace tivit {

std::uint64_t RunAccount::produced() const {
  std::uint64_t total = 0;
  for (const auto& stage : stages)
    if (stage.stage.starts_with("*")) total += stage.in;
  return total;
}

std::uint64_t RunAccount::failed() const { return failures.size(); }

std::string RunAccount::table() const {
  std::string text = "stage                          in      done    failed   dropped    passed       out    busy s\n";
  for (const auto& s : stages) {
    char line[192];
    std::snprintf(line, sizeof line, "%-24.24s %9llu %9llu %9llu %9llu %9llu %9llu %9.2f\n", s.stage.c_str(), (unsigned long long)s.in,
                  (unsigned long long)s.done, (unsigned long long)s.failed, (unsigned long long)s.dropped, (unsigned long long)s.passed,
                  (unsigned long long)s.out, s.busy_s);
    text += line;
  }
  return text;
}

}  // namespace tivit
