// report/reliability: the report of calibrate/thresholds -> a reliability diagram, a panel for each head.
//
//   [stages.diagram]
//   use = "report/reliability"
//   in = "thresholds.report"
//   to = "reliability.png"    # or .svg; without it, reliability.png in the run directory
//
// On the diagonal a probability is how often it is right. Grey: as the network gives it; blue: calibrated. Bars below tell how many cells
// lie in each bin (logarithmic). Heads without targets have no panel. Fails on a report of another kind, without any panel, and when
// the file cannot be written.
#include <algorithm>
#include <cmath>
#include <stages/notes/own_files.hpp>
#include <stages/report/canvas.hpp>
#include <stages/report/json_value.hpp>
#include <stages/report/picture_file.hpp>
#include <tivit/contract.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

using nlohmann::json;

constexpr Colour paper{1, 1, 1}, ink{0.17, 0.20, 0.26}, faint{0.47, 0.51, 0.58}, rule{0.88, 0.90, 0.92}, raw{0.66, 0.69, 0.74},
    calibrated{0.10, 0.45, 0.62};
constexpr double side = 300, margin = 60, bars = 70, gap = 34;

/// One head's plot, its lower left corner at (x, y).
class Panel {
 public:
  Panel(const Canvas& canvas, double x, double y) : canvas_(canvas), x_(x), y_(y) {}

  void draw(const std::string& head, const json& values) const {
    canvas_.text(head, x_, y_ - side - 32, 16, ink, Align::left, true);
    canvas_.text("ECE " + figure(values, "ece") + "   Brier " + figure(values, "brier"), x_, y_ - side - 12, 12, faint);
    for (int i = 0; i <= 10; i += 2) {
      char label[8];
      std::snprintf(label, sizeof label, "%.1f", i / 10.0);
      canvas_.line(x_ + side * i / 10, y_ - side, x_ + side * i / 10, y_, rule);
      canvas_.line(x_, y_ - side * i / 10, x_ + side, y_ - side * i / 10, rule);
      canvas_.text(label, x_ + side * i / 10, y_ + 14, 11, faint, Align::centre);
      canvas_.text(label, x_ - 6, y_ - side * i / 10 + 4, 11, faint, Align::right);
    }
    canvas_.stroke(x_, y_, x_ + side, y_ - side, 1, faint);
    points(values.at("before"), raw);
    points(values.at("after"), calibrated);
    counts(values.at("before"), raw, 0);
    counts(values.at("after"), calibrated, 1);
  }

 private:
  static std::string figure(const json& values, const char* name) {
    char text[64];
    std::snprintf(text, sizeof text, "%.4f \u2192 %.4f", values.at("before").at(name).get<double>(),
                  values.at("after").at(name).get<double>());
    return text;
  }
  void points(const json& bins, const Colour& colour) const {
    double last_x = -1, last_y = 0;
    for (std::size_t i = 0; i < bins.at("counts").size(); ++i) {
      if (bins.at("counts")[i] == 0) continue;
      const double x = x_ + side * bins.at("mean_probability")[i].get<double>(), y = y_ - side * bins.at("mean_target")[i].get<double>();
      if (last_x >= 0) canvas_.stroke(last_x, last_y, x, y, 2, colour);
      canvas_.stroke(x, y, x, y, 8, colour);
      last_x = x, last_y = y;
    }
  }
  void counts(const json& bins, const Colour& colour, int place) const {
    double most = 1;
    for (const auto& count : bins.at("counts")) most = std::max(most, std::log10(1 + count.get<double>()));
    for (std::size_t i = 0; i < bins.at("counts").size(); ++i) {
      const double height = (bars - 12) * std::log10(1 + bins.at("counts")[i].get<double>()) / most, width = side / 20 - 2;
      if (height > 0)
        canvas_.box(x_ + side * static_cast<double>(i) / 10 + place * side / 20 + 1, y_ + gap + bars - height, width, height, colour);
    }
  }

  const Canvas& canvas_;
  double x_, y_;
};

class ReliabilityDiagram {
 public:
  std::filesystem::path to;

  static void contract(Contract<ReliabilityDiagram>& c) {
    c.sink("draws how often probabilities are right, before and after calibration");
    c.param("to", &ReliabilityDiagram::to).doc("a .png or .svg file; empty: reliability.png in the run directory");
    c.in("report", "json").doc("what calibrate/thresholds gives");
    c.example("[stages.diagram]\nuse = \"report/reliability\"\nin = \"thresholds.report\"\nto = \"reliability.svg\"\n");
  }
  void check(Faults& faults) const {
    if (!to.empty() && to.extension() != ".png" && to.extension() != ".svg")
      faults.add("to", "\"" + to.string() + "\" is neither a .png nor a .svg file", "name the picture so");
    else
      check_file(faults, "to", to);
  }

  void operator()(const json& report, Context& context) {
    if (!report.is_object() || report.value("kind", "") != "thresholds")
      throw Error("the report is not one of thresholds", "connect the report of calibrate/thresholds");
    std::vector<std::string> heads;
    for (const auto& [head, values] : report.at("heads").items())
      if (values.contains("before")) heads.push_back(head);
    if (heads.empty()) throw Error("no head was compared with targets", "connect the targets of calibrate/thresholds");
    const double width = static_cast<double>(heads.size()) * (side + margin) + margin / 2, height = margin + side + gap + bars + 20;
    const auto file = to.empty() ? context.run().directory / "reliability.png" : to;
    files_.claim(file, context);
    write_picture(file, width, height, "reliability", [&](cairo_t* cairo) {
      const Canvas canvas(cairo);
      canvas.box(0, 0, width, height, paper);
      for (std::size_t i = 0; i < heads.size(); ++i)
        Panel(canvas, margin * 0.8 + static_cast<double>(i) * (side + margin), margin + side)
            .draw(heads[i], report.at("heads").at(heads[i]));
    });
  }

 private:
  notes::OwnFiles files_;
};
TIVIT_STAGE("report/reliability", ReliabilityDiagram)

}  // namespace
}  // namespace tivit::report
