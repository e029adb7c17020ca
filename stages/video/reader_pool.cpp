#include <stages/video/reader_pool.hpp>

#include <list>
#include <mutex>

namespace tivit::video {
namespace {

constexpr std::size_t most_idle = 6;

struct Idle {
  std::mutex mutex;
  std::list<std::unique_ptr<Reader>> readers;  // front: idle longest
};
/// Never destroyed: its threads must not outlive what GStreamer tears down at exit.
Idle& idle() {
  static auto* const all = new Idle;
  return *all;
}

}  // namespace

std::unique_ptr<Reader> take_reader(const std::shared_ptr<const VideoFile>& file, int threads, std::int64_t frame) {
  {
    std::lock_guard lock(idle().mutex);
    auto& readers = idle().readers;
    auto best = readers.end();
    for (auto it = readers.begin(); it != readers.end(); ++it)
      if ((*it)->file() == file && (*it)->threads() == threads &&
          (best == readers.end() || (*it)->distance_to(frame) < (*best)->distance_to(frame)))
        best = it;
    if (best != readers.end()) {
      auto reader = std::move(*best);
      readers.erase(best);
      return reader;
    }
  }
  return std::make_unique<Reader>(file, threads);
}

void keep_reader(std::unique_ptr<Reader> reader) {
  std::unique_ptr<Reader> closed;  // outside the lock: stopping a pipeline takes a while
  std::lock_guard lock(idle().mutex);
  idle().readers.push_back(std::move(reader));
  if (idle().readers.size() > most_idle) {
    closed = std::move(idle().readers.front());
    idle().readers.pop_front();
  }
}

}  // namespace tivit::video
