// data/… and labels/….
#include <ATen/ops/zeros.h>
#include <stages/data/clip.hpp>
#include <stages/data/npz.hpp>
#include <stages/report/json_value.hpp>
#include <tivit/atomic_file.hpp>

#include "subjects.hpp"

#include "tests/folders.hpp"

namespace tivit::tests {
namespace {

void write_arrays(testing::Harness& h) {
  std::size_t n = 0;
  for (const char* name : {"a", "b", "c"}) {
    data::Npz content;
    content.arrays.set("onset_logits", made("f32[T,88]", ++n).as<at::Tensor>());
    content.arrays.set("frame_logits", made("f32[T,88]", n + 50).as<at::Tensor>());
    data::write_npz(h.folder().path() / (std::string(name) + ".npz"), content);
  }
}

/// A curve with a peak at each note, 100 ms late, 20 rows a second.
at::Tensor curve(const notes::Notes& notes) {
  const at::Tensor curve = at::zeros({120, 88});
  for (const auto& note : notes.list) curve[static_cast<std::int64_t>(20 * (note.onset_s + 0.1) + 0.5)][note.pitch - 21] = 0.9;
  return curve;
}

[[maybe_unused]] const bool added = [] {
  const ParameterValue files = texts({"{folder}/a.npz", "{folder}/b.npz", "{folder}/c.npz"});
  Subject npz{"data/npz", {{"files", files}, {"rate", {20.0}}}}, logits{"data/logits", {{"files", files}}};
  npz.prepare = logits.prepare = write_arrays;
  Subject split{"data/calibration_split", {{"metadata", {std::string("{folder}/pieces.json")}}}};
  split.prepare = [](testing::Harness& h) {
    nlohmann::json pieces = nlohmann::json::array();
    for (int i = 0; i < 12; ++i) pieces.push_back({{"stem", "piece" + std::to_string(i)}, {"notes_per_sec", i % 5}});
    write_file(h.folder().path() / "pieces.json", nlohmann::json{{"pieces", pieces}}.dump());
  };
  Subject clips{"data/clips",
                {{"root", {std::string("{folder}")}},
                 {"frame_times.rate", {20.0}},
                 {"draws_per_epoch", {std::int64_t{5}}},
                 {"rows", {std::int64_t{10}}}}};
  clips.prepare = [](testing::Harness& h) {
    for (const char* name : {"a", "b", "c"}) {
      write_file(h.folder().path() / (std::string(name) + ".mp4"), "never opened here");
      write_file(h.folder().path() / (std::string(name) + ".txt"), "0.5\t0.9\t60\n9.0\t9.5\t62\n");
    }
  };
  add(npz), add(logits), add(split), add(clips);

  Subject read{"labels/read", {}, [](std::size_t n) {
                 data::Clip clip;
                 clip.name = "piece" + std::to_string(n);
                 clip.labels = build_folder() / "tests/conformance/notes.txt";
                 clip.label_shift_s = 0.01 * static_cast<double>(n);
                 return given({{"clip", Payload::of(clip)}}, n);
               }};
  read.prepare = [](testing::Harness&) { write_file(build_folder() / "tests/conformance/notes.txt", "0.5\t0.9\t60\n1.0\t1.4\t64\n"); };
  data::Clip missing;
  missing.labels = "/nowhere/notes.txt";
  read.refused = given({{"clip", Payload::of(missing)}}, 1);
  add(read);
  Subject targets{"labels/targets", {}, [](std::size_t n) {
                    return given({{"frames", made("u8[T,1,2,2]", n)}, {"notes", Payload::of(piece(n))}}, n);
                  }};
  targets.refused = given({{"frames", made("u8[T,1,2,2]", 1)}, {"notes", Payload::of(notes::Notes{{}, false})}}, 1);
  add(targets);
  add({"labels/lag", {}, [](std::size_t n) {
         return given({{"onset", Payload::of(curve(piece(n)))}, {"notes", Payload::of(piece(n))}}, n);
       }});
  add({"labels/lag_sweep", {{"input", {std::string("probabilities")}}}, [](std::size_t n) {
         return given({{"prediction", made("f32[40]", n)}, {"events", made("f32[40]", n + 50)}}, n);
       }});
  add({"labels/lags", {}, [](std::size_t n) {
         return given({{"lag", Payload::of(nlohmann::json{{"name", "piece" + std::to_string(n)}, {"lag_ms", n}})}}, n);
       }});
  return true;
}();

}  // namespace
}  // namespace tivit::tests
