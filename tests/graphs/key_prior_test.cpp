// graphs/apply.toml with notes/key_prior, and graphs/rescore.toml: what the Python program made of the same arrays.
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>

#include <cmath>
#include <stages/data/npz.hpp>
#include <tests/shared_data.hpp>

#include "sample.hpp"

namespace {
using namespace tivit::tests;
using nlohmann::json;

json read_json(const fs::path& file) { return json::parse(read_file(file)); }

void close_to(const at::Tensor& found, const at::Tensor& wanted, double relative, const std::string& what) {
  BOOST_TEST_REQUIRE(found.sizes() == wanted.sizes(), what);
  const auto allowed = wanted.abs().to(at::kDouble).clamp_min(1).mul(relative);
  BOOST_TEST((found.to(at::kDouble) - wanted.to(at::kDouble)).abs().le(allowed).all().item<bool>(), what);
}

/// The stage on `logits`, through the ports of graphs/apply.toml.
tivit::Fields through_the_graph(const fs::path& folder, const at::Tensor& logits, const json& config) {
  const auto in = folder / "in.npz", out = folder / "out.npz";
  tivit::data::write_npz(in, {{{"logits.onset", logits}}, {}});
  const auto set = [&](const char* parameter, const json& value) { return std::string("apply.") + parameter + "=" + value.dump(); };
  const auto outcome = run({graph("apply.toml"),
                            in.string(),
                            "--to",
                            out.string(),
                            "--set",
                            "apply.use=notes/key_prior",
                            "--set",
                            "arrays.rate=" + config["fps"].dump(),
                            "--set",
                            set("window", config["window_sec"]),
                            "--set",
                            set("beta", config["beta"]),
                            "--set",
                            set("uniform", config["rho_uniform"]),
                            "--set",
                            set("strength", config["prior_strength"]),
                            "--set",
                            set("epsilon", config["epsilon"]),
                            "--set",
                            set("lowest_pitch", config["midi_low"])},
                           folder);
  BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  return tivit::data::read_npz(out).arrays;
}

std::vector<std::vector<std::string>> csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows(1, {""});
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ',')
      rows.back().emplace_back();
    else if (text.compare(i, 2, "\r\n") == 0)
      rows.push_back({""}), ++i;
    else
      rows.back().back() += text[i];
  }
  return rows;
}

/// The options of a run of the Python program, as ours.
std::vector<std::string> options_of(const json& args) {
  std::vector<std::string> options;
  for (std::size_t i = 0; i + 1 < args.size(); i += 2) {
    const std::string name = args[i], value = args[i + 1];
    if (name == "--apply_to") {
      options.push_back("--apply-to");
      std::istringstream heads(value);
      for (std::string head; std::getline(heads, head, ',');) options.push_back(head.substr(head.find_first_not_of(' ')));
    } else if (name != "--midi_high") {  // the pitch of the first column and the width say it
      const std::map<std::string, std::string> ours{
          {"--ref_head", "prior.reference"},   {"--window_sec", "prior.window"},   {"--beta", "prior.beta"},
          {"--rho_uniform", "prior.uniform"},  {"--lambda_key", "prior.strength"}, {"--fps", "source.rate"},
          {"--midi_low", "prior.lowest_pitch"}};
      options.insert(options.end(), {"--set", ours.at(name) + "=" + value});
    }
  }
  return options;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_prior)

BOOST_AUTO_TEST_CASE(golden_posteriors_priors_and_rescored_logits) {
  const auto text = shared("golden/key_prior.json"), arrays = shared("golden/key_prior.npz");
  if (!text || !arrays) return;
  const auto golden = read_json(*text);
  const auto stored = tivit::data::read_npz(*arrays).arrays;
  const fs::path folder = fresh_folder("key-prior");
  for (const auto& row : golden["cases"]) {
    const std::string input = row["input"], prefix = "case" + std::to_string(row["case"].get<int>());
    const auto out = through_the_graph(folder, stored.at(input + "_logits"), row["config"]);
    const double relative = input == "extreme" ? 1e-8 : 1e-9;
    close_to(out.at("posterior"), stored.at(prefix + "_posterior"), relative, prefix);
    close_to(out.at("prior"), stored.at(prefix + "_pc_prior"), relative, prefix);
    std::map<std::string, int> top;
    const auto keys = out.at("posterior").argmax(1);
    for (std::int64_t i = 0; i < keys.size(0); ++i) ++top[golden["key_names"][static_cast<std::size_t>(keys[i].item<std::int64_t>())]];
    BOOST_TEST(json(top) == row["top_key_counts"], prefix << " " << json(top));
    const auto rescored = out.at("logits.onset");
    const auto step = row["rescored_row_step"].get<std::int64_t>();
    close_to(rescored.slice(0, 0, std::nullopt, step), stored.at(prefix + "_rescored_rows"), relative, prefix);
    const double sum = row["rescored_sum"];
    BOOST_TEST(std::abs(rescored.sum().item<double>() - sum) <= relative * std::abs(sum) * 10, prefix);
  }
}

