#pragma once
// Short runs on the sample set that several tests share.
#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "program.hpp"

#include "tests/folders.hpp"

namespace tivit::tests {

inline std::vector<std::string> operator+(std::vector<std::string> all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

/// Sample set and cache of strips: one cache, because what it holds does not depend on who asks.
inline std::vector<std::string> on_sample() {
  return {"--set", "clips.root=" + sample_set().string(), "--set", "cache=" + (build_folder() / "tests/cache").string()};
}

/// A training of a few steps in fp32: enough to see whether two runs are the same.
inline std::vector<std::string> short_training(const fs::path& run_directory) {
  return std::vector<std::string>{graph("train.toml"), "--run-dir", run_directory.string(), "--set", "epochs=2", "--set",
                                  "draws=16",          "--set",     "run.precision=fp32"} +
         on_sample();
}

/// Weights that were trained for a few steps; made once a test program.
inline fs::path some_weights() {
  const std::string program = program_invocation_short_name;
  const fs::path run_directory = build_folder() / "tests" / ("some-weights-" + program);
  const fs::path weights = run_directory / "checkpoints/last.safetensors";
  if (!fs::exists(weights)) {
    fs::remove_all(run_directory);
    const auto outcome = run(short_training(run_directory), fresh_folder("some-weights-log-" + program));
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  }
  return weights;
}

/// A network that transcribes the first four clips of train/; made once.
inline fs::path weights_fitted_to_four_clips() {
  const fs::path run_directory = build_folder() / "tests/fitted-weights";
  const fs::path weights = run_directory / "checkpoints/last.safetensors";
  if (!fs::exists(run_directory / "account.json")) {
    fs::remove_all(run_directory);
    const auto outcome =
        run(std::vector<std::string>{graph("train.toml"), "--run-dir", run_directory.string(), "--set", "epochs=1", "--set", "draws=2800",
                                     "--set", "validate=train", "--set", "validate_clips=1", "--set", "clips.max_clips=4"} +
                on_sample(),
            fresh_folder("fitted-weights-log"));
    BOOST_TEST_REQUIRE(outcome.code == 0, outcome.output);
  }
  return weights;
}

}  // namespace tivit::tests
