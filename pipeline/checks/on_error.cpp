#include <charconv>
#include <tivit/checks/draft.hpp>

namespace tivit::checks {
namespace {

/// Whether the word is one.
bool read_do(const Value& value, OnError& into, Mistakes& mistakes) {
  const std::string word = value.string() ? *value.string() : "";
  if (word == "fail")
    into.action = OnError::Do::fail;
  else if (word == "skip")
    into.action = OnError::Do::skip;
  else if (word == "retry")
    into.action = OnError::Do::retry;
  else
    return mistakes.add(value.origin, "on_error cannot be " + value.text(), Mistakes::suggestion(word, {"fail", "skip", "retry"}, "")),
           false;
  return true;
}

void read_times(const Value& value, OnError& into, Mistakes& mistakes) {
  const auto* times = value.get<std::int64_t>();
  if (times && *times >= 1 && *times <= 1000)
    into.times = static_cast<int>(*times);
  else
    mistakes.add(value.origin, "times = " + value.text() + " is no number of attempts", "give a whole number between 1 and 1000");
}

void read_wait(const Value& value, OnError& into, Mistakes& mistakes) {
  double seconds = -1;
  if (const auto* text = value.string()) try {
      seconds = Duration::parse(*text).seconds;
    } catch (const Error&) {
    }
  if (const auto* number = value.get<double>()) seconds = *number;
  if (const auto* number = value.get<std::int64_t>()) seconds = static_cast<double>(*number);
  if (seconds >= 0 && seconds <= 30)
    into.wait_s = seconds;
  else
    mistakes.add(value.origin, "wait " + value.text() + " is no time to wait", "write for example wait = \"0.1 s\"; at most 30 s");
}

void read_budget(const Value& value, OnError& into, Mistakes& mistakes) {
  if (const auto* items = value.get<std::int64_t>(); items && *items >= 0) {
    into.budget_items = *items;
    return;
  }
  double percent = -1;
  if (const auto* text = value.string()) {
    const char* end = text->data() + text->size();
    const auto [after, error] = std::from_chars(text->data(), end, percent);
    const std::string unit(error == std::errc{} ? after : end, end);
    if (unit != "%" && unit != " %") percent = -1;
  }
  if (percent >= 0 && percent <= 100)
    into.budget = percent / 100;
  else
    mistakes.add(value.origin, "budget " + value.text() + " is no share of the items",
                 "write for example budget = \"1 %\", or a number of items");
}

}  // namespace

OnError read_on_error(const Value& value, Mistakes& mistakes) {
  OnError on_error;
  if (value.bad()) return on_error;
  const auto* table = value.get<Value::Table>();
  const Value::Table entries = table ? *table : Value::Table{{"do", value.origin, value}};  // on_error = "skip"
  bool known = false;  // what is to be done: else nothing can be wrong with the rest
  for (const auto& [key, origin, one] : entries) {
    if (one.bad()) continue;
    if (key == "do")
      known = read_do(one, on_error, mistakes);
    else if (key == "times")
      read_times(one, on_error, mistakes);
    else if (key == "wait")
      read_wait(one, on_error, mistakes);
    else if (key == "budget")
      read_budget(one, on_error, mistakes);
    else
      mistakes.add(origin, "on_error has no key \"" + key + "\"", Mistakes::suggestion(key, {"do", "times", "wait", "budget"}, ""));
  }
  for (const char* key : {"times", "wait"})
    if (const auto* value = find(entries, key); value && known && on_error.action != OnError::Do::retry)
      mistakes.add(value->origin, std::string(key) + " is for do = \"retry\" only", "take it away, or write do = \"retry\"");
  if (!find(entries, "do")) mistakes.add(value.origin, "on_error does not say what to do", "add do = \"fail\", \"skip\" or \"retry\"");
  if (const auto* budget = find(entries, "budget"); budget && known && on_error.action == OnError::Do::fail)
    mistakes.add(budget->origin, "budget is for do = \"skip\" and \"retry\"", "with \"fail\" the first failure ends the run: take it away");
  if (!find(entries, "times") && on_error.action == OnError::Do::retry) on_error.times = 1;
  return on_error;
}

}  // namespace tivit::checks
