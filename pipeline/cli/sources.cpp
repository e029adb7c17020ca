// Which commit the program was built from: a version stays the same over many.
#include <tivit/run_versions.hpp>
#include <tivit_sources.hpp>

namespace tivit {
namespace {
const bool told = std::string(TIVIT_SOURCES).empty() || add_run_version("sources", []() -> std::string { return TIVIT_SOURCES; });
}
}  // namespace tivit
