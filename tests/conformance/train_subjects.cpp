// model/… and train/….
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <ATen/TensorOperators.h>
#include <c10/core/GradMode.h>
#include <cmath>
#include <stages/model/model.hpp>

#include "../model/models.hpp"
#include "../train/keyboard_picture.hpp"
#include "subjects.hpp"
#include "tiny_model.hpp"

namespace tivit::tests {
namespace {

std::shared_ptr<model::Model> tiny_model() { return make_model("model/tivit", tiny_tivit()); }
void bind_model(testing::Harness& h) { h.bind("model", tiny_model()); }

Given strip(std::size_t n) {
  Given given = tests::given({{"strip", made("u8[4,1,64,648]", n)}, {"background", made("u8[1,64,648]", n + 50)}}, n);
  given.beside.set(keyboard_geometry());
  return given;
}

/// The model of the run under way.
std::shared_ptr<model::Model>& current() {
  static std::shared_ptr<model::Model> model;
  return model;
}

/// A loss whose value and gradient do not depend on the weights: the steps before it may move them while it is made.
Given loss(std::size_t n) {
  Given loss = given({{"loss", {}}}, n);
  loss.make = [n] {
    const c10::AutoGradMode gradients(true);
    at::Tensor slope = at::zeros({});
    for (const auto& parameter : current()->parameters())
      if (parameter.trained) slope = slope + parameter.value.sum() * (0.1 * static_cast<double>(n + 1));
    const at::Tensor total = slope - slope.detach() + static_cast<double>(n);
    return std::vector{Payload::of(Fields{{"total", total}})};
  };
  return loss;
}

[[maybe_unused]] const bool added = [] {
  Subject forward{"model/forward", {}, [](std::size_t n) { return given({{"batch", made("{frames: f32[2,4,3,1,4,4]}", n)}}, n); }};
  forward.prepare = bind_model;
  forward.refused = given({{"batch", made("{pictures: f32[2,4,3,1,4,4]}", 1)}}, 1);
  add(forward);
  add({"model/perkey_input", {}, strip});
  add({"model/tivit_input", {}, [](std::size_t n) {
         return given({{"tiles", made("f32[T,3,1,4,4]", n)}, {"targets", made("{onset: f32[T,88], offset: f32[T,88]}", n)}}, n);
       }});
  add({"train/loss", {}, [](std::size_t n) {
         return given(
             {{"logits", made("{onset: f32[2,T,88], offset: f32[2,T,88], frame: f32[2,T,88]}", n)},
              {"batch", made("{targets: {onset: f32[2,T,88], offset: f32[2,T,88], frame: f32[2,T,88]}, keys: {mask: bool[2,88]}}", n)}},
             n);
       }});
  add({"train/perkey_sample", {}, [](std::size_t n) {
         Given given = strip(n);
         given.values.emplace_back("targets", made("{onset: f32[4,88], offset: f32[4,88], frame: f32[4,88]}", n));
         return given;
       }});
  Subject step{"train/step", {{"total_steps", {std::int64_t{20}}}, {"average", {0.9}}, {"keep_every", {std::int64_t{1}}}}, loss};
  step.prepare = [](testing::Harness& h) {
    h.context.training = true;
    h.bind("model", current() = tiny_model());
  };
  step.refused = given({{"loss", Payload::of(Fields{{"total", at::full({}, std::nan(""))}})}}, 1);
  add(step);
  add({"video/augment", {}, [](std::size_t n) { return given({{"frames", made("u8[4,3,16,24]", n)}}, n); }});
  return true;
}();

}  // namespace
}  // namespace tivit::tests
