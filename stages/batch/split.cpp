// batch/split: a batch becomes its members again, with their ids, their scopes and their true lengths.
//
//   in   batch: {...}, a record of f32[B,T',…] made from what batch/stack sent
//   out  member: {...}, a record of [T',…]
//
// A model may have changed the number of rows (T' of T): members are cut to their share of it and their TimeGrid becomes
// coarser by T/T'.
//
//   [stages.split]
//   use = "batch/split"
//   in = "forward"
//
// Fails on a batch that did not come from batch/stack.
#include <cmath>
#include <stages/batch/ragged.hpp>
#include <tivit/frame_range.hpp>
#include <tivit/tensor/stage.hpp>

namespace tivit::batch {

struct Split {
  static void contract(Contract<Split>& c) {
    c.expand("gives back the members of a batch", "").restores_members().attaches<TimeGrid>().attaches<FrameRange>();
    c.in("batch", "{...}");
    c.out("member", "{...}");
    c.example("[stages.split]\nuse = \"batch/split\"\nin = \"forward\"\n");
  }

  void operator()(const Fields& batch, Emit& emit, Context& context) {
    const auto& ragged = context.get<Ragged>("lengths of a batch's members");
    const Members* members = context.members();
    if (!members || batch.empty()) throw Error("the item is no batch", "split what came from batch/stack");
    const at::Tensor& first = batch.begin()->second;
    const std::int64_t rows = first.dim() > 1 ? first.size(1) : 1;
    std::size_t alive = 0;
    for (const auto& member : *members) {
      if (!member.alive()) continue;
      const auto index = static_cast<std::int64_t>(alive);
      const std::int64_t length = std::max<std::int64_t>(1, ragged.lengths.at(alive++) * rows / std::max<std::int64_t>(1, ragged.padded));
      Fields out;
      for (const auto& [name, tensor] : batch) {
        at::Tensor own = tensor.select(0, index);
        if (own.dim() > 0 && own.size(0) == rows) own = own.narrow(0, 0, length);
        out.set(name, own);
      }
      if (const auto* grid = member.attachments.find<TimeGrid>(); grid && rows != ragged.padded) {
        const double ratio = static_cast<double>(ragged.padded) / static_cast<double>(rows);
        context.set(grid->coarser(ratio));
        if (const auto* range = member.attachments.find<FrameRange>())
          context.set(
              FrameRange{std::llround(static_cast<double>(range->first) / ratio), std::llround(static_cast<double>(range->end) / ratio)});
      }
      emit(std::move(out));
    }
  }
};
TIVIT_STAGE("batch/split", Split)

}  // namespace tivit::batch