BOOST_AUTO_TEST_CASE(runs_of_the_python_program) {
  const auto runs = shared("golden/theory_decode/runs.json");
  if (!runs) return;
  const fs::path stored = runs->parent_path();
  const auto golden = read_json(*runs);
  BOOST_TEST(golden["runs"].size() == 7u);
  for (const auto& row : golden["runs"]) {
    const std::string name = row["name"];
    const fs::path folder = fresh_folder("rescore-" + name);
    const auto outcome = run(std::vector<std::string>{graph("rescore.toml"), (stored / row["in"].get<std::string>()).string(), "--to",
                                                      "out.npz", "--keys", "keys.csv"} +
                                 options_of(row["args"]),
                             folder);
    if (row["exit_code"] != 0) {
      BOOST_TEST(outcome.code != 0, name);
      BOOST_TEST(!fs::exists(folder / "out.npz"), name);
      continue;
    }
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    const auto found = tivit::data::read_npz(folder / "out.npz"), wanted = tivit::data::read_npz(stored / row["out"].get<std::string>());
    BOOST_TEST(found.arrays.size() == wanted.arrays.size(), name);
    for (const auto& [array, values] : wanted.arrays) {
      BOOST_TEST((found.arrays.at(array).scalar_type() == values.scalar_type()), name << " " << array);
      close_to(found.arrays.at(array), values, values.scalar_type() == at::kFloat ? 1e-6 : 1e-9, name + " " + array);
    }
    BOOST_TEST(json::parse(found.texts.at(0).second) == row["meta"], found.texts.at(0).second << " " << row["meta"]);
    const auto keys = csv(read_file(folder / "keys.csv")), expected = csv(read_file(stored / row["csv"].get<std::string>()));
    BOOST_TEST_REQUIRE(keys.size() == expected.size());
    for (std::size_t i = 0; i < keys.size(); ++i)
      for (std::size_t k = 0; k < expected[i].size(); ++k) {
        const std::string a = keys[i].at(k), b = expected[i][k];
        if (i == 0 || k == 1 || k == 3 || b.empty())
          BOOST_TEST(a == b);
        else
          BOOST_TEST(std::abs(std::stod(a) - std::stod(b)) <= 1e-9 * std::max(1.0, std::abs(std::stod(b))));
      }
  }
}

BOOST_AUTO_TEST_CASE(clips_one_after_another_in_a_python_dump_are_kept_apart) {
  const auto dump = shared("golden/metrics_dump_logits.npz");
  if (!dump) return;
  const fs::path folder = fresh_folder("rescore-clips");
  const auto whole = tivit::data::read_npz(*dump);
  const auto rescore = [&](const fs::path& in, const std::string& to, const std::vector<std::string>& more) {
    const auto outcome = run(
        std::vector<std::string>{graph("rescore.toml"), in.string(), "--to", to, "--keys", to + ".csv", "--strength", "1"} + more, folder);
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
    return tivit::data::read_npz(folder / to).arrays.at("onset_logits");
  };
  const auto apart = rescore(*dump, "apart.npz", {"--set", "prior.recording_rows=16"}), together = rescore(*dump, "together.npz", {});
  BOOST_TEST(!at::equal(apart, together));
  for (const std::int64_t clip : {0, 1}) {
    tivit::data::Npz part = whole;
    for (const auto& [name, array] : whole.arrays) part.arrays.set(name, array.narrow(0, 16 * clip, 16).clone());
    tivit::data::write_npz(folder / "part.npz", part);
    BOOST_TEST(at::equal(rescore(folder / "part.npz", "alone.npz", {}), apart.narrow(0, 16 * clip, 16)));
  }
}

