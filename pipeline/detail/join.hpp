#pragma once
// Puts together what belongs together on the ports of one stage.
//
// Streams keep their order and have no gaps, so ports of one domain are a zip; a port whose items lie further up (an
// ancestor's domain) repeats its item for everything that was made from it:
//
//   port strips      1/0/0  1/0/1  1/0/2  end(recording 1/0)  1/1/0 ...
//   port background  1/0 ------------------------------------  1/1
#include <deque>
#include <optional>
#include <tivit/detail/message.hpp>
#include <vector>

namespace tivit::detail {

struct JoinPort {
  std::size_t depth = 0;  ///< of the item ids of the port's domain
  bool same = true;       ///< lies in the stage's own domain; otherwise an ancestor's
  bool open = false;      ///< an optional port that nothing is connected to
  std::deque<Message> queue;
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

  /// Whether take() would give something. Throws Error when two ports disagree about what comes next.
  bool ready();
  /// The kind of the next joined message; only after ready().
  Message::Kind next_kind();
  const Message& next_lead() const { return ports[lead()].queue.front(); }
  Joined take();
  bool empty() const;

 private:
  std::size_t lead() const;
  bool align(JoinPort& port, const Message& lead);
};

}  // namespace tivit::detail
