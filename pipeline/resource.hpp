#pragma once
// A resource: something several stages share, such as a model with its optimiser.
#include <cstdint>
#include <string>
#include <string_view>
#include <tivit/item.hpp>
#include <tivit/run_context.hpp>

namespace tivit {

/// What a lease is granted for. Leases are granted one at a time, in item order.
struct Lease {
  bool training = false;   ///< the mode the resource must be in while the lease lasts
  std::uint64_t seed = 0;  ///< a function of (run seed, leasing stage, item): seeds dropout and the like
  ItemId item;
  bool shared_run = false;  ///< granted to a graph called by `[[after]]`: such a graph reads the averaged weights
};

/// Base of every resource. A stage holds it as `std::shared_ptr<Interface>`; between lease_begins and lease_ends the
/// items that carry the lease are the only users.
class Resource {
 public:
  virtual ~Resource() = default;
  virtual void open(RunContext&) {}
  virtual void lease_begins(const Lease&) {}
  virtual void lease_ends() {}
  /// Everything that a resumed run needs, as bytes.
  virtual std::string save_state() const { return {}; }
  virtual void load_state(std::string_view) {}
};

}  // namespace tivit
