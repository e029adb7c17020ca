#include <stages/video/reader_pool.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <tivit/error.hpp>
#include <utility>

namespace tivit::video {
namespace {

constexpr std::size_t most_idle = 6;
/// Pictures that waiting for another thread's decoder must save.
constexpr std::int64_t worth_waiting = 32;
/// By how many pictures windows overlap whose reader is worth waiting for: beyond that, a film's background is made, which takes long.
constexpr std::int64_t most_overlap = 64;
/// Threads that were given neighbouring windows one after the other may ask in any order.
constexpr std::chrono::milliseconds grace{5};

/// Who has a decoder or waits for one.
struct User {
  std::uint64_t number;
  const VideoFile* file;
  int threads;
  std::int64_t first, end;
  std::int64_t kept;  ///< pictures that a reader still has when it is given back
};
std::int64_t pictures_kept(const FrameTable& table) {
  const std::int64_t bytes = std::int64_t{table.width} * table.height * 3 / 2;  // as most are decoded
  return std::min(most_overlap, static_cast<std::int64_t>(RecentPictures::limit) / std::max<std::int64_t>(bytes, 1));
}

struct Pool {
  std::mutex mutex;
  std::condition_variable changed;
  std::list<std::unique_ptr<Reader>> idle;  // front: idle longest
  std::list<User> users;
  std::uint64_t numbers = 0;

  std::list<std::unique_ptr<Reader>>::iterator nearest(const User& user) {
    const auto distance = [&](const std::unique_ptr<Reader>& reader) {
      return reader->file().get() == user.file && reader->threads() == user.threads ? reader->distance_to(user.first) : INT64_MAX;
    };
    const auto best = std::min_element(idle.begin(), idle.end(), [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
    return best == idle.end() || distance(*best) == INT64_MAX ? idle.end() : best;
  }
  /// Somebody who reads further up will leave a decoder much nearer than `cost`, not one that has long passed by. (Nobody waits for each
  /// other: all wait upwards.)
  bool should_wait(const User& user, std::int64_t cost) const {
    return std::any_of(users.begin(), users.end(), [&](const User& other) {
      return other.file == user.file && other.threads == user.threads &&
             std::pair(other.first, other.number) < std::pair(user.first, user.number) && other.end <= user.first + user.kept &&
             std::max<std::int64_t>(user.first - other.end, 0) + worth_waiting <= cost;
    });
  }
};
/// Never destroyed: its threads must not outlive what GStreamer tears down at exit.
Pool& pool() {
  static auto* const all = new Pool;
  return *all;
}

}  // namespace

LentReader::LentReader(const std::shared_ptr<const VideoFile>& file, int threads, std::int64_t first, std::int64_t last, const Stop& stop) {
  auto& all = pool();
  {
    std::unique_lock lock(all.mutex);
    number_ = ++all.numbers;
    const User user{number_, file.get(), threads, first, last + 1, pictures_kept(file->table())};
    all.users.push_back(user);
    all.changed.notify_all();
    for (bool graced = false;;) {
      const auto best = all.nearest(user);
      const auto cost = best == all.idle.end() ? Reader::distance_from_key(file->table(), first) : (*best)->distance_to(first);
      const auto wait = [&] { return all.should_wait(user, cost); };
      if (!std::exchange(graced, true) && cost >= worth_waiting) {
        all.changed.wait_for(lock, grace, wait);
        continue;
      }
      if (!wait()) {
        if (best != all.idle.end()) reader_ = std::move(*best), all.idle.erase(best);
        break;
      }
      all.changed.wait_for(lock, std::chrono::milliseconds(50));
      if (stop && stop()) {
        std::erase_if(all.users, [&](const User& one) { return one.number == number_; });
        throw Cancelled();
      }
    }
  }
  try {
    if (!reader_) reader_ = std::make_unique<Reader>(file, threads);
  } catch (...) {
    give_back();
    throw;
  }
}

LentReader::~LentReader() {
  reader_.reset();
  if (number_) give_back();
}

void LentReader::give_back() {
  std::unique_ptr<Reader> closed;  // outside the lock: stopping a pipeline takes a while
  auto& all = pool();
  {
    const std::lock_guard lock(all.mutex);
    std::erase_if(all.users, [&](const User& one) { return one.number == number_; });
    number_ = 0;
    if (reader_) all.idle.push_back(std::move(reader_));
    if (all.idle.size() > most_idle) {
      closed = std::move(all.idle.front());
      all.idle.pop_front();
    }
  }
  all.changed.notify_all();
}

}  // namespace tivit::video
