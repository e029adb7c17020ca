// tivit-run: one program for every graph.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <iostream>
#include <tivit/account_text.hpp>
#include <tivit/cli/check_folder.hpp>
#include <tivit/cli/command_line.hpp>
#include <tivit/cli/convert.hpp>
#include <tivit/cli/describe.hpp>
#include <tivit/cli/diff.hpp>
#include <tivit/cli/inspect.hpp>
#include <tivit/cli/new_stage.hpp>
#include <tivit/cli/replay.hpp>
#include <tivit/cli/schema.hpp>
#include <tivit/graph_plugins.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/plan_text.hpp>
#include <tivit/run_program.hpp>
#include <tivit/text_format.hpp>
#include <tivit/version.hpp>

namespace tivit::cli {
namespace {

int run(CommandLine line) {
  // Read once for the arguments the graph has, then with what they were given.
  line.request.files_must_exist = line.check || !(line.resolve || line.dot);
  GraphText text = read_graph(line.request);
  if (line.help) {
    Mistakes mistakes;
    load_graph_plugins(text, mistakes);  // their stages' parameters are shown too
    mistakes.raise();
    std::cout << graph_help(text);
    return exit_ok;
  }
  read_graph_arguments(text.arguments, line);
  if (!line.understood) throw Errors(line.mistakes);
  text = read_graph(line.request);
  for (const auto& mistake : line.mistakes) text.mistakes.take(mistake);
  const Plan plan = make_plan(text);
  for (const auto& warning : plan.warnings) std::cerr << "warning: " << warning << "\n";
  if (line.resolve) std::cout << plan.resolved_text;
  if (line.check) std::cout << edges_text(plan);
  if (line.dot) std::cout << dot_text(plan);
  if (line.resolve || line.check || line.dot) return exit_ok;
  RunProgramOptions options;
  options.run_directory = line.run_directory;
  options.resume = line.resume;
  options.resume_anyway = line.resume_anyway;
  options.command = line.words;
  options.quiet = line.quiet;
  options.trace = line.trace;
  options.record = line.record;
  return run_program(plan, options);
}

/// What a run writes down is UTF-8: its graph, its manifest, the names of its results.
void refuse_other_bytes(const std::vector<std::string>& words) {
  std::vector<Error> refused;
  for (const auto& word : words)
    if (!is_utf8(word))
      refused.emplace_back("the argument " + printable(word) + " is not UTF-8",
                           "rename the file, or give a link to it that has a name in UTF-8", "command line");
  if (!refused.empty()) throw Errors(std::move(refused));
}

int start(std::vector<std::string> words) {
  refuse_other_bytes(words);
  if (!words.empty() && (words[0] == "list" || words[0] == "describe")) return tell(words);
  if (!words.empty() && words[0] == "inspect") return inspect(words);
  if (!words.empty() && words[0] == "convert") return convert(words);
  if (!words.empty() && words[0] == "new") return new_stage(words);
  if (!words.empty() && words[0] == "replay") return replay(words);
  if (!words.empty() && words[0] == "diff") return diff(words);
  if (!words.empty() && words[0] == "check") return check(words);
  if (!words.empty() && words[0] == "schema") return schema(words);
  CommandLine line = read_own_options(words);
  if (!line.resume.empty() && !line.run_directory.empty())
    throw Error("--run-dir was given with --resume", "a run goes on in its own directory: leave --run-dir out", "command line");
  if (!line.resume.empty() && line.request.file.empty()) {
    const auto begun = command_of(line.resume);
    const auto directory = std::filesystem::absolute(line.resume).lexically_normal();
    words.insert(words.begin(), begun.words.begin(), begun.words.end());
    line = read_own_options(words);
    line.resume = directory;
    std::filesystem::current_path(begun.folder);  // what was typed is meant from there
  }
  line.words = without_directories(words);
  if (line.version) {
    std::cout << "tivit-run " << version() << "\n";
    return exit_ok;
  }
  if (line.request.file.empty() && !line.help)
    throw Error("no graph was given", "write tivit-run GRAPH; `tivit-run --help` shows more", "command line");
  if (line.request.file.empty()) {
    std::cout << program_help();
    return exit_ok;
  }
  std::error_code ignored;
  if (line.dot && std::filesystem::is_directory(line.request.file, ignored)) {
    if (!line.mistakes.empty()) throw Errors(line.mistakes);
    std::cout << run_dot(line.request.file);
    return exit_ok;
  }
  load_plugins(line.plugins);
  return run(std::move(line));
}

}  // namespace
}  // namespace tivit::cli

namespace {

/// A run listens to these itself; before one has begun there is nothing to end in order, and nothing to tell whoever asks.
void listen_from_the_start(int, char**, char**) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const auto before = std::signal(number, [](int) { ::_exit(tivit::exit_cancelled); });
    if (number == SIGHUP && before == SIG_IGN) std::signal(number, SIG_IGN);  // nohup
  }
  std::signal(SIGUSR1, SIG_IGN);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool listens_before_main = false;  // a sanitizer's own signal() does not work yet by then
#else
// Libraries take a good part of a second to set themselves up, all of it before main().
constexpr bool listens_before_main = true;
__attribute__((section(".preinit_array"), used)) void (*const before_libraries)(int, char**, char**) = listen_from_the_start;
#endif

}  // namespace

int main(int count, char** words) try {
  if (!listens_before_main) listen_from_the_start(count, words, nullptr);
  int code = tivit::cli::start({words + 1, words + count});
  std::cout.flush();
  if (!std::cout || std::ferror(stdout) != 0) {
    std::cerr << "standard output: not all that was to be shown could be written; send it where there is room\n";
    if (code == tivit::exit_ok) code = tivit::exit_failed;
  }
  // Whoever pressed Ctrl-C does not wait until libraries have taken themselves apart.
  if (code == tivit::exit_cancelled) std::fflush(nullptr), ::_exit(code);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_IGN);  // the exit code stands
  return code;
} catch (const tivit::Errors& errors) {
  for (const auto& error : errors.list()) std::cerr << error.what() << "\n";
  if (errors.list().size() > 1) std::cerr << errors.list().size() << " mistakes; nothing was started\n";
  return tivit::exit_wrong_input;
} catch (const std::exception& error) {
  std::cerr << error.what() << "\n";
  return tivit::exit_wrong_input;
}
