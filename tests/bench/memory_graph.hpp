#pragma once
// What a graph does with records that lie in memory already, and models made the way a graph makes them.
#include <stages/keyboard/key_geometry.hpp>
#include <stages/model/model.hpp>
#include <tivit/parameter.hpp>

#include <memory>
#include <string>

namespace tivit::bench {

/// What the stage `bench/records` sends, in turn, `records_an_epoch` times.
inline std::vector<Fields> records;
inline std::int64_t records_an_epoch = 0;
inline std::optional<keyboard::KeyGeometry> geometry;  ///< that they carry

/// Settings as in a graph file, one a line; the folder of the graph and its run lies in the build folder.
std::shared_ptr<model::Model> make_model(const std::string& use, const std::vector<std::pair<std::string, ParameterValue>>& settings);
/// Runs the text as `tivit-run` would, without the run directory's files.
void run_graph(const std::string& name, const std::string& text, bool training, const std::string& precision);
/// "bf16" where the processor computes in it.
std::string best_precision();

}  // namespace tivit::bench
