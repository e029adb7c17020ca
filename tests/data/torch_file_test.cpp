// Files of torch.save: every golden file, what is written checked by Python's own pickle tools, and hostile files.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>
#include <stages/data/unpickle.hpp>
#include <stages/data/zip.hpp>
#include <tests/data/python.hpp>
#include <tests/shared_data.hpp>
#include <tivit/atomic_file.hpp>

#include <boost/test/unit_test.hpp>
#include <tivit/error.hpp>

using namespace tivit;
using nlohmann::json;

namespace {

const std::map<std::string, std::string> dtypes{{"float32", "f32"}, {"float64", "f64"}, {"float16", "f16"}, {"bfloat16", "bf16"},
                                                {"int64", "i64"},   {"int32", "i32"},   {"uint8", "u8"},    {"bool", "bool"}};

double number(const json& value) { return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>(); }

void compare(const Fields& got, const json& expected, const std::string& file) {
  std::vector<std::string> names;
  for (const auto& [name, entry] : expected.items()) names.push_back(name);
  auto sorted = got.names();
  std::sort(sorted.begin(), sorted.end());
  BOOST_TEST(sorted == names, boost::test_tools::per_element());  // json sorts its keys
  std::map<int, const void*> storages;
  for (const auto& [name, entry] : expected.items()) {
    BOOST_TEST_CONTEXT(file << " " << name) {
      const auto& tensor = got.at(name);
      BOOST_TEST(dtype_name(tensor.scalar_type()) == dtypes.at(entry["dtype"]));
      BOOST_TEST(tensor.sizes().vec() == entry["shape"].get<std::vector<std::int64_t>>(), boost::test_tools::per_element());
      BOOST_TEST(tensor.strides().vec() == entry["stride"].get<std::vector<std::int64_t>>(), boost::test_tools::per_element());
      BOOST_TEST(tensor.storage_offset() == entry["storage_offset"].get<std::int64_t>());
      BOOST_TEST(tensor.storage().nbytes() == entry["storage_bytes"].get<std::size_t>());
      if (tensor.storage().nbytes()) {
        const auto [known, added] = storages.try_emplace(entry["storage"], tensor.storage().data());
        BOOST_TEST(known->second == tensor.storage().data());
        if (added)
          for (const auto& [group, address] : storages) BOOST_TEST((group == known->first) == (address == known->second));
      }
      const auto flat = tensor.reshape({-1}).to(at::kDouble);
      double sum = 0;
      for (std::int64_t i = 0; i < flat.numel(); ++i) sum += flat.data_ptr<double>()[i];
      BOOST_TEST(std::abs(sum - number(entry["sum"])) <= 1e-9 * (1 + std::abs(sum)));
      for (std::size_t i = 0; i < entry["first"].size(); ++i) BOOST_TEST(flat.data_ptr<double>()[i] == number(entry["first"][i]));
      if (flat.numel()) BOOST_TEST(flat.data_ptr<double>()[flat.numel() - 1] == number(entry["last"]));
    }
  }
}

void compare_tree(const data::Object& got, const json& expected, const std::string& where) {
  BOOST_TEST_CONTEXT(where) {
    if (expected.is_object()) {
      BOOST_REQUIRE(got.dict());
      BOOST_TEST(got.dict()->size() == expected.size());
      for (const auto& [name, value] : expected.items()) compare_tree(got.at(name), value, where + "." + name);
    } else if (expected.is_array()) {
      const auto* items = got.list() ? got.list() : got.tuple();
      BOOST_REQUIRE(items);
      BOOST_REQUIRE(items->size() == expected.size());
      for (std::size_t i = 0; i < items->size(); ++i) compare_tree((*items)[i], expected[i], where + "[" + std::to_string(i) + "]");
    } else if (expected.is_null()) {
      BOOST_TEST(got.none());
    } else if (expected.is_boolean()) {
      BOOST_REQUIRE(got.boolean());
      BOOST_TEST(*got.boolean() == expected.get<bool>());
    } else if (expected.is_string()) {
      BOOST_REQUIRE(got.text());
      BOOST_TEST(*got.text() == expected.get<std::string>());
    } else {
      BOOST_REQUIRE((got.integer() || got.real()));
      BOOST_TEST((got.integer() ? double(*got.integer()) : *got.real()) == expected.get<double>());
    }
  }
}

std::string refusal(const std::string& pickle) {
  try {
    data::unpickle(pickle, [](const data::StorageReference& wanted) { return at::empty({wanted.elements}, wanted.type); });
  } catch (const Error& error) {
    return error.problem();
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(torch_file)

BOOST_AUTO_TEST_CASE(every_golden_file_is_read_or_refused) {
  const auto folder = tests::shared("golden/checkpoint");
  if (!folder) return;
  const auto files = json::parse(std::ifstream(*folder / "contents.json"))["files"];
  BOOST_TEST(files.size() == 15);
  for (const auto& [name, expected] : files.items()) {
    BOOST_TEST_MESSAGE(name);
    const auto path = *folder / name;
    if (!expected["loads"]) {
      BOOST_CHECK_EXCEPTION(data::read_weights(path), Error, [&](const Error& e) { return e.where().starts_with(path.string()); });
    } else if (expected.contains("entries")) {
      compare(data::read_weights(path), expected["entries"], name);
    } else {
      const auto tree = data::read_torch(path);
      compare(data::read_weights(path), expected["model"], name);
      compare_tree(tree.at("config"), expected["config"], name + " config");
      BOOST_TEST(*tree.at("epoch").integer() == expected["epoch"].get<int>());
      BOOST_TEST(*tree.at("best_val").real() == expected["best_val"].get<double>());
      BOOST_TEST(tree.dict()->size() == expected["top_level_keys"].size());
    }
  }
}

BOOST_AUTO_TEST_CASE(the_optimiser_of_a_checkpoint_is_read) {
  const auto folder = tests::shared("golden/checkpoint");
  if (!folder) return;
  const std::string name = "train_checkpoint_encoder_in_optimizer.pt";
  const auto expected = json::parse(std::ifstream(*folder / "contents.json"))["files"][name]["optimizer"];
  const auto optimizer = data::read_torch(*folder / name).at("optimizer");
  const auto& groups = *optimizer.at("param_groups").list();
  BOOST_TEST(groups.size() == expected["param_groups"].size());
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (const auto& [key, value] : expected["param_groups"][i].items())
      if (groups[i].find(key)) compare_tree(groups[i].at(key), value, "param_groups " + key);
  const auto& state = *optimizer.at("state").dict();
  BOOST_TEST(state.size() == expected["state"].size());
  for (const auto& [index, moments] : state) {
    const auto& wanted = expected["state"][std::to_string(*index.integer())];
    for (const char* moment : {"exp_avg", "exp_avg_sq"}) {
      const auto& tensor = *moments.at(moment).tensor();
      BOOST_TEST(tensor.sizes().vec() == wanted[moment]["shape"].get<std::vector<std::int64_t>>(), boost::test_tools::per_element());
      BOOST_TEST(tensor.reshape({-1})[0].item<double>() == number(wanted[moment]["first"][0]));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_malicious_file_is_refused_by_name) {
  const auto folder = tests::shared("golden/checkpoint");
  if (!folder) return;
  for (const char* name : {"bad_os_system.pt", "bad_os_system_legacy.pt"})
    BOOST_CHECK_EXCEPTION(data::read_torch(*folder / name), Error, [](const Error& e) {
      return e.problem() == "the file asks for posix.system, which is neither a tensor nor a plain value; it was not called";
    });
  BOOST_CHECK_EXCEPTION(data::read_torch(*folder / "bad_not_a_checkpoint.pt"), Error, [](const Error& e) {
    return e.problem() == "is a zip container, but not one that torch.save writes (it has no data.pkl)";
  });
  BOOST_CHECK_EXCEPTION(data::read_weights(*folder / "bad_not_even_a_zip.pt"), Error, [](const Error& e) {
    return e.problem() == "holds no weights: it is neither safetensors nor a file of torch.save";
  });
}

BOOST_AUTO_TEST_CASE(hostile_pickles_are_refused) {
  BOOST_TEST(refusal("\x80\x02N.") == "");
  BOOST_TEST(refusal("\x80\x02") == "the pickle cannot be read: it ends too early (byte 2)");
  BOOST_TEST(refusal("\x80\x02]q" + std::string(1, '\0') + "h" + std::string(1, '\0') + "a.") ==
             "the pickle cannot be read: its values contain themselves or lie too deep (byte 9)");
  BOOST_TEST(refusal("\x80\x02" + std::string(50000, ']') + std::string(49999, 'a') + ".").find("lie too deep") != std::string::npos);
  BOOST_TEST(refusal("\x80\x02)" + std::string(50000, '\x85') + ".").find("lie too deep") != std::string::npos);
  BOOST_TEST(refusal(std::string("\x80\x02h\x07.")) == "the pickle cannot be read: it asks for a value that was never stored (byte 4)");
  BOOST_TEST(refusal("\x80\x02ibuiltins\neval\n.") ==
             "the pickle cannot be read: opcode 105 is not needed for plain values and is refused (byte 3)");
  BOOST_TEST(refusal("\x80\x02"
                     "cbuiltins\neval\n.")
                 .starts_with("the file asks for builtins.eval"));
  BOOST_TEST(refusal("\x80\x04\x8c\x08"
                     "builtins\x8c\x04"
                     "eval\x93.")
                 .starts_with("the file asks for builtins.eval"));
  BOOST_TEST(refusal("\x80\x02"
                     "ccollections\nOrderedDict\n.") == "the pickle cannot be read: it holds a bare class (byte 28)");
  BOOST_TEST(refusal("\x80\x02](K\x01"
                     "e(0.")
                 .find("left over") == std::string::npos);
  BOOST_TEST(refusal("\x80\x02X\xff\xff\xff\xff"
                     "abc.") == "the pickle cannot be read: it ends too early (byte 7)");
  BOOST_TEST(refusal("\x80\x02"
                     "a.") == "the pickle cannot be read: its stack is empty (byte 3)");
}

BOOST_AUTO_TEST_CASE(every_truncation_and_flipped_byte_is_an_error_or_a_tree) {
  const auto path = tests::folder("torch") / "fuzz.pt";
  data::write_torch(path, data::to_object({{"a", at::arange(4, at::kFloat)}, {"b", at::arange(2)}}));
  const auto pickle = data::ZipReader(path).read("fuzz/data.pkl");
  const auto storages = [](const data::StorageReference& wanted) {
    if (wanted.elements < 0 || wanted.elements > 1000) throw Error("too big");
    return at::empty({wanted.elements}, wanted.type);
  };
  int read = 0, refused = 0;
  const auto attempt = [&](const std::string& bytes) {
    try {
      data::unpickle(bytes, storages);
      ++read;
    } catch (const Error&) {
      ++refused;
    }
  };
  for (std::size_t i = 0; i < pickle.size(); ++i) attempt(pickle.substr(0, i));
  BOOST_TEST(read == 0);
  for (std::size_t i = 0; i < pickle.size(); ++i)
    for (const int bit : {1, 8, 64, 128, 255}) {
      auto bytes = pickle;
      bytes[i] = static_cast<char>(bytes[i] ^ bit);
      attempt(bytes);
    }
  BOOST_TEST(refused > 1000);
}

BOOST_AUTO_TEST_CASE(tensors_cannot_reach_outside_their_storage) {
  const auto storage = at::arange(10, at::kFloat);
  BOOST_TEST(at::equal(data::view_of(storage, 1, {3, 2}, {2, 4}), storage.as_strided({3, 2}, {2, 4}, 1)));
  for (const auto& [offset, sizes, strides] :
       std::vector<std::tuple<std::int64_t, std::vector<std::int64_t>, std::vector<std::int64_t>>>{{0, {11}, {1}},
                                                                                                   {10, {1}, {1}},
                                                                                                   {0, {2}, {10}},
                                                                                                   {-1, {1}, {1}},
                                                                                                   {0, {2}, {-1}},
                                                                                                   {0, {1LL << 40, 1LL << 40}, {0, 0}},
                                                                                                   {0, {2}, {1LL << 62}},
                                                                                                   {0, {2, 2}, {1}},
                                                                                                   {11, {0}, {1}}})
    BOOST_CHECK_THROW(data::view_of(storage, offset, sizes, strides), Error);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_a_file_of_torch_save) {
  const auto path = tests::folder("torch") / "ours.pt";
  const auto weight = at::arange(6, at::kFloat).reshape({2, 3});
  const data::Object::Dict model{
      {"weight", weight}, {"tied", weight.t()}, {"half", at::full({2}, 0.5, at::kBFloat16)}, {"count", at::full({}, 7, at::kLong)}};
  const data::Object tree(
      data::Object::Dict{{"epoch", 3},
                         {"model", model},
                         {"best_val", 5.25},
                         {"config", data::Object::Dict{{"lr", "3e-4"}, {"big", std::int64_t{1} << 40}, {"none", {}}, {"on", true}}},
                         {"sizes", data::Object::List{1, -2, data::Object::Tuple{{3, 4}}}}});
  data::write_torch(path, tree);
  BOOST_TEST(tests::python(R"(
import collections, pickle, pickletools, sys, zipfile, numpy
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None and all(i.compress_type == 0 for i in z.infolist())
assert z.read('ours/version') == b'3\n' and z.read('ours/byteorder') == b'little'
raw = z.read('ours/data.pkl')
ops = [(o.name, a) for o, a, p in pickletools.genops(raw)]
assert ops[0] == ('PROTO', 2) and ops[-1][0] == 'STOP'
assert {a for o, a in ops if o == 'GLOBAL'} == {'torch._utils _rebuild_tensor_v2', 'torch FloatStorage', 'torch BFloat16Storage', 'torch LongStorage', 'collections OrderedDict'}
class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if module == 'collections': return collections.OrderedDict
        if module == 'torch': return name
        assert (module, name) == ('torch._utils', '_rebuild_tensor_v2')
        return lambda *a: a
    def persistent_load(self, pid):
        assert pid[0] == 'storage' and pid[3] == 'cpu'
        return pid
t = Unpickler(z.open('ours/data.pkl')).load()
assert list(t) == ['epoch', 'model', 'best_val', 'config', 'sizes'] and t['epoch'] == 3 and t['best_val'] == 5.25
assert t['config'] == {'lr': '3e-4', 'big': 1 << 40, 'none': None, 'on': True} and t['sizes'] == [1, -2, (3, 4)]
storage, offset, size, stride, grad, hooks = t['model']['weight']
assert storage[1] == 'FloatStorage' and storage[4] == 6 and (offset, size, stride, grad, hooks) == (0, (2, 3), (3, 1), False, {})
assert numpy.frombuffer(z.read('ours/data/' + storage[2]), '<f4').tolist() == [0, 1, 2, 3, 4, 5]
assert t['model']['tied'][0] == storage and t['model']['tied'][2:4] == ((3, 2), (1, 3))
assert t['model']['count'][2:4] == ((), ()) and numpy.frombuffer(z.read('ours/data/' + t['model']['count'][0][2]), '<i8').tolist() == [7]
)",
                           {path}) == "");
  const auto back = data::read_torch(path);
  BOOST_TEST(*back.at("epoch").integer() == 3);
  BOOST_TEST(back.at("config").at("none").none());
  const auto tensors = data::read_weights(path);
  for (const auto& [name, value] : model) BOOST_TEST(at::equal(tensors.at(*name.text()), *value.tensor()));
  BOOST_TEST(tensors.at("weight").storage().data() == tensors.at("tied").storage().data());
  const auto bytes = read_file(path);
  data::write_torch(path, tree);
  BOOST_TEST((bytes == read_file(path)));
}

BOOST_AUTO_TEST_CASE(weights_are_found_by_content) {
  const auto file = tests::folder("torch") / "weights.bin";
  const Fields model{{"module.a", at::arange(3)}, {"module.b", at::arange(2)}};
  data::write_torch(file, data::to_object(model));
  BOOST_TEST(data::read_weights(file).names() == (std::vector<std::string>{"a", "b"}), boost::test_tools::per_element());
  data::write_safetensors(file, {model, {}});
  BOOST_TEST(data::read_weights(file).has("module.a"));
  data::write_torch(file, data::Object::Dict{{"epoch", 1}});
  BOOST_CHECK_EXCEPTION(data::read_weights(file), Error, [&](const Error& e) {
    return e.where() == file.string() && e.problem() == "the checkpoint holds no model: it has \"epoch: int\"";
  });
}

BOOST_AUTO_TEST_SUITE_END()
