#pragma once
// One stage of each kind over plain numbers. Each is sound, or breaks one promise: its parameter `how` says which.
#include <atomic>
#include <ctime>
#include <stdexcept>
#include <thread>
#include <tivit/atomic_file.hpp>
#include <tivit/contract.hpp>

namespace tivit::tests {

struct Number {
  std::int64_t value = 0;
};

/// Processor time that this thread was given.
inline double processor_s() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

inline std::atomic<bool> released{false};  ///< lets a stage that hangs go on
inline std::atomic<int> calls_of_process{0};
inline std::vector<Payload> kept;  ///< what a stage never gives back

}  // namespace tivit::tests

template <>
struct tivit::PortTraits<tivit::tests::Number> {
  static constexpr std::string_view name = "number";
  static std::size_t bytes(const tivit::tests::Number&) { return 2048; }
};

namespace tivit::tests {

struct Double {
  std::string how;
  static void contract(Contract<Double>& c) {
    c.map("twice the value, and what the seed says").parallel();
    c.param("how", &Double::how).doc("promise to break");
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n, Context& context) const {
    const Number good{2 * n.value + static_cast<std::int64_t>(context.seed() % 5)};
    if (how == "writes into its input") const_cast<Number&>(n).value = std::max<std::int64_t>(n.value, 3);
    if (n.value < 0 && how == "throws a number") throw 7;
    if (n.value < 0 && how != "accepts what it refuses") throw Error("a negative number");
    if (how == "of the item before") return {std::exchange(before_.value, good.value)};
    if (how == "counts calls") return {good.value + calls_of_process++};
    if (how == "depends on others at work") {
      ++*at_work_;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      return {good.value + 100 * (at_work_->fetch_sub(1) - 1)};
    }
    if (how == "fails beside others") {
      ++*at_work_;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (at_work_->fetch_sub(1) > 1) throw Error("somebody else is here");
    }
    if (how == "works on for a while")
      for (const double begin = processor_s(); context.cancelled() && processor_s() - begin < 0.1;) continue;
    if (how == "hangs")
      while (context.cancelled() && !released) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (how == "fails when cancelled" && context.cancelled()) throw Error("interrupted");
    if (how == "wants no gaps") {
      if (context.id().back() != 0 && context.id().back() != last_ + 1) throw Error("item " + std::to_string(last_ + 1) + " is missing");
      last_ = context.id().back();
    }
    return good;
  }
  mutable Number before_;
  mutable std::uint32_t last_ = 0;
  std::shared_ptr<std::atomic<int>> at_work_ = std::make_shared<std::atomic<int>>(0);
};

/// The sum of all values so far: state that outlives epochs.
struct Running {
  std::string how;
  static void contract(Contract<Running>& c) {
    c.map("the sum so far");
    c.param("how", &Running::how).doc("promise to break");
    c.in("number", "number");
    c.out("sum", "number");
  }
  Number operator()(const Number& n) { return {sum_ += n.value}; }
  std::string save_state() const { return how == "saves nothing" ? "" : std::to_string(sum_); }
  void load_state(std::string_view state) {
    if (how == "refuses its own state") throw Error("there is no such state");
    sum_ = state.empty() ? 0 : std::stoll(std::string(state));
    if (how == "loads something else") ++sum_;
  }
  std::int64_t sum_ = 0;
};

struct Spread {
  std::string how;
  static void contract(Contract<Spread>& c) {
    c.expand("the value and the next one", "part");
    c.param("how", &Spread::how).doc("promise to break");
    c.in("number", "number");
    c.out("number", "number");
  }
  void operator()(const Number& n, Emit& emit) const {
    const int left = how == "clears after its work" ? left_ : 0;
    left_ = 1;
    for (int i = 0; i < 2; ++i) try {
        emit(Number{n.value + i + 10 * left});
      } catch (const std::exception&) {
        if (how != "swallows cancellation") throw;
      }
    left_ = 0;
  }
  mutable int left_ = 0;
};

struct Total {
  std::string how;
  static void contract(Contract<Total>& c) {
    c.gather("the sum of an epoch", "epoch").one_per_scope();
    c.param("how", &Total::how).doc("promise to break");
    c.in("number", "number");
    c.out("sum", "number");
  }
  void add(const Number& n, Emit&) { sum_ += n.value, ++count_; }
  void finish(Emit& emit) {
    if (how == "throws when a scope ends" && count_ > 0) throw Error("no end was foreseen");
    if (how == "throws on an empty scope" && count_ == 0) throw Error("the mean of nothing");
    const Number sum{sum_};
    if (how == "clears after its work") emit(sum);
    count_ = 0;
    if (how != "keeps state between scopes") sum_ = 0;
    if (how != "ignores the end of a scope" && how != "clears after its work") emit(sum);
  }
  std::int64_t sum_ = 0, count_ = 0;
};

struct Pairs {
  std::string how;
  static void contract(Contract<Pairs>& c) {
    c.gather("sums of two", "epoch");
    c.param("how", &Pairs::how).doc("promise to break");
    c.in("number", "number");
    c.out("sum", "number");
  }
  void add(const Number& n, Emit& emit) {
    if (n.value < 0 && how != "keeps what it refuses") throw Error("a negative number");
    sum_ += n.value;
    if (n.value < 0) throw Error("a negative number");
    if (++held_ == 2) send(emit);
  }
  void finish(Emit& emit, Context& context) {
    if (how == "stumbles over the lost")
      for (const auto& member : *context.members())
        if (member.lost) throw Error("item " + member.id.text() + " is no number");
    if (how == "makes items of nothing" && held_ == 0) send(emit), send(emit);
    if (held_ > 0 && how != "drops the rest") send(emit);
    held_ = 0, sum_ = 0;
  }
  void send(Emit& emit) {
    emit(Number{sum_});
    held_ = 0, sum_ = 0;
  }
  std::int64_t held_ = 0, sum_ = 0;
};

/// Gives back the numbers of a group, which hold nothing but its sum.
struct Apart {
  std::string how;
  static void contract(Contract<Apart>& c) {
    c.expand("the group's number for each member", "").restores_members();
    c.param("how", &Apart::how).doc("promise to break");
    c.in("number", "number");
    c.out("number", "number");
  }
  void operator()(const Number& n, Emit& emit, Context& context) const {
    std::size_t left = how == "drops a member" ? 1 : 0;
    for (const auto& member : *context.members()) left += member.alive() || how == "brings the lost back" ? 1 : 0;
    for (std::size_t i = how == "drops a member" ? 2 : 0; i < left; ++i) emit(Number{n.value + static_cast<std::int64_t>(i)});
  }
};

struct Four {
  std::string how;
  static void contract(Contract<Four>& c) {
    c.source("four numbers an epoch");
    c.param("how", &Four::how).doc("promise to break");
    c.out("number", "number");
  }
  std::optional<Number> next(Context& context) {
    if (how == "ends for ever" ? made_ == 4 : context.id().back() == 4) return std::nullopt;
    if (how == "remembers epochs") return Number{made_++};
    return ++made_, Number{context.id().back()};
  }
  std::int64_t expected() const { return how == "expects five" ? 5 : 4; }
  std::int64_t made_ = 0;
};

struct Write {
  std::string how;
  std::filesystem::path folder_;
  static void contract(Contract<Write>& c) {
    c.sink("a file an epoch, and one of the run");
    c.param("how", &Write::how).doc("promise to break");
    c.in("number", "number");
  }
  void open(RunContext& run) { folder_ = run.directory; }
  void operator()(const Number& n) {
    if (n.value < 0 && how == "keeps what it refuses") epoch_ += "half a number\n";
    if (n.value < 0) throw Error("a negative number");
    epoch_ += std::to_string(n.value) + "\n", ++lines_;
    if (how == "counts calls") run_ += std::to_string(calls_of_process++);
    run_ += how == "writes what a crash loses" ? epoch_ : "";
  }
  void scope_end(Context& context) {
    const bool whole = context.scope().kind == "run";
    if (epoch_.empty() && !whole && how == "throws on an empty epoch") throw Error("an empty file");
    if (whole && how == "throws at the end of the run") throw Error("no end was foreseen");
    if (!whole) context.run().metrics("lines", context.epoch(), {{"count", how == "reports its calls" ? calls_of_process++ : lines_}});
    write_file(folder_ / (whole ? "run.txt" : "epoch" + context.scope().id.text() + ".txt"), whole ? run_ : epoch_);
    if (!whole) epoch_.clear(), lines_ = 0;
  }
  std::string epoch_, run_;
  int lines_ = 0;
};

struct Pass {
  std::string how;
  static void contract(Contract<Pass>& c) {
    c.map("the number itself").parallel();
    c.param("how", &Pass::how).doc("promise to break");
    c.in("number", "any");
    c.out("number", "any");
  }
  Payload operator()(const Payload& number) const {
    if (how == "never gives back") kept.push_back(number);
    return number;
  }
};

}  // namespace tivit::tests
