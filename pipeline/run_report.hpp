#pragma once
// report.html: a run in one page that opens without network. It shows what the run directory holds: figures of metrics.jsonl as
// curves, account.json, quarantine.jsonl, the pictures that stages wrote (PNG and SVG, of the last epoch where there are several),
// graph.toml and manifest.json.
#include <filesystem>
#include <string>

namespace tivit {

/// Throws Error where the directory is not that of a run that has ended.
std::string report_html(const std::filesystem::path& run_directory);

}  // namespace tivit
