// batch/split: a batch becomes its members again, with their ids, their scopes and their true lengths.
//
//   in   batch: {...}, a record of f32[B,T',…] made from what batch/stack sent
//   out  member: {...}, a record of [T',…]
//
// A model may make one step of several rows: members are cut to their share of the steps, and their TimeGrid becomes coarser by as
// much: a step lies in the middle of its rows.
// Fields that have no axis of steps are given as they are.
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
    const std::int64_t per_step = ragged.rows_per_step;
    const std::int64_t steps = per_step > 0 ? ragged.padded / per_step : -1;
    std::size_t alive = 0;
    for (const auto& member : *members) {
      if (!member.alive()) continue;
      const auto index = static_cast<std::int64_t>(alive);
      const std::int64_t rows = ragged.lengths.at(alive++), length = std::max<std::int64_t>(1, per_step > 0 ? rows / per_step : rows);
      Fields out;
      for (const auto& [name, tensor] : batch) {
        at::Tensor own = tensor.select(0, index);
        if (own.dim() > 0 && own.size(0) == steps) own = own.narrow(0, 0, length);
        out.set(name, own);
      }
      if (const auto* grid = member.attachments.find<TimeGrid>(); grid && per_step > 1) {
        const auto ratio = static_cast<double>(per_step);
        context.set(grid->coarser(static_cast<int>(per_step)));
        const auto step_of = [&](std::int64_t row) { return row < 0 ? row : std::llround(static_cast<double>(row) / ratio); };
        if (const auto* range = member.attachments.find<FrameRange>())
          context.set(FrameRange{step_of(range->first), step_of(range->end), step_of(range->last)});
      }
      emit(std::move(out));
    }
  }
};
TIVIT_STAGE("batch/split", Split)

}  // namespace tivit::batch
