#include <stages/notes/midi_bytes.hpp>

#include <cstdint>
#include <limits>
#include <tivit/error.hpp>

namespace tivit::notes {
namespace {

/// Reads forward through one part of the file; never beyond its end.
class Cursor {
 public:
  Cursor(std::string_view file, std::size_t begin, std::size_t end, const std::string& where)
      : file_(file), at_(begin), end_(end), where_(where) {}

  std::size_t at() const { return at_; }
  std::size_t left() const { return end_ - at_; }
  [[noreturn]] void fail(const std::string& problem, const std::string& remedy = "the file is damaged or no MIDI file") const {
    throw Error(problem, remedy, where_ + ", byte " + std::to_string(at_));
  }
  std::string_view take(std::size_t count) {
    if (count > left()) fail("the file ends " + std::to_string(count - left()) + " bytes too early");
    at_ += count;
    return file_.substr(at_ - count, count);
  }
  std::uint8_t peek() const { return left() ? static_cast<std::uint8_t>(file_[at_]) : 0; }
  std::uint32_t number(int bytes) {
    std::uint32_t value = 0;
    for (const char c : take(static_cast<std::size_t>(bytes))) value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
  }
  std::uint32_t variable() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const std::uint32_t byte = number(1);
      value = value << 7 | (byte & 0x7F);
      if (!(byte & 0x80)) return value;
    }
    fail("a number is longer than 4 bytes");
  }

 private:
  std::string_view file_;
  std::size_t at_, end_;
  const std::string& where_;
};

void append_number(std::string& out, std::uint32_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}
void append_event(std::string& out, std::uint32_t delta, std::string_view event) {
  for (int shift = 21; shift > 0; shift -= 7)
    if (delta >> shift) out += static_cast<char>((delta >> shift & 0x7F) | 0x80);
  out += static_cast<char>(delta & 0x7F);
  out += event;
}

/// The events of one track that matter.
std::string plain_track(Cursor in) {
  constexpr std::uint32_t longest_delta = 0x0FFFFFFF;
  std::string out;
  std::uint64_t now = 0, written = 0;
  std::uint8_t status = 0;
  const auto keep = [&](std::string_view event) {
    if (now - written > longest_delta) in.fail("an event comes more than 2^28 ticks after the one before");
    append_event(out, static_cast<std::uint32_t>(now - written), event);
    written = now;
  };
  while (in.left()) {
    now += in.variable();
    if (now > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) in.fail("the track is longer than 2^31 ticks");
    if (!in.left()) in.fail("a track ends after a time, without the event");
    if (in.peek() == 0xFF) {
      in.take(1);  // the status before it goes on behind it, as other readers have it, though the standard lets it end
      const std::uint32_t type = in.number(1);
      const std::string_view data = in.take(in.variable());
      if (type == 0x2F) break;
      if (type == 0x51) {
        if (data.size() != 3) in.fail("a tempo has " + std::to_string(data.size()) + " bytes instead of 3");
        if (data == std::string_view("\0\0\0", 3)) in.fail("a tempo of 0 microseconds a quarter");
        keep(std::string("\xFF\x51\x03") + std::string(data));
      }
      continue;
    }
    if (in.peek() & 0x80) status = static_cast<std::uint8_t>(in.number(1));
    if (status == 0xF0 || status == 0xF7) {
      in.take(in.variable());
      status = 0;
    } else if (status >= 0x80 && status < 0xF0) {
      const int kind = status >> 4;
      const std::string_view data = in.take(kind == 0xC || kind == 0xD ? 1 : 2);
      for (const char c : data)
        if (c & 0x80) in.fail("a data byte above 127");
      if (kind == 0x8 || kind == 0x9) keep(std::string(1, static_cast<char>(status)) + std::string(data));
    } else {
      in.fail(status ? "status byte " + std::to_string(status) + " has no place in a file" : "data without a status byte");
    }
  }
  append_event(out, static_cast<std::uint32_t>(std::min<std::uint64_t>(now - written, longest_delta)), std::string_view("\xFF\x2F\0", 3));
  return out;
}

}  // namespace

std::string plain_midi(std::string_view bytes, const std::string& where) {
  Cursor in(bytes, 0, bytes.size(), where);
  if (bytes.substr(0, 4) != "MThd") in.fail("this is no MIDI file: it does not begin with MThd", "give a standard MIDI file (.mid)");
  in.take(4);
  const std::uint32_t header_bytes = in.number(4);
  if (header_bytes < 6) in.fail("the header has " + std::to_string(header_bytes) + " bytes instead of 6");
  const std::uint32_t format = in.number(2), tracks = in.number(2), division = in.number(2);
  in.take(header_bytes - 6);
  if (format > 1) in.fail("MIDI format " + std::to_string(format) + " is not supported", "save it as format 0 or 1");
  if (tracks == 0) in.fail("the file has no tracks");
  if (division == 0) in.fail("a quarter has 0 ticks, and so nothing says when a note is");
  if (division & 0x8000) in.fail("times are in frames a second, not ticks a quarter", "save it with a resolution in ticks a quarter");
  std::string out = "MThd";
  append_number(out, 6, 4);
  append_number(out, tracks > 1 ? 1 : format, 2);
  append_number(out, tracks, 2);
  append_number(out, division, 2);
  for (std::uint32_t track = 0; track < tracks;) {
    if (!in.left()) in.fail("the file ends after " + std::to_string(track) + " of " + std::to_string(tracks) + " tracks");
    const std::string_view kind = in.take(4);
    const std::uint32_t length = in.number(4);
    const std::size_t begin = in.at();
    in.take(length);
    if (kind != "MTrk") continue;
    const std::string events = plain_track(Cursor(bytes, begin, begin + length, where));
    out += kind;
    append_number(out, static_cast<std::uint32_t>(events.size()), 4);
    out += events;
    ++track;
  }
  return out;
}

}  // namespace tivit::notes
