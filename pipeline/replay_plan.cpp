#include <tivit/replay_plan.hpp>

#include <algorithm>
#include <charconv>
#include <tivit/detail/stage_named.hpp>
#include <tivit/text_format.hpp>

namespace tivit {
namespace {

const PlanDomain& domain_of(const Plan& plan, int index) { return plan.domains[static_cast<std::size_t>(index)]; }

int own_domain(const PlanStage& stage) { return stage.input_domain >= 0 ? stage.input_domain : stage.domain; }

/// The nearest domain, from this one outwards, whose items were gathered; -1: its ids are those that sources and expands gave.
int gathered_above(const Plan& plan, int domain) {
  while (domain >= 0 && domain_of(plan, domain).gathered < 0) domain = domain_of(plan, domain).parent;
  return domain;
}

int at_depth(const Plan& plan, int domain, std::size_t depth) {
  while (domain >= 0 && domain_of(plan, domain).depth > static_cast<int>(depth)) domain = domain_of(plan, domain).parent;
  return domain;
}

}  // namespace

std::vector<int> leading_to(const Plan& plan, int last) {
  std::vector<bool> leads(plan.stages.size());
  leads[static_cast<std::size_t>(last)] = true;
  for (int i = last; i >= 0; --i)
    if (leads[static_cast<std::size_t>(i)])
      for (const auto& input : plan.stages[static_cast<std::size_t>(i)].inputs)
        if (input.producer >= 0) leads[static_cast<std::size_t>(input.producer)] = true;
  std::vector<int> stages;
  for (int i = 0; i <= last; ++i)
    if (leads[static_cast<std::size_t>(i)]) stages.push_back(i);
  return stages;
}

namespace {

void cut_to(Plan& plan, const std::vector<int>& kept) {
  std::vector<int> place(plan.stages.size(), -1), resource_place(plan.resources.size(), -1);
  std::vector<PlanStage> stages;
  std::vector<PlanResource> resources;
  for (const int index : kept) {
    place[static_cast<std::size_t>(index)] = static_cast<int>(stages.size());
    stages.push_back(std::move(plan.stages[static_cast<std::size_t>(index)]));
    for (auto& input : stages.back().inputs)
      if (input.producer >= 0) input.producer = place[static_cast<std::size_t>(input.producer)];
    for (auto& [parameter, resource] : stages.back().resources) {
      int& at = resource_place[static_cast<std::size_t>(resource)];
      if (at < 0) at = static_cast<int>(resources.size()), resources.push_back(plan.resources[static_cast<std::size_t>(resource)]);
      resource = at;
    }
  }
  for (auto& domain : plan.domains)
    if (domain.opener >= 0) domain.opener = place[static_cast<std::size_t>(domain.opener)];
  plan.stages = std::move(stages);
  plan.resources = std::move(resources);
  plan.after.clear();
}

/// An id that no item of this stage can have is not looked for: the stages before it would be run for nothing, or for another item.
void refuse_what_no_item_is_called(const Plan& plan, const PlanStage& stage, const ItemId& id) {
  const int domain = own_domain(stage);
  const auto depth = static_cast<std::size_t>(domain_of(plan, domain).depth);
  const std::string where = "stage \"" + stage.name + "\"";
  if (id.depth() > depth)
    throw Error("it has no item " + id.text() + ": its items have " + std::to_string(depth) + " numbers",
                "write it as quarantine.jsonl does", where);
  bool of_an_epoch = false;
  for (int d = at_depth(plan, domain, id.depth()); d >= 0; d = domain_of(plan, d).parent) of_an_epoch = of_an_epoch || d == epoch_domain;
  if (of_an_epoch && id.depth() > 0 && static_cast<std::int64_t>(id[0]) >= plan.epochs)
    throw Error("it has no item " + id.text() + ": the run has " + counted(static_cast<std::size_t>(plan.epochs), "epoch"),
                "write it as quarantine.jsonl does", where);
}

void select(Plan& plan, const ReplayedItem& item) {
  OnlyItems only{item.members, item.id};
  const int domain = at_depth(plan, own_domain(plan.stages.back()), item.id.depth());
  const int gathered = gathered_above(plan, domain);
  if (only.items.empty() && gathered < 0)
    only.items = {item.id};
  else if (only.items.empty() && domain_of(plan, gathered).parent >= epoch_domain)
    only.items = {item.id.prefix(1)};  // an epoch's
  std::erase_if(only.items, [](const ItemId& id) { return id.depth() == 0; });
  only.end_epoch = static_cast<std::uint32_t>(plan.epochs);
  if (!only.items.empty()) {
    const auto [first, last] = std::minmax_element(only.items.begin(), only.items.end());
    only.first_epoch = (*first)[0];
    only.end_epoch = (*last)[0] + 1;
  }
  for (auto& stage : plan.stages) {
    const bool opens = stage.spec->kind == Kind::expand && !stage.spec->restores_members;
    only.selects.push_back(stage.spec->kind == Kind::source || (opens && gathered_above(plan, stage.domain) < 0));
    std::uint32_t number = 0;
    if (!item.members.empty() && stage.spec->kind == Kind::gather && !stage.spec->one_per_scope)
      for (int d = domain; d >= 0; d = domain_of(plan, d).parent)
        if (d == stage.domain) number = item.id[static_cast<std::size_t>(domain_of(plan, d).depth) - 1];
    only.first_numbers.push_back(number);
    stage.on_error = {OnError::Do::skip};
  }
  plan.stages.back().on_error = {};
  plan.only = std::move(only);
}

}  // namespace

bool OnlyItems::wants(const ItemId& id) const {
  return items.empty() || std::any_of(items.begin(), items.end(), [&](const ItemId& one) { return id.within(one) || one.within(id); });
}
bool OnlyItems::past(const ItemId& id) const {
  return !items.empty() && !wants(id) && std::all_of(items.begin(), items.end(), [&](const ItemId& one) { return one < id; });
}

Plan replay_plan(Plan plan, const ReplayedItem& item) {
  const std::size_t stage = detail::stage_named(plan, item.stage, plan.file);
  refuse_what_no_item_is_called(plan, plan.stages[stage], item.id);
  cut_to(plan, leading_to(plan, static_cast<int>(stage)));
  select(plan, item);
  return plan;
}

std::optional<ItemId> item_id(const std::string& text) {
  ItemId id;
  const char *at = text.data(), *const end = at + text.size();
  while (at != end) {
    std::uint32_t number = 0;
    const auto [after, error] = std::from_chars(at, end, number);
    if (error != std::errc{} || id.depth() == ItemId::max_depth) return std::nullopt;
    id = id.child(number);
    if (after == end) break;
    if (*after != '/' || after + 1 == end) return std::nullopt;
    at = after + 1;
  }
  return id;
}

std::vector<ItemId> members_to_replay(const Plan& plan, const PlanStage& stage, const ItemId& id, const Members* members) {
  constexpr std::size_t most = 4096;  // a line of quarantine.jsonl that a person can still open
  const int domain = at_depth(plan, own_domain(stage), id.depth()), gathered = gathered_above(plan, domain);
  const bool gathers = stage.spec->kind == Kind::gather && !stage.spec->one_per_scope && gathered < 0;
  const bool of_these = gathered >= 0 && gathered == domain && gathered_above(plan, domain_of(plan, gathered).gathered) < 0;
  std::vector<ItemId> ids;
  if (!members || !(gathers || of_these)) return ids;
  for (const auto& member : *members)
    if (!member.scope_end) ids.push_back(member.id);
  if (ids.size() > most) ids.clear();
  return ids;
}

}  // namespace tivit
