// The program as its users meet it: what it prints, what it leaves, how it exits.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "midi_to_labels.hpp"
#include "tests/folders.hpp"
#include "tests/holds.hpp"

using tivit::tests::Folder;
using tivit::tests::graph;
using tivit::tests::GraphFiles;
using tivit::tests::holds;
using tivit::tests::read_text;
using tivit::tests::tivit_run;

BOOST_AUTO_TEST_SUITE(cli)

BOOST_AUTO_TEST_CASE(a_graph_runs_with_its_own_arguments) {
  Folder folder;
  const auto outcome = folder.run("graph.toml one.mid --to here");
  BOOST_TEST(outcome.code == 0, outcome.err);
  BOOST_TEST(read_text(folder.path("here/one.txt")) == "0.000000\t0.500000\t60\n");
  const std::string resolved = read_text(folder.path("runs/graph/graph.toml"));
  BOOST_TEST(holds(resolved, "files = [\"one.mid\"]  # argument midi\n"), resolved);
  BOOST_TEST(holds(resolved, "to = \"here\"  # argument to\n"), resolved);
  BOOST_TEST(folder.run("graph.toml --to there one.mid").code == 0);  // an option takes one value, whatever follows
  BOOST_TEST(read_text(folder.path("there/one.txt")) == "0.000000\t0.500000\t60\n");
  BOOST_TEST(folder.run("graph.toml one.mid --run-dir results/x").code == 0);
  BOOST_TEST(std::filesystem::exists(folder.path("results/x/graph.toml")));
}

BOOST_AUTO_TEST_CASE(signals_are_listened_to_from_the_start) {
  Folder folder;
  std::string long_one = graph;  // which takes a while to read
  for (int i = 0; i < 100000; ++i) long_one += "# nothing that has to be known, but has to be read all the same\n";
  folder.write("graph.toml", long_one);
  const auto signalled = [&](const std::string& signal) {
    // As soon as the program says of itself that it listens to SIGTERM: bit 14 of what it catches.
    folder.write("early.sh",
                 "'" + (tivit::tests::build_folder() / "bin/tivit-run").string() +
                     "' graph.toml one.mid --quiet & p=$!\n"
                     "until caught=$(sed -n 's/^SigCgt:.*\\(....\\)$/\\1/p' /proc/$p/status) && [ $((0x$caught & 0x4000)) -ne 0 ]; do "
                     "kill -0 $p || exit 99; done\n"
                     "kill -" +
                     signal + " $p; wait $p\n");
    const int status = std::system(("cd '" + folder.path("").string() + "' && bash early.sh >early.log 2>&1").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  BOOST_TEST(signalled("USR1") == 0, read_text(folder.path("early.log")));
  for (const char* signal : {"HUP", "TERM", "INT"}) BOOST_TEST(signalled(signal) == 130, signal);
}

BOOST_AUTO_TEST_CASE(parameters_that_cannot_work_together_are_found_before_the_run) {
  Folder folder;
  folder.write("keys.toml",
               "[stages.clips]\nuse = \"data/clips\"\nroot = \".\"\n[stages.strips]\nuse = \"keyboard/strips\"\nin = \"clips\"\ntop = "
               "1\nbottom = 0.5\n[stages.frames]\nuse = \"video/decode\"\nin = \"clips\"\n[stages.tiles]\nuse = \"video/tiles\"\nin = "
               "\"frames\"\nalign = \"token\"\nsplit = [1, 2]\n[stages.even]\nuse = \"video/tiles\"\nin = \"frames\"\nsplit = [1, "
               "2]\n[stages.music]\nuse = \"notes/read\"\nfiles = [\"one.mid\"]\n[stages.film]\nuse = \"keyboard/render\"\nin = "
               "\"music\"\nwidth = 641\n");
  const auto outcome = folder.run("keys.toml --check");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err ==
             "keys.toml:8:10: stage \"strips\", parameter \"bottom\": bottom = 0.5 is not below top = 1.0; give a larger bottom, or a "
             "smaller top\n"
             "keys.toml:16:9: stage \"tiles\", parameter \"split\": the split names 2 tiles, there are 3; give one number of tokens for "
             "each tile\n"
             "keys.toml:27:9: stage \"film\", parameter \"width\": 641 is odd, and H.264 codes pairs of pixels; give an even number\n"
             "3 mistakes; nothing was started\n");
}

BOOST_AUTO_TEST_CASE(mistakes_in_values_are_told_beside_those_in_types) {
  Folder folder;
  folder.write("clips.toml",
               "[stages.x]\nuse = \"data/clips\"\nroot = \".\"\nweight = \"dens\"\ncorners = [1, 2]\n[stages.y]\nuse = "
               "\"keyboard/write_table\"\nin = \"x\"\n[[after]]\nrun = \"gone.toml\"\nsame = [\"nono\"]\n");
  const auto outcome = folder.run("clips.toml --check");
  BOOST_TEST(holds(outcome.err, "parameter \"weight\""), outcome.err);
  BOOST_TEST(holds(outcome.err, "parameter \"corners\": there are 2 numbers"), outcome.err);
  BOOST_TEST(holds(outcome.err, "[[after]] lacks \"every\""), outcome.err);
  BOOST_TEST(holds(outcome.err, "there is no graph \"gone.toml\""), outcome.err);
  BOOST_TEST(holds(outcome.err, "4 mistakes; nothing was started\n"), outcome.err);
}

BOOST_AUTO_TEST_CASE(a_run_is_resumed_from_any_folder) {
  Folder folder;
  BOOST_TEST(folder.run("graph.toml one.mid").code == 0);
  std::filesystem::create_directories(folder.path("else/where"));
  const auto here = folder.run("--resume runs/graph"), there = tivit_run(folder.path("else/where"), "--resume ../../runs/graph");
  BOOST_TEST(there.code == here.code);
  BOOST_TEST(holds(here.err, "this run was finished"), here.err);
  BOOST_TEST(holds(there.err, "this run was finished; results in " + folder.path("runs/graph").string() + "\n"), there.err);
  BOOST_TEST(!std::filesystem::exists(folder.path("else/where/runs")));
}

BOOST_AUTO_TEST_CASE(a_finished_run_that_lost_items_says_so_when_it_is_resumed) {
  Folder folder;
  folder.write("half.mid", "no MIDI");
  BOOST_TEST(folder.run("graph.toml one.mid half.mid --set run.on_error=skip").code == 3);
  const auto again = folder.run("--resume runs/graph");
  BOOST_TEST(again.code == 3, again.err);
  BOOST_TEST(again.err ==
             "this run was finished, but for what quarantine.jsonl names; results in " + folder.path("runs/graph").string() + "\n");
}

BOOST_AUTO_TEST_CASE(every_subcommand_says_how_to_ask) {
  Folder folder;
  std::istringstream lines(folder.run("--help").out);
  std::set<std::string> commands;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string program, command;
    if (words >> program >> command && program == "tivit-run" &&
        command.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos)
      commands.insert(command);
  }
  BOOST_TEST(commands.size() == 9u);
  for (const auto& command : commands) {
    const auto help = folder.run(command + " --help");
    BOOST_TEST(help.code == 0, command << ": " << help.err);
    BOOST_TEST(holds(help.out, "usage: tivit-run " + command + " "), command << ": " << help.out);
    BOOST_TEST(holds(help.out, "\n  -h,--help             this text\n"), command << ": " << help.out);
    const auto wrong = folder.run(command + " --nonsense");
    BOOST_TEST(wrong.code == 2, command);
    BOOST_TEST(holds(wrong.err, "; `tivit-run " + command + " --help` shows how to ask\n"), wrong.err);
  }
}

