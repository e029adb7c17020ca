#pragma once
// How logits were moved towards the keys of their music. Travels beside them.
#include <stages/notes/key_model.hpp>
#include <string>
#include <vector>

namespace tivit::notes {

struct UsedKeyPrior {
  KeyRules rules;                     ///< strength 0: they were not
  std::vector<std::string> apply_to;  ///< heads
  std::string reference;              ///< the head that the key was found in
};

}  // namespace tivit::notes
