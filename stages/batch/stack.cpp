// batch/stack: items become batches.
//
//   in   items (any number, named by the graph): tensors or records of tensors
//   out  batch: {..., mask: bool[B,T]}
//
// A tensor port `frames` becomes field `frames`; a record port `targets` becomes `targets.onset`, `targets.frame`, …; a
// record given alone (`in = "sample"`) keeps its names. Members of different length (axis 0) are padded with zeros;
// `mask` tells the rows that are real, by the length of the first field. The last batch of a scope may be smaller.
//
//   [stages.batch]
//   use = "batch/stack"
//   in = { frames = "tiles", targets = "targets" }
//   size = 8
//
// Fails where members differ in more than their length, and names the field; and for a record without fields.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <stages/batch/copy_into.hpp>
#include <stages/batch/ragged.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::batch {
namespace {

std::string names_of(const Fields& item) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : item) names.push_back(name);
  return quoted_list(names);
}

/// Throws where a member cannot stand beside another in one batch.
void must_fit(const Fields& first, const Fields& other) {
  if (names_of(first) != names_of(other))
    throw Error("members of a batch have different fields: " + names_of(first) + " and " + names_of(other), "give all the same");
  for (const auto& [name, tensor] : first) {
    const at::Tensor& part = other.at(name);
    if (part.dim() != tensor.dim() || part.scalar_type() != tensor.scalar_type() ||
        (part.dim() > 0 && part.sizes().slice(1) != tensor.sizes().slice(1)))
      throw Error(
          "field \"" + name + "\" differs between members of a batch: " + c10::str(tensor.sizes()) + " and " + c10::str(part.sizes()),
          "members may differ in their first axis only");
  }
}

/// Stacks along a new first axis, padding axis 0 with zeros to the longest.
at::Tensor stack_padded(const std::vector<at::Tensor>& parts) {
  if (parts.size() == 1) return parts[0].unsqueeze(0);  // a batch of one is that one: nothing to copy
  std::int64_t longest = 0;
  bool equal = true;
  for (const auto& part : parts) {
    equal = equal && part.sizes() == parts[0].sizes();
    if (part.dim() > 0) longest = std::max(longest, part.size(0));
  }
  auto sizes = parts[0].sizes().vec();
  if (!equal) sizes[0] = longest;
  sizes.insert(sizes.begin(), static_cast<std::int64_t>(parts.size()));
  const at::Tensor out = equal ? at::empty(sizes, parts[0].options()) : at::zeros(sizes, parts[0].options());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const at::Tensor place = out[static_cast<std::int64_t>(i)];
    copy_into(equal ? place : place.narrow(0, 0, parts[i].size(0)), parts[i]);
  }
  return out;
}

}  // namespace

struct Stack {
  int size = 8;
  std::string scope = "epoch";

  static void contract(Contract<Stack>& c) {
    c.gather("stacks items into batches", "$scope").attaches<Ragged>();
    c.param("size", &Stack::size).at_least(1).unit("items").doc("members of a full batch");
    c.param("scope", &Stack::scope).doc("scope at whose end a batch that is not full is sent");
    c.in_many("items", "any").doc("tensors or records of tensors");
    c.out("batch", "{mask: bool[B,T], ...}");
    c.example("[stages.batch]\nuse = \"batch/stack\"\nin = { frames = \"tiles\", targets = \"targets\" }\nsize = 8\n");
  }

  void add(const Inputs& inputs, Emit& emit, Context& context) {
    Fields item;
    for (const auto& [name, payload] : inputs) {
      if (payload.is<at::Tensor>()) {
        item.set(name, payload.as<at::Tensor>());
      } else if (payload.is<Fields>()) {
        const std::string prefix = inputs.size() == 1 ? "" : name + ".";
        for (const auto& [field, tensor] : payload.as<Fields>()) item.set(prefix + field, tensor);
      } else {
        throw Error("input \"" + name + "\" is a " + std::string(payload.ops().name) + ", which cannot be stacked",
                    "stack tensors and records");
      }
    }
    if (item.begin() == item.end()) throw Error("a record without fields cannot be stacked", "give it a field");
    if (!held_.empty()) must_fit(held_.front(), item);
    held_.push_back(std::move(item));
    if (static_cast<int>(held_.size()) < size) return;
    try {
      send(emit, context);
    } catch (...) {
      held_.pop_back();  // an add that throws leaves the stage as it was
      throw;
    }
  }
  void finish(Emit& emit, Context& context) {
    if (held_.empty()) return;
    try {
      send(emit, context);
    } catch (...) {
      held_.clear();  // the scope is over, whatever became of its last batch
      throw;
    }
  }

 private:
  void send(Emit& emit, Context& context) {
    Fields batch;
    Ragged ragged;
    for (const auto& member : held_) {
      const at::Tensor& first = member.begin()->second;
      ragged.lengths.push_back(first.dim() ? first.size(0) : 1);
      ragged.padded = std::max(ragged.padded, ragged.lengths.back());
    }
    for (const auto& [name, first] : held_[0]) {
      std::vector<at::Tensor> parts;
      for (const auto& member : held_) parts.push_back(member.at(name));
      batch.set(name, stack_padded(parts));
    }
    if (!batch.has("mask"))
      batch.set("mask", at::arange(ragged.padded).unsqueeze(0).lt(at::tensor(at::ArrayRef<std::int64_t>(ragged.lengths)).unsqueeze(1)));
    context.set(std::move(ragged));
    emit(std::move(batch));
    held_.clear();
  }
  std::vector<Fields> held_;
};
TIVIT_STAGE("batch/stack", Stack)

}  // namespace tivit::batch
