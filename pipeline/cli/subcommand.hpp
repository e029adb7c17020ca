#pragma once
// What the program's subcommands (`tivit-run check`, `diff`, …) share: their options, their --help, and how a wrong word is answered.
#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

namespace tivit::cli {

/// An option's name and doc are declared once, and shown by --help.
class Subcommand {
 public:
  /// `usage`: what follows the name, a line for each way of asking.
  Subcommand(std::string name, std::string about, std::vector<std::string> usage);

  void flag(const std::string& name, bool& into, const std::string& doc);
  template <class T>
  void option(const std::string& name, const std::string& shown, T& into, const std::string& doc) {
    shown_[app_.add_option(name, into, doc)] = shown;
  }
  /// May be given often, each with one value.
  void many(const std::string& name, const std::string& shown, std::vector<std::string>& into, const std::string& doc);
  /// The words that are no options.
  void words(std::vector<std::string>& into);
  void exit_code(int code, const std::string& meaning);

  /// `words` begin with the subcommand's name. False when --help was asked for, which is then printed. Throws Error.
  bool read(const std::vector<std::string>& words);
  /// What to do about a wrong word.
  std::string remedy() const;

 private:
  std::string help() const;

  CLI::App app_;
  std::string name_, about_;
  std::vector<std::string> usage_;
  std::map<const CLI::Option*, std::string> shown_;
  std::map<int, std::string> exit_codes_;
};

/// A line for each option that is no word by itself: name, how its value is shown, doc.
std::string options_text(const CLI::App& app, const std::map<const CLI::Option*, std::string>& shown_values);

}  // namespace tivit::cli
