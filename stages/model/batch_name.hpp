#pragma once
// How messages name a batch: the item, and every clip in it.
#include <string>
#include <tivit/stage.hpp>

namespace tivit::model {

inline std::string batch_name(const Context& context) {
  std::string name = context.name();
  if (!context.members()) return name;
  for (const auto& member : *context.members())
    if (const auto* source = member.attachments.find<SourceName>()) name += ", " + source->text();
  return name;
}

}  // namespace tivit::model
