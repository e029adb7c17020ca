#pragma once
// What is in a file. Each part of the program registers an inspector for the kinds of file that it knows; `tivit-run inspect FILE`
// asks the one that recognises the file best.
//
//   TIVIT_INSPECTOR("midi", "notes of a MIDI file", &recognises_midi, &inspect_midi)
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tivit {

enum class Recognised { no, by_name, by_content };

struct Inspector {
  std::string kind;  ///< "safetensors"
  std::string doc;   ///< one line for people
  /// `head`: the file's first bytes, 4096 at most.
  Recognised (*recognises)(const std::filesystem::path& file, std::string_view head);
  /// A JSON object. Throws Error saying what is wrong with the file, and never runs what a file says.
  std::string (*inspect)(const std::filesystem::path& file);
};

/// Always true.
bool add_inspector(Inspector inspector);
std::vector<Inspector> inspectors();  ///< sorted by kind

/// A JSON object with "file", "kind", "bytes" and what the inspector of that kind found. Throws Error for a file that is missing or
/// that nobody knows, naming the kinds there are.
std::string inspect_file(const std::filesystem::path& file);

}  // namespace tivit

#define TIVIT_DETAIL_INSPECTOR2(n) tivit_inspector_##n
#define TIVIT_DETAIL_INSPECTOR(n) TIVIT_DETAIL_INSPECTOR2(n)
#define TIVIT_INSPECTOR(KIND, DOC, RECOGNISES, INSPECT) \
  static const bool TIVIT_DETAIL_INSPECTOR(__COUNTER__) = ::tivit::add_inspector({KIND, DOC, RECOGNISES, INSPECT});
