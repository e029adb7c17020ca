// LibTorch's own reader, which shares its code with torch.load, reads what is written.
#include <ATen/core/ivalue.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <torch/csrc/jit/serialization/pickle.h>
#include <stages/data/torch_file.hpp>
#include <tests/data/python.hpp>
#include <tivit/atomic_file.hpp>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_CASE(libtorch_reads_a_state_dict_that_is_written) {
  const auto path = tivit::tests::folder("torch") / "archive.pt";
  const tivit::Fields model{{"weight", at::arange(6, at::kFloat).reshape({2, 3}).t()}, {"bias", at::arange(3)}};
  tivit::data::write_torch(path, tivit::data::to_object(model));
  const auto bytes = tivit::read_file(path);
  const auto dict = torch::jit::pickle_load({bytes.begin(), bytes.end()}).toGenericDict();
  BOOST_TEST(dict.size() == 2);
  for (const auto& [name, tensor] : model) BOOST_TEST(at::equal(dict.at(name).toTensor(), tensor));
}
