#pragma once
// The line and the best threshold of every head, found one head after the other.
#include <stages/calibrate/note_sweep.hpp>
#include <stages/calibrate/report.hpp>
#include <utility>

namespace tivit::calibrate {

struct HeadSearch {
  bool by_notes = true;            ///< heads that the decoder has a threshold for are judged by its notes, the others by their cells
  std::string fit = "platt";       ///< "platt", "temperature" or "none"
  std::vector<std::string> heads;  ///< empty: the decoder's and all that there are cells of
  Grid grid;
  DecoderRules decoder;
  double tolerance_s = 0.05;
};

/// Closes the cells; the results point into them. Throws Error for a head that neither notes nor cells can tell a threshold of.
std::vector<std::pair<std::string, HeadResult>> calibrate_heads(const HeadSearch& wanted, const std::vector<Recording>& recordings,
                                                                std::map<std::string, Cells>& cells);

}  // namespace tivit::calibrate
