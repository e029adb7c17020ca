#pragma once
// What travels on an edge inside a run: an item, the tombstone that took its place, or the end of a scope. Never a gap.
#include <atomic>
#include <memory>
#include <string>
#include <tivit/stage.hpp>
#include <vector>

namespace tivit::detail {

/// Whether a resource is taken; and, for those who watch, by what. `holder` and `stage` change under the engine's lock.
struct LeaseState {
  std::atomic<bool> taken{false};
  std::atomic<std::int64_t> held_ns{0};  ///< by leases that have ended
  std::atomic<std::int64_t> since_ns{0};
  ItemId holder;
  int stage = -1;
};
std::int64_t steady_ns();

/// The exclusive right to use a resource. It ends when the last item that carries it dies, on every path.
class LeaseToken {
 public:
  /// Marks the resource as taken. Until begin() it only keeps others out: so does the end of an epoch or of the run, so that
  /// what stages do then (a checkpoint) comes before the next item's lease.
  LeaseToken(std::shared_ptr<Resource> resource, std::shared_ptr<LeaseState> state, const ItemId& holder, int stage)
      : resource_(std::move(resource)), state_(std::move(state)) {
    state_->holder = holder;
    state_->stage = stage;
    state_->since_ns.store(steady_ns(), std::memory_order_relaxed);
    state_->taken.store(true);
  }
  void begin(const Lease& lease) {
    resource_->lease_begins(lease);
    begun_ = true;
  }
  ~LeaseToken();
  LeaseToken(const LeaseToken&) = delete;
  LeaseToken& operator=(const LeaseToken&) = delete;
  bool begun() const { return begun_; }
  const Resource* resource() const { return resource_.get(); }

 private:
  std::shared_ptr<Resource> resource_;
  std::shared_ptr<LeaseState> state_;
  bool begun_ = false;
};

/// Everything an item carries beside its payload; shared by copies of the item.
struct Beside {
  Attachments attachments;
  std::shared_ptr<const Members> members;
  std::vector<std::shared_ptr<LeaseToken>> leases;
};

/// The one copy of a scope's kind, so that messages are small and kinds are compared by address.
const std::string* scope_kind(const std::string& kind);

struct Message {
  enum class Kind : std::uint8_t { item, tombstone, scope_end };
  Kind kind = Kind::item;
  ItemId id;                                   ///< of the item, or of the scope that ended
  const std::string* scope = nullptr;          ///< scope_end: the scope's kind
  Payload payload;                             ///< item
  std::shared_ptr<const Beside> beside;        ///< item, tombstone; scope_end: leases, and members that were in no item
  std::shared_ptr<const Tombstone> tombstone;  ///< tombstone

  static Message lost(ItemId id, std::shared_ptr<const Tombstone> why, std::shared_ptr<const Beside> beside) {
    return {Kind::tombstone, id, nullptr, {}, std::move(beside), std::move(why)};
  }
  static Message end(const std::string& scope, ItemId id) { return {Kind::scope_end, id, scope_kind(scope), {}, nullptr, nullptr}; }
};

/// A message for one output port, or (-1) for all of them.
struct Outgoing {
  int output = -1;
  Message message;
};
/// Adds one item for each output port.
void append_items(const ItemId& id, std::vector<Payload> outputs, const std::shared_ptr<const Beside>& beside, std::vector<Outgoing>& out);

}  // namespace tivit::detail
