#include <algorithm>
#include <tivit/checks/draft.hpp>

namespace tivit::checks {
namespace {

enum class Mark { untouched, open, done };

class Sorter {
 public:
  explicit Sorter(Draft& draft) : draft_(draft), marks_(draft.stages.size(), Mark::untouched), circular_(draft.stages.size()) {}
  void sort() {
    for (std::size_t i = 0; i < draft_.stages.size(); ++i) visit(static_cast<int>(i));
  }

 private:
  void visit(int stage) {
    if (marks_[stage] != Mark::untouched) return;
    marks_[stage] = Mark::open;
    path_.push_back(stage);
    for (const auto& connection : draft_.stages[stage].connections) {
      const int producer = connection.input.producer;
      if (producer < 0) continue;
      const bool closes = marks_[producer] == Mark::open;
      if (closes)
        circle(producer, connection);
      else
        visit(producer);
      if (closes || circular_[producer]) circular_[stage] = true;
    }
    path_.pop_back();
    marks_[stage] = Mark::done;
    if (!circular_[stage]) draft_.order.push_back(stage);
  }
  void circle(int back_to, const Connection& connection) {
    std::string names;
    // The path runs against the stream: from consumer to producer.
    for (auto at = std::find(path_.begin(), path_.end(), back_to); at != path_.end(); ++at)
      names = " -> \"" + draft_.stages[*at].text->name + "\"" + names;
    names = "\"" + draft_.stages[back_to].text->name + "\"" + names;
    draft_.mistakes.add(connection.origin, "the stages feed each other in a circle: " + names,
                        "a graph has a beginning: take one of these edges away");
  }

  Draft& draft_;
  std::vector<Mark> marks_;
  std::vector<char> circular_;  ///< by stage: it is on a circle, or behind one
  std::vector<int> path_;
};

}  // namespace

void sort_stages(Draft& draft) { Sorter(draft).sort(); }

}  // namespace tivit::checks
