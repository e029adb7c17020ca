#pragma once
// Processor time of this process, all its threads, user and system.
#include <sys/resource.h>

namespace tivit::bench {

class CpuSeconds {
 public:
  double passed() const { return now() - begin_; }

 private:
  static double now() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
  }
  double begin_ = now();
};

}  // namespace tivit::bench
