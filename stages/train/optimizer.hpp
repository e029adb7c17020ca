#pragma once
// AdamW with parameter groups chosen by name, through LibTorch's fused kernel.
#include <stages/model/parameters.hpp>

#include <string>
#include <vector>

namespace tivit::train {

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.98, epsilon = 1e-8, weight_decay = 0.02;
  bool decay_matrices_only = true;        ///< biases, norms and other vectors are left alone
  std::vector<std::string> faster_names;  ///< parts of names; such parameters take `faster` times the learning rate
  double faster = 1;
  double clip_norm = 2;  ///< largest L2 norm of all gradients together; 0: no limit
};

class AdamW {
 public:
  AdamW() = default;
  AdamW(const model::Parameters& parameters, AdamWOptions options);

  /// Scales the gradients to the limit and steps; gives back the norm before scaling. `only`: parts of names that are
  /// trained now; empty for all. The others keep their values and moments.
  double step(double learning_rate, const std::vector<std::string>& only = {});
  void zero_gradients();

  Fields state() const;
  void load(const Fields& state);

 private:
  struct Trained {
    std::string name;
    at::Tensor value, average, square, steps;
    double rate = 1, decay = 0;
  };
  std::vector<Trained> trained_;
  AdamWOptions options_;
};

/// Whether any of `parts` occurs in `name`.
bool name_has(const std::string& name, const std::vector<std::string>& parts);
/// Throws Error for a part that occurs in no trained parameter's name; `what` says whose part it is.
void must_be_found(const std::string& what, const std::vector<std::string>& parts, const model::Parameters& parameters);

}  // namespace tivit::train
