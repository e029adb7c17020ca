#pragma once
// What a mirrored keyboard looks like: a keyboard again, with each key's labels on another key.
#include <cstdint>
#include <stages/keyboard/key_geometry.hpp>
#include <tivit/tensor/fields.hpp>

namespace tivit::train {

/// A keyboard is symmetric about every D. Mirrored about the D in its middle, the picture of key 0..87 looks like this key, which may lie
/// beyond A0: the highest five keys leave the keyboard.
constexpr int middle_d = 41;
constexpr int mirrored_key(int index) { return 2 * middle_d - index; }
/// MIDI's pitch class of what the key looks like then.
constexpr int mirrored_pitch_class(int index) { return (mirrored_key(index) + 21 + 12) % 12; }

/// Keys of a strip that was mirrored about the middle D: where they were, but for those that nothing was mirrored onto: they are absent.
keyboard::KeyGeometry mirrored(const keyboard::KeyGeometry& geometry);

/// Targets of all 88 keys as the mirrored picture has them: columns of rolls [T,88] and cells [88] change places, left and right hand,
/// bass and treble too. Keys without a picture are silent. Throws Error for a field that is none of these.
Fields mirrored(const Fields& targets);

}  // namespace tivit::train
