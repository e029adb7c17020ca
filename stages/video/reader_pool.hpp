#pragma once
// Open decoders, shared by all who read windows of the same file.
#include <memory>
#include <stages/video/reader.hpp>

namespace tivit::video {

/// A decoder lent for frames [first, last] of a file: the idle one from which `first` is nearest, or a new one. Where one that is at work
/// will soon be much nearer, it is waited for, so that two threads do not decode the same pictures side by side.
class LentReader {
 public:
  LentReader(const std::shared_ptr<const VideoFile>& file, int threads, std::int64_t first, std::int64_t last, const Stop& stop);
  /// Closes it, unless it was given back.
  ~LentReader();
  LentReader(const LentReader&) = delete;
  LentReader& operator=(const LentReader&) = delete;

  Reader* operator->() const { return reader_.get(); }
  /// For the next one to use; of idle ones all but a few are closed, those idle longest first.
  void give_back();

 private:
  std::unique_ptr<Reader> reader_;
  std::uint64_t number_ = 0;
};

}  // namespace tivit::video
