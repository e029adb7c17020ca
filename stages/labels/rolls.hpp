#pragma once
// What a network is trained towards: notes painted as rolls on the rows of a time grid.
#include <cstdint>
#include <stages/notes/note.hpp>
#include <tivit/tensor/fields.hpp>
#include <tivit/time.hpp>
#include <vector>

namespace tivit::labels {

struct TivitStyle {
  int note_min = 21, note_max = 108;
  int dilate_rows = 0;  ///< every positive spreads to this many rows before and after
  bool hand_from_pitch = true;
  double clef_low = 60, clef_high = 64;  ///< MIDI pitch; hands meet at the lower one
  int stride = 1;                        ///< video frames a row: the window's last row covers one frame, not a whole hop
  std::vector<double> onset_kernel;      ///< soft onsets: weights around a row, odd length; empty: hard
  std::vector<double> frame_kernel;      ///< soft edges: first weight for the row before a note, last for the row after
};

/// pitch, onset, offset f32[T,P] of 0 and 1; hand, clef i64[T]; and, of the window as a whole, clip.pitch, clip.onset,
/// clip.offset f32[88], clip.hand, clip.clef i64[]. Hand: 0 left, 1 right; clef: 0 bass, 1 treble, 2 either.
/// Only notes that sound in the window are painted.
Fields tivit_rolls(const notes::Notes& notes, const TimeGrid& grid, std::int64_t rows, const TivitStyle& style);

/// onset, offset, frame f32[T,88]. Onset and offset: max(0, 1 - |t - t0| / half_width) at the rows' own times. Frame: which
/// part of [t - hop/2, t + hop/2] the note covers.
Fields triangle_rolls(const notes::Notes& notes, const TimeGrid& grid, std::int64_t rows, double half_width_s);

}  // namespace tivit::labels
