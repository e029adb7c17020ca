#pragma once
// Stages over plain integers, for tests of the executor: each can wait a random time and throw on chosen items.
#include <chrono>
#include <random>
#include <thread>
#include <tivit/contract.hpp>

namespace tivit::tests {

/// A number, and a made-up size so that byte budgets have something to count.
struct Number {
  std::int64_t value = 0;
  std::size_t size = 0;
};

/// Waits up to `max_us` microseconds, a different time at every call: order must not depend on it.
inline void dawdle(int max_us) {
  if (max_us <= 0) return;
  thread_local std::mt19937 random{std::random_device{}()};
  std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<unsigned>(max_us)));
}

}  // namespace tivit::tests

template <>
struct tivit::PortTraits<tivit::tests::Number> {
  static constexpr std::string_view name = "number";
  static std::size_t bytes(const tivit::tests::Number& n) { return n.size; }
};

namespace tivit::tests {

struct Count {
  int items = 10, size = 0, max_us = 0;
  int next_ = 0;
  static void contract(Contract<Count>& c) {
    c.source("numbers from 0");
    c.param("items", &Count::items).doc("how many in an epoch");
    c.param("size", &Count::size).doc("bytes each claims to have");
    c.param("max_us", &Count::max_us).doc("longest wait");
    c.out("number", "number");
  }
  std::optional<Number> next() {
    if (next_ == items) {
      next_ = 0;
      return std::nullopt;
    }
    dawdle(max_us);
    return Number{next_++, static_cast<std::size_t>(size)};
  }
  std::int64_t expected() const { return items; }
};

/// value * factor + seed-dependent noise; throws where value % throws_at == throws_at - 1, drops likewise.
struct Affine {
  int factor = 3, throws_at = 0, drops_at = 0, max_us = 0, size = 0;
  static void contract(Contract<Affine>& c) {
    c.map("factor * value + what the seed says").parallel();
    c.param("factor", &Affine::factor).doc("factor");
    c.param("throws_at", &Affine::throws_at).doc("throws on every n-th value");
    c.param("drops_at", &Affine::drops_at).doc("drops every n-th value");
    c.param("max_us", &Affine::max_us).doc("longest wait");
    c.param("size", &Affine::size).doc("bytes each result claims to have");
    c.in("number", "number");
    c.out("number", "number");
  }
  Number operator()(const Number& n, Context& context) const {
    dawdle(max_us);
    if (throws_at && n.value % throws_at == throws_at - 1) throw Error("value " + std::to_string(n.value) + " is not liked");
    if (drops_at && n.value % drops_at == drops_at - 1) throw Dropped("not wanted");
    return {n.value * factor + static_cast<std::int64_t>(context.seed() % 7), static_cast<std::size_t>(size)};
  }
};

struct Add {
  int max_us = 0;
  static void contract(Contract<Add>& c) {
    c.map("a + b").parallel();
    c.param("max_us", &Add::max_us).doc("longest wait");
    c.in("a", "number");
    c.in("b", "number");
    c.out("sum", "number");
  }
  Number operator()(const Number& a, const Number& b) const {
    dawdle(max_us);
    return {a.value * 5 + b.value, a.size + b.size};
  }
};

struct Spread {
  int max_us = 0, throws_at = 0;
  static void contract(Contract<Spread>& c) {
    c.expand("value % 4 numbers from each", "recording");
    c.param("max_us", &Spread::max_us).doc("longest wait");
    c.param("throws_at", &Spread::throws_at).doc("throws after its first on every n-th value");
    c.in("number", "number");
    c.out("part", "number");
  }
  void operator()(const Number& n, Emit& emit) {
    for (std::int64_t i = 0; i < n.value % 4; ++i) {
      dawdle(max_us);
      emit(Number{n.value + i, n.size});
      if (throws_at && n.value % throws_at == throws_at - 1) throw Error("spread broke off");
    }
  }
};

/// Sums a recording.
struct Sum {
  std::int64_t sum_ = 0;
  static void contract(Contract<Sum>& c) {
    c.gather("sum of a recording", "recording").one_per_scope();
    c.in("number", "number");
    c.out("sum", "number");
  }
  void add(const Number& n, Emit&) { sum_ = sum_ * 3 + n.value; }
  void finish(Emit& emit) { emit(Number{sum_, 16}), sum_ = 0; }
};

/// Groups of `size` within a scope: value is a polynomial over the members, so order shows.
struct Group {
  int size = 3;
  std::string scope = "epoch";
  std::vector<std::int64_t> held_;
  static void contract(Contract<Group>& c) {
    c.gather("groups of numbers", "$scope");
    c.param("size", &Group::size).doc("members");
    c.param("scope", &Group::scope).doc("scope that flushes");
    c.in("number", "number");
    c.out("group", "number");
  }
  void flush(Emit& emit) {
    std::int64_t value = 0;
    for (auto v : held_) value = value * 31 + v;
    held_.clear();
    emit(Number{value, 64});
  }
  void add(const Number& n, Emit& emit) {
    held_.push_back(n.value);
    if (static_cast<int>(held_.size()) == size) flush(emit);
  }
  void finish(Emit& emit) {
    if (!held_.empty()) flush(emit);
  }
};

/// Gives back one number for each member of a group.
struct Ungroup {
  static void contract(Contract<Ungroup>& c) {
    c.expand("one for each member", "").restores_members();
    c.in("group", "number");
    c.out("member", "number");
  }
  void operator()(const Number& n, Emit& emit, Context& context) {
    std::int64_t i = 0;
    for (const auto& member : *context.members())
      if (member.alive()) emit(Number{n.value + i++, n.size});
  }
};

/// Writes down what arrives, in the order in which it arrives.
struct Note {
  int max_us = 0;
  std::string list = "default";
  /// Not shared between sinks that run at the same time: each has a list of its own, made in open().
  static std::map<std::string, std::vector<std::string>>& lists() {
    static std::map<std::string, std::vector<std::string>> lists;
    return lists;
  }
  std::vector<std::string>* mine_ = nullptr;
  void open(RunContext&) { mine_ = &lists()[list], mine_->clear(); }
  static void contract(Contract<Note>& c) {
    c.sink("writes items down");
    c.param("max_us", &Note::max_us).doc("longest wait");
    c.param("list", &Note::list).doc("where");
    c.in("number", "number");
  }
  void operator()(const Number& n, Context& context) {
    dawdle(max_us);
    mine_->push_back(context.id().text() + "=" + std::to_string(n.value));
  }
  void scope_end(Context& context) { mine_->push_back("end " + context.scope().kind + " " + context.scope().id.text()); }
};

}  // namespace tivit::tests
