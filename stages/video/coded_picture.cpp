#include <stages/video/coded_picture.hpp>

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <string>
#include <tivit/error.hpp>

namespace tivit::video {
namespace {

const GstStructure* structure(GstCaps* caps) { return gst_caps_get_structure(caps, 0); }
bool is(GstCaps* caps, const char* name) { return gst_structure_has_name(structure(caps), name); }

/// Bytes that give each unit's length in front of it, or 0: units begin with start codes.
unsigned length_bytes(GstCaps* caps, bool h265) {
  const char* format = gst_structure_get_string(structure(caps), "stream-format");
  if (!format || std::strcmp(format, "byte-stream") == 0) return 0;
  const GValue* value = gst_structure_get_value(structure(caps), "codec_data");
  GstMapInfo map;
  unsigned bytes = 4;
  if (value && gst_buffer_map(gst_value_get_buffer(value), &map, GST_MAP_READ)) {
    const gsize at = h265 ? 21 : 4;
    if (map.size > at) bytes = (map.data[at] & 3u) + 1;
    gst_buffer_unmap(gst_value_get_buffer(value), &map);
  }
  return bytes;
}

/// Calls `found` with the first byte of every unit, until it says true; whether it did.
template <class Found>
bool any_unit(GstBuffer* picture, unsigned length, const Found& found) {
  GstMapInfo map;
  if (!gst_buffer_map(picture, &map, GST_MAP_READ)) return false;
  bool any = false;
  if (length == 0) {
    for (gsize i = 0; i + 3 < map.size && !any; ++i)
      any = map.data[i] == 0 && map.data[i + 1] == 0 && map.data[i + 2] == 1 && found(map.data[i + 3]);
  }
  for (gsize at = 0; length > 0 && at + length < map.size && !any;) {
    gsize size = 0;
    for (unsigned i = 0; i < length; ++i) size = size << 8 | map.data[at + i];
    any = found(map.data[at + length]);
    at += length + size;
  }
  gst_buffer_unmap(picture, &map);
  return any;
}

}  // namespace

bool decodes_alone(GstCaps* caps, GstBuffer* picture) {
  if (GST_BUFFER_FLAG_IS_SET(picture, GST_BUFFER_FLAG_DELTA_UNIT)) return false;
  const bool h265 = is(caps, "video/x-h265");
  if (!h265 && !is(caps, "video/x-h264")) return true;
  return any_unit(picture, length_bytes(caps, h265), [&](std::uint8_t first) {
    const int type = h265 ? first >> 1 & 63 : first & 31;
    return h265 ? type >= 16 && type <= 21 : type == 5;
  });
}

HevcUnits hevc_units(GstCaps* caps, GstBuffer* picture) {
  HevcUnits units;
  if (!is(caps, "video/x-h265")) return units;
  any_unit(picture, length_bytes(caps, true), [&](std::uint8_t first) {
    const int type = first >> 1 & 63;
    units.leans_back |= type == 8 || type == 9;
    units.begins_anew |= type >= 16 && type <= 18;
    units.random_access |= type >= 16 && type <= 21;
    units.ends_sequence |= type == 36 || type == 37;  // of the sequence, of the stream
    return false;
  });
  return units;
}

bool is_disposable(GstCaps* caps, GstBuffer* picture) {
  if (!is(caps, "video/x-h264")) return false;
  bool any = false;
  const bool needed = any_unit(picture, length_bytes(caps, false), [&](std::uint8_t first) {
    const bool slice = (first & 31) >= 1 && (first & 31) <= 5;
    any |= slice;
    return slice && (first >> 5 & 3);
  });
  return any && !needed;
}

bool is_shown(GstCaps* caps, GstBuffer* picture) {
  if (GST_BUFFER_FLAG_IS_SET(picture, GST_BUFFER_FLAG_DECODE_ONLY)) return false;
  std::uint8_t first = 0;
  return !is(caps, "video/x-vp8") || gst_buffer_extract(picture, 0, &first, 1) != 1 || (first & 16);
}

void must_be_known(GstCaps* caps) {
  const GValue* value = is(caps, "video/x-h265") ? gst_structure_get_value(structure(caps), "codec_data") : nullptr;
  GstMapInfo map;
  if (!value || !gst_buffer_map(gst_value_get_buffer(value), &map, GST_MAP_READ)) return;
  // HEVCDecoderConfigurationRecord, ISO/IEC 14496-15, 8.3.3.1
  const bool gray = map.size > 17 && (map.data[16] & 3) == 0;
  const int bits = map.size > 17 ? 8 + (map.data[17] & 7) : 8;
  gst_buffer_unmap(gst_value_get_buffer(value), &map);
  if (!gray || bits == 8) return;
  throw Error("is black and white with " + std::to_string(bits) + " bits a sample, which the decoder has no name for",
              "make a film of 8 bits of it: ffmpeg -i IN -pix_fmt yuv420p OUT.mp4");
}

bool is_well_behaved(GstCaps* caps) {
  for (const char* name : {"video/x-h264", "video/x-h265", "video/x-vp8", "video/x-vp9", "video/x-av1"})
    if (is(caps, name)) return true;
  return false;
}

}  // namespace tivit::video
