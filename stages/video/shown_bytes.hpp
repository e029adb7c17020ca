#pragma once
// What a demuxer is shown instead of a file: the same file, but for a few bytes.
#include <cstdint>
#include <string>
#include <vector>

using GstPad = struct _GstPad;

namespace tivit::video {

struct ShownBytes {
  struct Piece {
    std::uint64_t place = 0;  ///< in the file
    std::string values;
  };
  std::vector<Piece> pieces;
  /// The demuxer's segments go on for ever: it ends them when the media are over as if their first picture came at once.
  bool open_ended = false;
};

/// Has `source`, a pad that is pulled from, give the pieces where they lie. They must outlive it.
void show_bytes(GstPad* source, const ShownBytes& shown);
/// What follows `pad` gets its segments without their ends.
void open_segments(GstPad* pad);

}  // namespace tivit::video
