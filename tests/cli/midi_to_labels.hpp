#pragma once
// A folder with a small graph of a user's and a MIDI file for it.
#include <string>

#include "../pipeline/graph_files.hpp"
#include "midi_file.hpp"
#include "program.hpp"

namespace tivit::tests {

inline const std::string graph =
    "title = \"MIDI to labels\"\n[args]\nmidi = { positional = true, many = true, required = true, path = \"exists\", sets = "
    "\"music.files\", doc = \"files to read\" }\n"
    "to = { default = \"out\", sets = \"labels.to\" }\n[stages.music]\nuse = \"notes/read\"\n[stages.labels]\nuse = "
    "\"notes/text\"\nin = \"music\"\n";

struct Folder : GraphFiles {
  Folder() { write("graph.toml", graph).write("one.mid", one_note_midi()); }
  Outcome run(const std::string& words) const { return tivit_run(path(""), words); }
};

}  // namespace tivit::tests
