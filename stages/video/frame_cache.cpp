#include <stages/video/frame_cache.hpp>

#include <ATen/ops/cat.h>
#include <spdlog/spdlog.h>
#include <algorithm>
#include <tivit/error.hpp>
#include <vector>

namespace tivit::video {

/// One call's chunks, and which of them are still undefined.
struct FrameCache::Wanted {
  std::string prefix;
  std::int64_t first_chunk = 0, total = 0, chunk_rows = 0;
  std::vector<at::Tensor> chunks;
  at::Tensor all;  ///< the rows of every chunk, where one call made them
  std::string name(std::size_t i) const { return prefix + "/" + std::to_string(first_chunk + static_cast<std::int64_t>(i)); }
  std::int64_t begin(std::size_t i) const { return (first_chunk + static_cast<std::int64_t>(i)) * chunk_rows; }
  std::int64_t end(std::size_t i) const { return std::min(begin(i) + chunk_rows, total); }
};

// What cannot be kept is not lost: it is made again when it is asked for again.
void FrameCache::keep(const std::string& name, const at::Tensor& rows) try { store_->put(name, rows); } catch (const Error& error) {
  if (!told_.exchange(true)) spdlog::warn("goes on without keeping what is read: {}", error.what());
}

void FrameCache::make_missing(Wanted& wanted, const Make& make) {
  // Claim every missing chunk that nobody works on; only when all claimed ones are made does this call wait for the others.
  std::vector<std::size_t> mine;
  {
    std::unique_lock lock(mutex_);
    for (std::size_t i = 0; i < wanted.chunks.size(); ++i)
      if (!wanted.chunks[i].defined() && in_work_.insert(wanted.name(i)).second) mine.push_back(i);
  }
  struct Release {
    FrameCache& cache;
    const Wanted& wanted;
    const std::vector<std::size_t>& mine;
    ~Release() {
      std::lock_guard lock(cache.mutex_);
      for (const auto i : mine) cache.in_work_.erase(wanted.name(i));
      cache.made_one_.notify_all();
    }
  } release{*this, wanted, mine};

  // Another caller may have finished one between the look-up and the claim.
  std::vector<std::size_t> missing;
  for (const auto i : mine)
    if (!(wanted.chunks[i] = store_->find(wanted.name(i))).defined()) missing.push_back(i);
  for (std::size_t run = 0; run < missing.size();) {
    std::size_t end = run + 1;
    while (end < missing.size() && missing[end] == missing[end - 1] + 1) ++end;
    const auto first = wanted.begin(missing[run]), count = wanted.end(missing[end - 1]) - first;
    const at::Tensor made = make(first, count).contiguous();
    if (made.scalar_type() != at::kByte || made.dim() < 1 || made.size(0) != count)
      throw Error("a cached maker gave " + std::to_string(made.dim() ? made.size(0) : 0) + " rows of " +
                  std::string(at::toString(made.scalar_type())) + ", " + std::to_string(count) + " of uint8 were asked for");
    if (end - run == wanted.chunks.size()) wanted.all = made;
    for (; run < end; ++run) {
      const auto i = missing[run];
      wanted.chunks[i] = made.narrow(0, wanted.begin(i) - first, wanted.end(i) - wanted.begin(i));
      keep(wanted.name(i), wanted.chunks[i]);
      ++made_;
    }
  }
}

at::Tensor FrameCache::rows(const CacheKey& key, std::int64_t first, std::int64_t count, std::int64_t total, const Make& make) {
  if (count == 0) return make(first, 0);  // as without a cache
  if (first < 0 || count < 1 || first + count > total)
    throw Error("rows " + std::to_string(first) + " to " + std::to_string(first + count) + " were asked for of " + std::to_string(total));
  Wanted wanted;
  wanted.chunk_rows = chunk_rows_;
  wanted.total = total;
  wanted.prefix = hash_of(key.text() + "\nrows=" + std::to_string(chunk_rows_) + " of " + std::to_string(total));
  wanted.first_chunk = first / chunk_rows_;
  wanted.chunks.resize(static_cast<std::size_t>((first + count - 1) / chunk_rows_ - wanted.first_chunk + 1));
  const auto skip = first - wanted.begin(0);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < wanted.chunks.size(); ++i) names.push_back(wanted.name(i));
  if (at::Tensor window = store_->joined(names, skip, count); window.defined()) {
    found_ += names.size();
    return window;
  }
  const auto look = [&] {
    bool all = true;
    for (std::size_t i = 0; i < wanted.chunks.size(); ++i)
      if (!wanted.chunks[i].defined()) all &= (wanted.chunks[i] = store_->find(wanted.name(i))).defined();
    return all;
  };
  bool all = look();
  for (const auto& chunk : wanted.chunks) found_ += chunk.defined();
  while (!all) {
    try {
      make_missing(wanted, make);
    } catch (const Error&) {
      // What is wrong may lie in another part of a chunk: what was asked for decides.
      return make(first, count);
    }
    all = look();
    if (all) break;
    // What is still missing is being made by another caller (or was, and failed: then this one makes it).
    std::unique_lock lock(mutex_);
    made_one_.wait(lock, [&] {
      for (std::size_t i = 0; i < wanted.chunks.size(); ++i)
        if (!wanted.chunks[i].defined() && in_work_.count(wanted.name(i))) return false;
      return true;
    });
    lock.unlock();
    all = look();
  }
  if (wanted.chunks.size() == 1) wanted.all = wanted.chunks[0];
  if (!wanted.all.defined()) wanted.all = at::cat(wanted.chunks, 0);
  return wanted.all.narrow(0, skip, count);
}

}  // namespace tivit::video
