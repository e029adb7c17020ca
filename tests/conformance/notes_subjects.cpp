#include <tivit/atomic_file.hpp>

#include "subjects.hpp"

namespace tivit::tests {
namespace {

const std::string label_file = "0.5\t0.9\t60\n1.0\t1.4\t64\n";

void write_labels(testing::Harness& h) {
  for (const char* name : {"one.txt", "two.txt", "three.txt"})
    write_file(h.folder().path() / name, label_file + "2.0\t2.5\t" + std::to_string(60 + name[1] % 10) + "\n");
}

Given notes_of_a_recording(std::size_t n) { return given({{"notes", Payload::of(piece(n))}}, n); }

[[maybe_unused]] const bool added = [] {
  add({"notes/threshold"});
  add({"notes/aggregate"});
  add({"notes/hysteresis", {{"open", {0.7}}, {"hold", {0.4}}}});
  add({"notes/events", {{"input", {std::string("probabilities")}}}, [](std::size_t n) {
         return given({{"rolls", made("{onset: f32[T,88], frame: f32[T,88]}", n)}}, n);
       }});
  add({"notes/segments", {}, [](std::size_t n) {
         return given({{"active", made("bool[T,88]", n)}, {"onsets", made("bool[T,88]", n + 50)}}, n);
       }});
  add({"notes/key_prior", {}, [](std::size_t n) { return given({{"logits", made("{onset: f32[T,88], pitch: f32[T,88]}", n)}}, n); }});
  add({"notes/key_track"});
  add({"notes/midi", {}, notes_of_a_recording});
  add({"notes/text", {}, notes_of_a_recording});
  const ParameterValue files = texts({"{folder}/one.txt", "{folder}/two.txt", "{folder}/three.txt"});
  Subject read{"notes/read", {{"files", files}}}, pairs{"notes/read_pairs", {{"estimates", files}, {"references", files}}};
  read.prepare = pairs.prepare = write_labels;
  return add(read) && add(pairs);
}();

}  // namespace
}  // namespace tivit::tests
