#include <tivit/testing/detail/output.hpp>

#include <algorithm>
#include <tivit/codec.hpp>

namespace tivit::testing {
namespace {

/// Of two items of one id.
std::string difference(const Output& expected, const Output& got) {
  const std::string name = expected.event.text();
  for (std::size_t i = 0; i < std::max(expected.values.size(), got.values.size()); ++i) {
    const auto value = [i](const Output& output) { return i < output.values.size() ? output.values[i] : RecordedValue(); };
    const std::string port = i < got.ports.size() ? got.ports[i] : expected.ports.at(i);
    if (const auto where = tivit::difference(value(expected), value(got))) return name + ", output \"" + port + "\"" + *where;
  }
  const auto where = tivit::difference(expected.beside, got.beside);
  return where ? name + ", its " + *where : "";
}

}  // namespace

Output written(Event event, std::vector<std::string> ports) {
  Output output{{}, {}, {}, std::move(ports)};
  for (const auto& value : event.values) output.values.push_back(written(value));
  if (event.kind == Event::Kind::item) output.beside = written_attachments(event.attachments);
  event.values.clear();
  event.attachments = {};
  output.event = std::move(event);
  return output;
}

std::string difference(const std::vector<Output>& expected, const std::vector<Output>& got) {
  for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
    if (i >= got.size()) return expected[i].event.text() + " does not come out";
    if (i >= expected.size()) return got[i].event.text() + " comes out, too";
    const Event &a = expected[i].event, &b = got[i].event;
    if (a.kind != b.kind || a.id != b.id || a.scope != b.scope) return "where " + a.text() + " comes out otherwise, there is " + b.text();
    if (const std::string text = difference(expected[i], got[i]); !text.empty()) return text;
  }
  return "";
}

}  // namespace tivit::testing
