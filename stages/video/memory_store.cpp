#include <stages/video/chunk_store.hpp>

#include <list>
#include <map>
#include <mutex>

namespace tivit::video {
namespace {

class MemoryStore final : public ChunkStore {
 public:
  explicit MemoryStore(std::uint64_t limit) : limit_(limit) {}

  at::Tensor find(const std::string& name) override {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return {};
    order_.splice(order_.end(), order_, found->second);
    return found->second->second;
  }

  at::Tensor joined(std::span<const std::string> names, std::int64_t first, std::int64_t count) override {
    const at::Tensor chunk = names.size() == 1 ? find(names[0]) : at::Tensor();
    return chunk.defined() ? chunk.narrow(0, first, count) : at::Tensor();
  }

  void put(const std::string& name, const at::Tensor& chunk) override {
    const auto size = static_cast<std::uint64_t>(chunk.nbytes());
    if (size > limit_) return;
    // A narrow view would keep the whole of what it is a view of.
    at::Tensor own = chunk.storage().nbytes() == chunk.nbytes() ? chunk : chunk.clone();
    std::lock_guard lock(mutex_);
    if (entries_.count(name)) return;
    while (bytes_ + size > limit_) {
      bytes_ -= static_cast<std::uint64_t>(order_.front().second.nbytes());
      entries_.erase(order_.front().first);
      order_.pop_front();
    }
    entries_[name] = order_.insert(order_.end(), {name, std::move(own)});
    bytes_ += size;
  }

  std::uint64_t bytes() override {
    std::lock_guard lock(mutex_);
    return bytes_;
  }

 private:
  using Order = std::list<std::pair<std::string, at::Tensor>>;  // front: used longest ago
  std::mutex mutex_;
  std::uint64_t limit_, bytes_ = 0;
  Order order_;
  std::map<std::string, Order::iterator> entries_;
};

}  // namespace

std::unique_ptr<ChunkStore> memory_store(std::uint64_t limit_bytes) { return std::make_unique<MemoryStore>(limit_bytes); }

}  // namespace tivit::video