BOOST_AUTO_TEST_CASE(files_that_hold_no_logits_are_refused) {
  const fs::path folder = fresh_folder("rescore-wrong");
  const auto says = [&](const tivit::Fields& arrays, const std::string& meta, const std::string& part) {
    tivit::data::write_npz(folder / "in.npz", {arrays, {{"meta", meta}}});
    const auto outcome = run({graph("rescore.toml"), "in.npz"}, folder);
    BOOST_TEST(outcome.code == 3, outcome.output);
    BOOST_TEST(outcome.output.find(part) != std::string::npos, outcome.output);
  };
  const auto roll = at::zeros({4, 88});
  const std::string meta = R"({"fps": 15.0, "midi_low": 21, "midi_high": 108})";
  says({{"onset", roll}}, meta, "in.npz: there are no logits in it: \"onset\"");
  says({{"onset_logits", roll}, {"pitch_logits", at::zeros({4, 87})}}, meta,
       "in.npz[pitch_logits]: is [4, 87], and \"onset_logits\" is [4, 88]; the logits of one recording have one size");
  says({{"onset_logits", roll.to(at::kInt)}}, meta, "in.npz[onset_logits]: holds i32; logits are fractions; store them as float32");
  says({{"onset_logits", at::zeros({2, 4, 88})}}, meta,
       "in.npz[onset_logits]: has 3 axes; logits are a table, [rows, pitches]; store them so");
  says({{"onset_logits", roll}}, "fps 15", "in.npz[meta]: is no JSON object");
  says({{"onset_logits", roll}}, R"({"fps": 0})", "in.npz[meta]: fps is not positive");
  says({{"onset_logits", roll}}, R"({"fps": 15, "midi_low": 60, "midi_high": 59})", "midi_low 60 to midi_high 59 is no range of pitches");
  says({{"onset_logits", roll}}, R"({"fps": 15, "midi_low": 4294967317, "midi_high": 108})",
       "midi_low 4294967317 to midi_high 108 is no range of pitches");
  says({{"onset_logits", roll}}, R"({"fps": 15, "midi_low": 21.5, "midi_high": 108})", "midi_low is 21.5, no integer");
  says({{"onset_logits", roll}}, R"({"fps": 15, "midi_low": 21, "midi_high": 107})", "the pitches 21 to 107 are 87");
}

BOOST_AUTO_TEST_CASE(one_bad_file_costs_that_file_and_two_of_one_name_are_found_before) {
  const fs::path folder = fresh_folder("rescore-many");
  for (const char* name : {"a", "c"})
    tivit::data::write_npz(folder / (name + std::string(".npz")), {{{"onset_logits", at::zeros({4, 88})}}, {}});
  std::ofstream(folder / "b.npz") << "no NumPy file";
  const auto outcome = run({graph("rescore.toml"), "a.npz", "b.npz", "c.npz", "--run-dir", "run"}, folder);
  BOOST_TEST(outcome.code == 3, outcome.output);
  for (const char* name : {"rescored/a.npz", "rescored/a.csv", "rescored/c.npz", "rescored/c.csv"})
    BOOST_TEST(fs::exists(folder / name), name);
  BOOST_TEST(!fs::exists(folder / "rescored/b.npz"));
  std::ifstream lines(folder / "run/quarantine.jsonl");
  std::string line;
  BOOST_TEST_REQUIRE(!!std::getline(lines, line));
  BOOST_TEST(json::parse(line)["clip"] == "b");
  BOOST_TEST(!std::getline(lines, line));

  fs::create_directories(folder / "other");
  fs::copy_file(folder / "a.npz", folder / "other/a.npz");
  const auto twice = run({graph("rescore.toml"), "a.npz", "other/a.npz", "--check"}, folder);
  BOOST_TEST(twice.code == 2);
  BOOST_TEST(twice.output.find("other/a.npz: has the name of a.npz; recordings are called after their files: rename one of them\n") !=
                 std::string::npos,
             twice.output);
}

BOOST_AUTO_TEST_SUITE_END()
