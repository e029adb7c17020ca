#pragma once
// What emit() does for an expand or a gather: gives ids, counts bytes, waits for room, delivers in order.
#include <iterator>
#include <tivit/detail/engine.hpp>

namespace tivit::detail {

/// A gathered item's member as a message of its own: the end of a scope, or a tombstone (`why`, unless it was lost before).
void append_member(const Member& member, const std::shared_ptr<const Tombstone>& why, std::vector<Outgoing>& out);

class NodeEmit final : public Emit {
 public:
  NodeEmit(Engine& engine, Node& node, Context& context, std::vector<std::shared_ptr<LeaseToken>> leases, const Inputs* inputs)
      : engine_(engine), node_(node), context_(context), leases_(std::move(leases)), inputs_(inputs) {}

  void put(std::vector<Payload> outputs) override;

  std::optional<Scope> gather_scope;  ///< a gather's: outputs belong to it
  bool discard = false;               ///< a scope that lost a member: what `finish` makes of it is not sent
  bool hold = false;                  ///< what `finish` makes is kept until it has returned: it may yet fail
  /// restores_members: sends the tombstones and scope ends that lie before the next living member.
  void restore_dead(std::vector<Outgoing>& out);
  /// restores_members: the members that were not given back leave as tombstones.
  void lose_rest(const std::shared_ptr<const Tombstone>& why, std::vector<Outgoing>& out);
  /// What was held, to be sent, and its bytes by output port.
  void release(std::vector<Outgoing>& out, std::vector<std::size_t>& bytes) {
    std::move(held_.begin(), held_.end(), std::back_inserter(out));
    bytes = std::move(held_bytes_);
  }
  std::uint32_t emitted() const { return emitted_; }
  std::size_t restored() const { return member_; }

 private:
  /// An expand that is ahead of those behind it waits, from `at_s` on; throws Cancelled when the run stops.
  void wait_for_room(Engine::Lock& lock, double at_s);
  void trace(const ItemId& id, const Beside& beside, double at_s) const;

  Engine& engine_;
  Node& node_;
  Context& context_;
  std::vector<std::shared_ptr<LeaseToken>> leases_;
  const Inputs* inputs_;
  std::vector<Outgoing> held_;
  std::vector<std::size_t> held_bytes_;
  std::uint32_t emitted_ = 0;
  std::size_t member_ = 0;
};

}  // namespace tivit::detail
