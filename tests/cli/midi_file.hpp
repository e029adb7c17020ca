#pragma once
// The smallest music: middle C from 0 s to 0.5 s (480 ticks of 480 a quarter, 120 quarters a minute).
#include <string>

namespace tivit::tests {

inline std::string one_note_midi() {
  const unsigned char bytes[] = {'M', 'T', 'h', 'd', 0, 0,    0,  6,  0,    0,    0,    1,  0x01, 0xe0, 'M',  'T',  'r', 'k',
                                 0,   0,   0,   13,  0, 0x90, 60, 64, 0x83, 0x60, 0x80, 60, 0,    0,    0xff, 0x2f, 0};
  return std::string(reinterpret_cast<const char*>(bytes), sizeof bytes);
}

}  // namespace tivit::tests
