// report/names: a list of names in a JSON value -> a file with one name a line, such as a manifest for data/clips.
//
//   [stages.manifest]
//   use = "report/names"
//   in = "split"
//   list = "calib"
//   to = "calib_list.txt"     # without it, <stage>.txt in the run directory
//
// Fails when the value has no such list, one that holds something else than names, and on names that a manifest would not give back: with
// a #, blanks at an end or characters that cannot be seen.
#include <algorithm>
#include <stages/report/json_value.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>
#include <tivit/text_format.hpp>
#include <tivit/writable.hpp>

namespace tivit::report {
namespace {

struct WriteNames {
  std::filesystem::path to;
  std::string list;

  static void contract(Contract<WriteNames>& c) {
    c.sink("writes a list of names, one a line");
    c.param("list", &WriteNames::list).required().doc("which entry of the value");
    c.param("to", &WriteNames::to).doc("the file; empty: <stage>.txt in the run directory");
    c.in("value", "json");
    c.example("[stages.manifest]\nuse = \"report/names\"\nin = \"split\"\nlist = \"calib\"\nto = \"calib_list.txt\"\n");
  }
  void check(Faults& faults) const { check_file(faults, "to", to); }
  void operator()(const nlohmann::json& value, Context& context) const {
    const auto found = value.is_object() ? value.find(list) : value.end();
    if (found == value.end() || !found->is_array()) throw Error("the value has no list \"" + list + "\"", "name one of its lists");
    std::string text;
    for (const auto& name : *found) {
      if (!name.is_string()) throw Error(name.dump() + " in \"" + list + "\" is no name", "connect a list of names");
      must_be_a_line(name.get<std::string>());
      text += name.get<std::string>() + "\n";
    }
    write_file(to.empty() ? context.run().directory / (context.stage() + ".txt") : to, text);
  }

 private:
  /// Of a line, readers (data/clips) take what lies before a # and between the blanks.
  static void must_be_a_line(const std::string& name) {
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    const char* why = nullptr;
    if (name.empty())
      why = " is no name";
    else if (name.find('#') != std::string::npos)
      why = " holds a #, which begins a comment";
    else if (blank(name.front()) || blank(name.back()))
      why = " has blanks at an end, which a list of names loses";
    else if (!is_utf8(name) || std::ranges::any_of(name, [](unsigned char c) { return c < 0x20 && c != '\t'; }))
      why = " holds characters that cannot be seen, and a list has one name a line";
    if (why)
      throw Error((name.empty() || blank(name.front()) || blank(name.back()) ? quoted(name) : printable(name)) + why,
                  "rename the recording");
  }
};
TIVIT_STAGE("report/names", WriteNames)

}  // namespace
}  // namespace tivit::report
