#include <tivit/testing/detail/untouched.hpp>

#include <tivit/codec.hpp>

namespace tivit::testing {

void Untouched::keep(const std::vector<Payload>& values, const ItemId& id, const std::vector<std::string>& ports) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const void* address = values[i] ? values[i].share().get() : nullptr;
    if (!address || !codec_for(values[i].ops().type) || !known_.insert(address).second) continue;
    const std::string port = i < ports.size() ? "\"" + ports[i] + "\"" : std::to_string(i);
    kept_.push_back({"input " + port + " of item " + id.text(), values[i], written(values[i])});
  }
}

std::vector<Event> Untouched::watch(std::vector<Event> events, const std::vector<std::string>& ports) {
  for (auto& event : events) {
    keep(event.values, event.id, ports);
    if (event.make)
      event.make = [this, make = event.make, id = event.id, ports] {
        auto values = make();
        keep(values, id, ports);
        return values;
      };
  }
  return events;
}

std::vector<std::string> Untouched::changed() const {
  std::vector<std::string> words;
  const std::lock_guard lock(mutex_);
  for (const auto& kept : kept_)
    if (const auto where = difference(kept.before, written(kept.payload))) words.push_back("wrote into " + kept.name + *where);
  return words;
}

}  // namespace tivit::testing