BOOST_AUTO_TEST_CASE(a_reader_that_goes_ends_no_run_and_what_cannot_be_shown_is_told) {
  Folder folder;
  const std::string program = " '" + tivit::tests::build_folder().string() + "/bin/tivit-run' ";
  const auto shell = [&](const std::string& words) { return std::system(("cd '" + folder.path("").string() + "' && " + words).c_str()); };
  shell("{ sleep 0.3;" + program + "graph.toml one.mid; echo $? >code; } 2>&1 | true");
  BOOST_TEST(read_text(folder.path("code")) == "0\n");
  BOOST_TEST(read_text(folder.path("out/one.txt")) == "0.000000\t0.500000\t60\n");
  BOOST_TEST(WEXITSTATUS(shell(program + "list >/dev/full 2>said")) == 1);
  BOOST_TEST(read_text(folder.path("said")) ==
             "standard output: not all that was to be shown could be written; send it where there is room\n");
}

BOOST_AUTO_TEST_CASE(help_shows_arguments_and_the_parameters_behind_them) {
  Folder folder;
  const auto outcome = folder.run("graph.toml --help");
  BOOST_TEST(outcome.code == 0);
  BOOST_TEST(outcome.out ==
             "MIDI to labels\n\nusage: tivit-run graph.toml midi... [--to VALUE] [--set STAGE.PARAMETER=VALUE]...\n\narguments\n  "
             "midi...\n      files to read\n"
             "      a file or folder that exists\n      sets music.files of notes/read (list of path): MIDI files, label files (.txt), "
             "tables of notes (.tsv)\n"
             "  --to VALUE\n      default: \"out\"\n      sets labels.to of notes/text (path): folder of the files; empty: labels/ in the "
             "run directory\n\n"
             "`tivit-run --help` shows the options that every graph has; --resolve all its parameters.\n");
  BOOST_TEST(holds(folder.run("--help").out, "130  cancelled"));
  BOOST_TEST(folder.run("--version").out == "tivit-run 0.1.0\n");
}

