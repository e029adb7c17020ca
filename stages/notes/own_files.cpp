#include <stages/notes/own_files.hpp>

#include <mutex>

namespace tivit::notes {
namespace {

/// Stages do not know each other: what they write meets here.
struct Claims {
  struct Claim {
    const OwnFiles* owner;
    std::string stage;
  };
  std::mutex mutex;
  /// The graphs that a run calls have contexts of their own, and so has another run of this process: they come one after the other.
  std::map<std::pair<const RunContext*, std::filesystem::path>, Claim> by_file;
};
Claims& claims() {
  static Claims all;
  return all;
}

}  // namespace

OwnFiles::~OwnFiles() {
  const std::lock_guard lock(claims().mutex);
  std::erase_if(claims().by_file, [&](const auto& entry) { return entry.second.owner == this; });
}

void OwnFiles::claim(const std::filesystem::path& file, const Context& context) const {
  const std::lock_guard lock(claims().mutex);
  const Claims::Claim own{this, context.stage()};
  auto& known = claims().by_file.try_emplace({context.run_, std::filesystem::absolute(file).lexically_normal()}, own).first->second;
  if (known.stage != own.stage)
    throw Error("the stages \"" + known.stage + "\" and \"" + own.stage + "\" both write this file: one would replace the other's",
                "give one of them a folder or a file of its own", file.string());
  known = own;
}

// An item that failed and is tried again asks for its own file a second time.
bool OwnFiles::claim_for_item(const std::filesystem::path& file, const Context& context) const {
  claim(file, context);
  const std::lock_guard lock(claims().mutex);
  return used_.try_emplace({context.epoch(), file}, context.id()).first->second == context.id();
}

}  // namespace tivit::notes
