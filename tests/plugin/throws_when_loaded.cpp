// A plugin one of whose static objects fails.
#include <stdexcept>

#include "one.cpp"

namespace {
[[maybe_unused]] const int broken = []() -> int { throw std::runtime_error("no licence for this plugin"); }();
}  // namespace