BOOST_AUTO_TEST_CASE(mistakes_end_with_2_and_start_nothing) {
  Folder folder;
  auto outcome = folder.run("graph.toml");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err == "graph.toml:3:1: argument \"midi\" is missing; give it on the command line: files to read\n");
  outcome = folder.run("graph.toml one.mid --ot here");
  BOOST_TEST(outcome.err == "command line: there is no option \"--ot\"; did you mean \"--to\"?\n");
  outcome = folder.run("graph.toml two.mid --set music.fils=x --set labels");
  BOOST_TEST(outcome.err ==
             "--set: \"labels\" sets nothing; write --set stage.parameter=value, --set run.seed=7 or --set variable=value\n");
  BOOST_TEST(outcome.code == 2);
  outcome = folder.run("graph.toml two.mid --set music.fils=x --set run.epochs=0 --set label.to=a --set labels.in=musik");
  BOOST_TEST(outcome.code == 2);
  BOOST_TEST(outcome.err ==
             "argument midi: there is no file or folder \"two.mid\"; check the path; relative paths start at the current directory\n"
             "--set label.to: there is no stage or resource \"label\" to set \"to\" of; did you mean \"labels\"?\n"
             "--set run.epochs: [run] epochs: 0 is out of range; give a value at least 1\n"
             "--set music.fils: stage \"music\" (notes/read) has no parameter \"fils\"; did you mean \"files\"?\n"
             "--set labels.in: there is no stage \"musik\" in this graph; did you mean \"music\"?\n"
             "5 mistakes; nothing was started\n");
  BOOST_TEST(!std::filesystem::exists(folder.path("runs")));
  BOOST_TEST(folder.run("").code == 2);
  BOOST_TEST(folder.run("--chek").err == "command line: there is no option \"--chek\"; did you mean \"--check\"?\n");
  BOOST_TEST(folder.run("graph.toml one.mid more --set midi=1").code == 2);
}

BOOST_AUTO_TEST_CASE(all_mistakes_of_a_command_line_are_told_at_once) {
  Folder folder;
  const std::string help = "; `tivit-run graph.toml --help` shows the graph's arguments\n";
  const std::string to = "command line: there is no option \"--ot\"; did you mean \"--to\"?\n", end = " mistakes; nothing was started\n";
  const auto missing = [](const std::string& option) { return "command line: there is no option \"" + option + "\""; };
  const auto nothing = [](const std::string& word) {
    return "--set: \"" + word + "\" sets nothing; write --set stage.parameter=value, --set run.seed=7 or --set variable=value\n";
  };
  const auto says = [&](const std::string& words, const std::string& text) {
    const auto outcome = folder.run(words);
    BOOST_TEST(outcome.code == 2, words);
    BOOST_TEST(outcome.err == text, words << "\n" << outcome.err);
  };
  says("graph.toml one.mid --chekpoint x --epoks 3", missing("--chekpoint") + help + missing("--epoks") + help + "2" + end);
  says("graph.toml one.mid --set a --set b -x", nothing("a") + nothing("b") + missing("-x") + help + "3" + end);
  says("graph.toml one.mid --ot x --to", to + "command line: --to: 1 required TEXT missing" + help + "2" + end);
  says("graph.toml one.mid --to x --ot y", to);
  says("graph.toml one.mid -- --check", missing("--") + help);
  // With the graph's own, where it is known what was meant: a value of a misspelt option is no file to read.
  says("graph.toml --ot x --set music.fils=1",
       "graph.toml:3:1: argument \"midi\" is missing; give it on the command line: files to read\n" + to +
           "--set music.fils: stage \"music\" (notes/read) has no parameter \"fils\"; did you mean \"files\"?\n3" + end);
  folder.write("wrong.toml", "[stages.music]\nuse = \"notes/reed\"\n");
  says("wrong.toml more and",
       "command line: nothing asks for \"more\"; `tivit-run wrong.toml --help` shows the graph's arguments\n"
       "command line: nothing asks for \"and\"; `tivit-run wrong.toml --help` shows the graph's arguments\n"
       "wrong.toml:2:7: there is no stage \"notes/reed\"; did you mean \"notes/read\"?\n3" +
           end);
  // Without a graph, and in other commands.
  says("--chek --set x --resum",
       nothing("x") + missing("--chek") + "; did you mean \"--check\"?\n" + missing("--resum") + "; did you mean \"--resume\"?\n3" + end);
  says("diff graph.toml graph.toml --set a --set b", nothing("a") + nothing("b") + "2" + end);
  says("graph.toml --dot --set a", nothing("a"));
}

