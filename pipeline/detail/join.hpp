#pragma once
// Puts together what belongs together on the ports of one stage.
//
// Streams keep their order and have no gaps, so ports of one domain are a zip; a port whose items lie further up (an
// ancestor's domain) repeats its item for everything that was made from it:
//
//   port strips      1/0/0  1/0/1  1/0/2  end(recording 1/0)  1/1/0 ...
//   port background  1/0 ------------------------------------  1/1
#include <optional>
#include <tivit/detail/message.hpp>
#include <tivit/detail/meter.hpp>
#include <tivit/detail/ring.hpp>
#include <vector>

namespace tivit::detail {

struct JoinPort {
  std::size_t depth = 0;  ///< of the item ids of the port's domain
  bool same = true;       ///< lies in the stage's own domain; otherwise an ancestor's
  bool open = false;      ///< an optional port that nothing is connected to
  Ring<Message> queue;
  Fill fill;
};

/// One message of every port, for the same item or the same scope end.
struct Joined {
  Message::Kind kind = Message::Kind::item;
  std::vector<Message> parts;  ///< in port order; open ports hold an empty message
  std::size_t lead = 0;        ///< the part that names the item
  const Message& leading() const { return parts[lead]; }
};

class Join {
 public:
  std::vector<JoinPort> ports;

  /// The ports are known now.
  void settle();
  /// The kind of what take() would give; nothing while a message is missing. Throws Error when two ports disagree about what
  /// comes next.
  std::optional<Message::Kind> peek();
  /// Only after peek() has found something.
  const Message& next_lead() const { return ports[lead_].queue.front(); }
  void take(Message::Kind kind, Joined& into);
  /// Whether the port that leads holds an item first; true of a source.
  bool item_leads() const {
    return ports.empty() || (!ports[lead_].queue.empty() && ports[lead_].queue.front().kind == Message::Kind::item);
  }
  bool empty() const;
  /// Whether messages were passed over since this was last asked: there is room again.
  bool passed_over() { return std::exchange(passed_over_, false); }

 private:
  bool align(JoinPort& port, const Message& lead);

  std::size_t lead_ = 0;
  bool passed_over_ = false;
};

}  // namespace tivit::detail
