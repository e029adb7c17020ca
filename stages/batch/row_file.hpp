#pragma once
// Rows of a tensor that lie on disk while they become more.
#include <ATen/core/Tensor.h>

#include <filesystem>
#include <memory>
#include <string>
#include <tivit/descriptor.hpp>

namespace tivit::batch {

/// A table [T,…] that grows without taking memory: a file without a name, in `folder`, that is gone when nobody uses it any more.
/// Throws Error naming the folder where it cannot be made, and when the disk is full.
class RowFile {
 public:
  /// `folder`, or what will hold it: a called graph's own folder is made when something is written there.
  explicit RowFile(const std::filesystem::path& folder);

  /// Type and size of a row: "f32[88]".
  static std::string kind(const at::Tensor& rows);
  /// Puts `rows` ([n,…], any device) where row `first` is. All rows have the type and the sizes of the first ones.
  void write(std::int64_t first, const at::Tensor& rows);
  /// The first `count` rows, read from the file as they are looked at.
  at::Tensor map(std::int64_t count) const;

 private:
  std::filesystem::path folder_;
  std::shared_ptr<const Descriptor> file_;
  at::Tensor like_;  ///< no row of it: type and sizes
};

}  // namespace tivit::batch
