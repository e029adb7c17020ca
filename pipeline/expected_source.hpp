#pragma once
// A replay is of one item: what its id stands for now must be what it stood for when it failed.
#include <memory>
#include <tivit/stage.hpp>

namespace tivit {

/// `inner` in a shell whose calls on item `id` throw Error where that item comes from another recording, or another part of it, than
/// `before`.
std::unique_ptr<Stage> expecting(std::unique_ptr<Stage> inner, const ItemId& id, SourceName before);

}  // namespace tivit
