#include <stages/report/roll_drawing.hpp>

#include <algorithm>
#include <cmath>
#include <stages/keyboard/key_geometry.hpp>
#include <stages/metrics/note_match.hpp>
#include <stages/report/canvas.hpp>
#include <tivit/text_format.hpp>

namespace tivit::report {
namespace {

constexpr Colour ink{0.17, 0.20, 0.26}, faint_ink{0.47, 0.51, 0.58}, paper{1, 1, 1}, black_lane{0.952, 0.957, 0.968},
    octave{0.80, 0.83, 0.87}, second{0.925, 0.933, 0.945}, five_seconds{0.82, 0.84, 0.88};
constexpr Colour found{0.10, 0.45, 0.62}, played{0.70, 0.84, 0.89}, missed{0.86, 0.22, 0.27}, extra{0.96, 0.62, 0.04};

/// One kind of bar: its colour, and how much of the lane it fills.
struct Style {
  const char* name;
  Colour colour;
  double fill;
  bool onset_mark;
};
constexpr Style played_style{"played", played, 1.0, false}, found_style{"found", found, 0.62, true},
    missed_style{"missed", missed, 1.0, true}, extra_style{"not played", extra, 0.62, true};

bool black(int pitch) { return keyboard::is_black(pitch - notes::lowest_pitch); }

void draw_bar(const Canvas& canvas, const RollLayout& layout, const notes::Note& note, const Style& style) {
  if (note.pitch < layout.lowest || note.pitch > layout.highest) return;
  const double height = std::max(2.0, layout.lane * style.fill), inset = (layout.lane - height) / 2;
  const auto row_at = [&](double time_s) {
    return static_cast<int>(std::clamp((time_s - layout.begin_s) / layout.row_s, 0.0, static_cast<double>(layout.rows - 1)));
  };
  const int first = row_at(note.onset_s), last = row_at(note.offset_s);
  for (int row = first; row <= last; ++row) {
    const double begin = std::max(layout.x(note.onset_s, row), layout.left);
    const double end = std::min(layout.x(note.offset_s, row), layout.left + layout.plot_width());
    if (end <= begin) continue;
    const double y = layout.y(note.pitch, row) + inset, width = std::max(2.0, end - begin - 0.5);
    canvas.bar(begin, y, width, height, style.colour);
    if (style.onset_mark && row == first) canvas.box(begin, y, std::min(2.0, width), height, style.colour.darker(0.62));
  }
}

void draw_keyboard(const Canvas& canvas, const RollLayout& layout, int row) {
  const double keys_left = layout.left - 42, keys_width = 38;
  for (int pitch = layout.lowest; pitch <= layout.highest; ++pitch) {
    const double y = layout.y(pitch, row);
    if (black(pitch)) {
      canvas.box(layout.left, y, layout.plot_width(), layout.lane, black_lane);
      canvas.box(keys_left, y, keys_width * 0.62, layout.lane, ink);
    }
    const int in_octave = pitch % 12;
    if (in_octave == 0 || in_octave == 5) canvas.line(keys_left, y + layout.lane, keys_left + keys_width, y + layout.lane, octave);
    if (in_octave == 0) {
      canvas.line(layout.left, y + layout.lane, layout.left + layout.plot_width(), y + layout.lane, octave);
      canvas.text("C" + std::to_string(pitch / 12 - 1), keys_left - 6, y + layout.lane, 11, faint_ink, Align::right);
    }
  }
  canvas.frame(keys_left, layout.row_top(row), keys_width, layout.row_height(), five_seconds);
}

void draw_times(const Canvas& canvas, const RollLayout& layout, int row) {
  const double begin_s = layout.begin_s + row * layout.row_s, end_s = begin_s + layout.row_s;
  const double step_s = layout.row_s > 60 ? 10 : layout.row_s > 12 ? 5 : 1;
  const double top = layout.row_top(row), bottom = top + layout.row_height();
  for (double t = std::ceil(begin_s); t <= end_s + 1e-9; t += 1) {
    const bool labelled = std::fmod(t, step_s) < 1e-9;
    if (!labelled && layout.row_s > 60) continue;
    canvas.line(layout.x(t, row), top, layout.x(t, row), bottom, labelled ? five_seconds : second);
    if (!labelled || t > end_s - 1e-9) continue;
    char label[32];
    std::snprintf(label, sizeof label, "%d:%02d", static_cast<int>(t) / 60, static_cast<int>(t) % 60);
    canvas.text(label, layout.x(t, row), bottom + 15, 11, faint_ink, t > begin_s + 1e-9 ? Align::centre : Align::left);
  }
  canvas.frame(layout.left, top, layout.plot_width(), layout.row_height(), five_seconds);
}

double draw_legend(const Canvas& canvas, double x, double y, const Style& style, const std::string& label) {
  const double height = 10 * style.fill;
  canvas.bar(x, y - 9 + (10 - height) / 2, 26, height, style.colour);
  if (style.onset_mark) canvas.box(x, y - 9 + (10 - height) / 2, 2, height, style.colour.darker(0.62));
  return x + 34 + canvas.text(label, x + 34, y, 13, ink) + 26;
}

}  // namespace

void draw_roll(cairo_t* cairo, const RollLayout& layout, const std::string& title, const notes::Notes& estimate,
               const notes::Notes* reference) {
  const Canvas canvas(cairo);
  canvas.box(0, 0, layout.width, layout.height, paper);
  for (int row = 0; row < layout.rows; ++row) {
    draw_keyboard(canvas, layout, row);
    draw_times(canvas, layout, row);
  }
  canvas.text(title, layout.left, 34, 20, ink, Align::left, true);
  if (!reference) {
    for (const auto& note : estimate.list) draw_bar(canvas, layout, note, found_style);
    draw_legend(canvas, layout.left, 62, found_style, tivit::counted(estimate.list.size(), "note") + " found");
    return;
  }
  const auto matches = metrics::match_notes(metrics::scored(*reference), metrics::scored(estimate), {.offset_ratio = std::nullopt});
  std::vector<char> heard(reference->list.size(), 0), right(estimate.list.size(), 0);
  for (const auto& [r, e] : matches) heard[r] = 1, right[e] = 1;
  for (std::size_t i = 0; i < heard.size(); ++i) draw_bar(canvas, layout, reference->list[i], heard[i] ? played_style : missed_style);
  for (std::size_t i = 0; i < right.size(); ++i) draw_bar(canvas, layout, estimate.list[i], right[i] ? found_style : extra_style);
  const auto counted = [](std::size_t count, const char* what) { return std::to_string(count) + " " + what; };
  double x = draw_legend(canvas, layout.left, 62, played_style, counted(heard.size(), "played"));
  x = draw_legend(canvas, x, 62, found_style, counted(matches.size(), "found within 50 ms"));
  x = draw_legend(canvas, x, 62, missed_style, counted(heard.size() - matches.size(), "missed"));
  draw_legend(canvas, x, 62, extra_style, counted(right.size() - matches.size(), "not played"));
  char score[64];
  std::snprintf(score, sizeof score, "onset F1 %.3f", metrics::ratios(matches.size(), heard.size(), right.size()).f1);
  canvas.text(score, layout.width - layout.right, 34, 16, ink, Align::right);
}

}  // namespace tivit::report
