#include <tivit/run_log.hpp>

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/error.hpp>

namespace tivit {
namespace {

/// log.jsonl: one JSON object a line.
class JsonLines final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit JsonLines(std::filesystem::path path) : path_(std::move(path)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const auto level = spdlog::level::to_string_view(message.level);
    const double unix_s = std::chrono::duration<double>(message.time.time_since_epoch()).count();
    const nlohmann::ordered_json line{{"unix_s", unix_s},
                                      {"level", std::string(level.data(), level.size())},
                                      {"text", std::string(message.payload.data(), message.payload.size())}};
    try {
      append_whole(path_, line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } catch (const Error&) {
      // A full disk does not end the run for a line of its log; the terminal has it.
    }
  }
  void flush_() override {}
  std::filesystem::path path_;
};

}  // namespace

void start_log(const std::filesystem::path& directory) {
  auto console = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  // On a terminal the cursor stands on the first of the progress lines: they make way.
  console->set_pattern(::isatty(STDERR_FILENO) ? "\r\033[J%^%l%$: %v" : "%^%l%$: %v");
  auto file = std::make_shared<JsonLines>(directory / "log.jsonl");
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("tivit", spdlog::sinks_init_list{console, file}));
  spdlog::flush_on(spdlog::level::info);
}

}  // namespace tivit
