#pragma once
// A MIDI file's bytes, checked before a library sees them.
#include <string>
#include <string_view>

namespace tivit::notes {

/// A copy that holds nothing but note, tempo and end-of-track events, times kept; every length has been checked. libsmf trusts
/// the lengths that a file states and knows no texts longer than 127 bytes. Throws Error naming `where` and the byte.
std::string plain_midi(std::string_view bytes, const std::string& where);

}  // namespace tivit::notes