BOOST_AUTO_TEST_CASE(failures_of_the_run_end_with_1_or_3) {
  Folder folder;
  folder.write("broken.mid", tivit::tests::one_note_midi().substr(0, 20));
  const auto failed = folder.run("graph.toml broken.mid one.mid");
  BOOST_TEST(failed.code == 1, failed.err);
  const auto skipped = folder.run("graph.toml broken.mid one.mid --set 'run.on_error=\"skip\"'");
  BOOST_TEST(skipped.code == 3, skipped.err);
  BOOST_TEST(read_text(folder.path("out/one.txt")) == "0.000000\t0.500000\t60\n");
}

BOOST_AUTO_TEST_CASE(check_resolve_and_dot_run_nothing) {
  Folder folder;
  BOOST_TEST(folder.run("graph.toml one.mid --check").out == "music -> labels.notes  notes\n");
  BOOST_TEST(holds(folder.run("graph.toml one.mid --resolve --set run.seed=9").out, "seed = 9  # --set run.seed\n"));
  BOOST_TEST(holds(folder.run("graph.toml one.mid --dot").out, "\"music\" -> \"labels\""));
  BOOST_TEST(!std::filesystem::exists(folder.path("runs")));
}

BOOST_AUTO_TEST_CASE(stages_are_listed_and_described) {
  Folder folder;
  BOOST_TEST(holds(folder.run("list").out, "notes/threshold            map "));
  const auto list = nlohmann::json::parse(folder.run("list --json").out);
  BOOST_TEST(list.size() > 20U);
  const auto one = nlohmann::json::parse(folder.run("describe notes/read --json").out);
  BOOST_TEST(one["kind"] == "source");
  BOOST_TEST(one["outputs"][0]["type"] == "notes");
  BOOST_TEST(one["parameters"][0]["type"] == "list of path");
  BOOST_TEST(one["parameters"][0]["required"] == true);
  BOOST_TEST(holds(folder.run("describe notes/read").out, "files  (list of path, must exist, required)"));
  const auto unknown = folder.run("describe notes/treshold");
  BOOST_TEST(unknown.code == 2);
  BOOST_TEST(unknown.err == "there is no stage \"notes/treshold\"; did you mean \"notes/threshold\"?\n");
}

/// Arguments may be missing, data sets that are not on this machine, and steps of a model that has none; all else must be right, for
/// every model.
BOOST_AUTO_TEST_CASE(every_graph_of_the_project_is_sound) {
  const std::filesystem::path root = tivit::tests::source_folder();
  Folder folder;
  std::vector<std::string> models;
  for (const auto& entry : std::filesystem::directory_iterator(root / "configs/model")) models.push_back(entry.path().stem());
  BOOST_TEST(models.size() > 0U);
  for (const auto& entry : std::filesystem::directory_iterator(root / "graphs")) {
    const bool modelled = holds(read_text(entry.path()), "${model}");
    for (const auto& model : modelled ? models : std::vector<std::string>{""}) {
      const auto outcome = folder.run("'" + entry.path().string() + "' --check" + (model.empty() ? "" : " --set model=" + model));
      std::istringstream lines(outcome.err);
      for (std::string line; std::getline(lines, line);) {
        bool allowed = false;
        for (const char* part :
             {"\" is missing; give it on the command line", "there is no file or folder", "the data set's folder does not exist",
              "/steps.toml\" to include", "mistakes; nothing was started", "warning: "})
          allowed = allowed || holds(line, part);
        BOOST_TEST(allowed, entry.path().filename() << " " << model << ": " << line);
      }
    }
  }
}

/// An example may leave out what surrounds it; all else it says must be right.
BOOST_AUTO_TEST_CASE(every_example_fits_its_contract) {
  Folder folder;
  for (const auto& spec : nlohmann::json::parse(folder.run("list --json").out)) {
    const std::string name = spec["name"], example = spec["example"];
    BOOST_TEST(!example.empty(), name << " has no example");
    for (const auto& parameter : spec["parameters"])
      BOOST_TEST(!parameter["doc"].get<std::string>().empty(), name << " says nothing of " << parameter["name"]);
    BOOST_TEST(spec["problems"].empty(), name << ": " << spec["problems"].dump());
    folder.write("example.toml", example);
    std::istringstream lines(folder.run("example.toml --check").err);
    for (std::string line; std::getline(lines, line);) {
      bool known = false;
      for (const char* outside :
           {"in this graph", "there is no resource", "there is no file or folder", "the file cannot be read",
            "the data set's folder does not exist", "the graph has no stages", "warning: ", "mistakes; nothing was started"})
        known = known || holds(line, outside);
      BOOST_TEST(known, name << ": " << line);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
