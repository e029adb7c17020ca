#include <tivit/cli/subcommand.hpp>

#include <algorithm>
#include <iostream>
#include <tivit/error.hpp>

namespace tivit::cli {

Subcommand::Subcommand(std::string name, std::string about, std::vector<std::string> usage)
    : name_(std::move(name)), about_(std::move(about)), usage_(std::move(usage)) {
  app_.set_help_flag("-h,--help", "this text");
}

void Subcommand::flag(const std::string& name, bool& into, const std::string& doc) { app_.add_flag(name, into, doc); }

void Subcommand::many(const std::string& name, const std::string& shown, std::vector<std::string>& into, const std::string& doc) {
  option(name, shown, into, doc);
  app_.get_option(name)->take_all()->allow_extra_args(false);
}

void Subcommand::words(std::vector<std::string>& into) { app_.add_option("WORDS", into)->expected(-1); }

void Subcommand::exit_code(int code, const std::string& meaning) { exit_codes_[code] = meaning; }

bool Subcommand::read(const std::vector<std::string>& words) {
  try {
    app_.parse(std::vector<std::string>(words.rbegin(), words.rend() - 1));
  } catch (const CLI::CallForHelp&) {
    std::cout << help();
    return false;
  } catch (const CLI::ParseError& error) {
    throw Error(error.what(), remedy(), "command line");
  }
  return true;
}

std::string Subcommand::remedy() const { return "`tivit-run " + name_ + " --help` shows how to ask"; }

std::string Subcommand::help() const {
  std::string text = about_ + "\n\n";
  for (std::size_t i = 0; i < usage_.size(); ++i)
    text += (i == 0 ? "usage: tivit-run " : "       tivit-run ") + name_ + " " + usage_[i] + "\n";
  text += "\noptions\n" + options_text(app_, shown_);
  if (!exit_codes_.empty()) text += "\nexit codes\n";
  for (const auto& [code, meaning] : exit_codes_) text += "  " + std::to_string(code) + "    " + meaning + "\n";
  return text;
}

std::string options_text(const CLI::App& app, const std::map<const CLI::Option*, std::string>& shown_values) {
  std::string text;
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) continue;
    std::string name = option->get_name(false, true);
    if (const auto shown = shown_values.find(option); shown != shown_values.end()) name += " " + shown->second;
    text += "  " + name + std::string(std::max<int>(1, 22 - static_cast<int>(name.size())), ' ') + option->get_description() + "\n";
  }
  return text;
}

}  // namespace tivit::cli
