// video/cache (resource): rows that stages decoded, kept for the next epoch and the next run.
//
//   [resources.cache]
//   use = "video/cache"
//   directory = "cache"
//   limit = "4 GiB"
//   [stages.frames]
//   use = "video/decode"
//   cache = "cache"
//
// An entry's name is the hash of all it depends on: the file's whole content, the stage and its version, crop, size, corners, time
// base. A changed parameter therefore makes new entries; old ones leave when room is needed, those used longest ago first.
// Any number of runs may share a folder; what else lies in it is left alone. Damaged files are made again. Fails when the folder cannot be
// made; rows that a full disk has no room for are read again each time, which the log says once.
#include <cstdlib>
#include <stages/video/frame_cache.hpp>
#include <tivit/tensor/stage.hpp>
#include <tivit/writable.hpp>

namespace tivit::video {
namespace {

namespace fs = std::filesystem;

fs::path user_cache() {
  if (const char* set = std::getenv("XDG_CACHE_HOME"); set && *set) return fs::path(set) / "tivit";
  if (const char* home = std::getenv("HOME"); home && *home) return fs::path(home) / ".cache/tivit";
  return fs::temp_directory_path() / "tivit-cache";
}

class Cache : public FrameCache {
 public:
  fs::path directory;
  ByteCount limit{std::uint64_t{4} << 30};
  std::string where = "disk";
  std::int64_t rows_per_chunk = 32;

  static void contract(Contract<Cache>& c) {
    c.resource("cache", "keeps decoded rows in memory or on disk, bounded in bytes");
    c.param("directory", &Cache::directory).doc("folder of the files; empty: the user's cache folder ($XDG_CACHE_HOME/tivit)");
    c.param("limit", &Cache::limit)
        .unit("bytes")
        .at_least(1 << 20)
        .doc("what all entries together may take; the least recently used make room");
    c.param("where", &Cache::where).one_of({"disk", "memory"}).doc("\"disk\" is shared by runs, \"memory\" ends with this one");
    c.param("rows_per_chunk", &Cache::rows_per_chunk).range(1, 4096).unit("rows").doc("rows that are made and kept together");
    c.example("[resources.cache]\nuse = \"video/cache\"\nwhere = \"memory\"\nlimit = \"512 MiB\"\n");
  }
  void check(Faults& faults) const {
    if (where == "disk" && !directory.empty()) check_folder(faults, "directory", directory);
  }
  void open(RunContext&) override {
    chunk_rows_ = rows_per_chunk;
    store_ = where == "memory" ? memory_store(limit.bytes) : disk_store(directory.empty() ? user_cache() : directory, limit.bytes);
  }
};
TIVIT_RESOURCE("video/cache", Cache)

}  // namespace
}  // namespace tivit::video
