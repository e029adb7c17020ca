#include <spdlog/spdlog.h>
#include <tivit/detail/message.hpp>

#include <chrono>
#include <mutex>
#include <set>
#include <tivit/detail/foreign.hpp>

namespace tivit::detail {

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

LeaseToken::~LeaseToken() {
  try {
    if (begun_) native([&] { resource_->lease_ends(); });
  } catch (const std::exception& error) {  // the last item that carries it dies anywhere: there is nobody to tell but the log
    spdlog::error("a resource failed at the end of the lease of item {}, and is used as it was left: {}", state_->holder.text(),
                  short_text(error));
  }
  state_->held_ns.fetch_add(steady_ns() - state_->since_ns.load(std::memory_order_relaxed), std::memory_order_relaxed);
  state_->taken.store(false, std::memory_order_release);
}

const std::string* scope_kind(const std::string& kind) {
  static std::mutex mutex;
  static std::set<std::string> kinds;
  const std::lock_guard lock(mutex);
  return &*kinds.insert(kind).first;
}

void append_items(const ItemId& id, std::vector<Payload> outputs, const std::shared_ptr<const Beside>& beside, std::vector<Outgoing>& out) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    Outgoing& one = out.emplace_back();
    one.output = static_cast<int>(i);
    one.message.id = id;
    one.message.payload = std::move(outputs[i]);
    one.message.beside = beside;
  }
}

}  // namespace tivit::detail
