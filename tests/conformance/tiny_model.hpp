#pragma once
// A model that a test can afford: it takes frames [B,T,3,1,4,4].
#include "subjects.hpp"

namespace tivit::tests {

inline testing::Settings tiny_tivit() {
  return {{"channels", {std::int64_t{1}}},      {"patch", {std::int64_t{4}}},          {"d_model", {std::int64_t{8}}},
          {"num_heads", {std::int64_t{2}}},     {"depth_temporal", {std::int64_t{1}}}, {"depth_spatial", {std::int64_t{1}}},
          {"head_mode", {std::string("frame")}}};
}

}  // namespace tivit::tests
