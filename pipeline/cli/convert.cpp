#include <tivit/cli/convert.hpp>

#include <iostream>
#include <tivit/cli/subcommand.hpp>
#include <tivit/converter.hpp>
#include <tivit/error.hpp>
#include <tivit/run_program.hpp>

namespace tivit::cli {

int convert(const std::vector<std::string>& words) {
  bool overwrite = false;
  std::vector<std::string> files;
  std::string kinds;
  for (const auto& one : converters()) kinds += "\n  " + one.ending + ": " + one.doc;
  Subcommand command("convert", "A file in another form. The ending of OUT says what is written" + kinds, {"IN OUT [--overwrite]"});
  command.words(files);
  command.flag("--overwrite", overwrite, "OUT may be there already");
  if (!command.read(words)) return exit_ok;
  if (files.size() != 2) throw Error("two files are named, not " + std::to_string(files.size()), command.remedy(), "command line");
  std::cout << convert_file(files[0], files[1], overwrite) << "\n";
  return exit_ok;
}

}  // namespace tivit::cli
