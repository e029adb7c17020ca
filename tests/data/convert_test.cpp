// `tivit-run convert`: weights from safetensors to what Python reads, and back.
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <stages/data/safetensors.hpp>
#include <stages/data/torch_file.hpp>
#include <tests/data/python.hpp>
#include <tests/shared_data.hpp>
#include <tivit/atomic_file.hpp>
#include <tivit/converter.hpp>
#include <tivit/error.hpp>

#include <boost/test/unit_test.hpp>

using namespace tivit;
namespace fs = std::filesystem;

namespace {

const fs::path& place() {
  static const fs::path folder = [] {
    const auto folder = tests::folder("convert");
    fs::remove_all(folder);
    fs::create_directories(folder);
    return folder;
  }();
  return folder;
}

Fields model() {
  return {{"embed.weight", at::arange(6, at::kFloat).reshape({2, 3})},
          {"half", at::full({2}, 0.5, at::kHalf)},
          {"brain", at::full({2}, 0.25, at::kBFloat16)},
          {"steps", at::full({}, 7, at::kLong)},
          {"mask", at::full({3}, 1, at::kBool)},
          {"none", at::full({0, 4}, 0, at::kDouble)}};
}

bool same(const Fields& a, const Fields& b) {
  if (a.size() != b.size()) return false;
  for (const auto& [name, value] : a)
    if (!b.has(name) || b.at(name).scalar_type() != value.scalar_type() || !at::equal(b.at(name), value)) return false;
  return true;
}

/// "" where torch's unpickler reads the file and the checks hold; a LibTorch without Python files has none.
std::string read_by_torch(const fs::path& file, const std::string& checks);

std::string problem(const fs::path& from, const fs::path& to, bool overwrite = false) {
  try {
    convert_file(from, to, overwrite);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

// torch's own unpickler for weights_only=True: its file alone, because torch itself cannot be imported without CUDA's libraries. What
// it asks of torch are the names on its list.
const std::string reading = R"(
import collections, importlib.util, numpy, sys, types, zipfile
torch = types.ModuleType('torch')
torch._utils = types.ModuleType('torch._utils')
torch._utils._get_sparse_tensors_to_validate, torch._utils.IMPORT_MAPPING, torch._utils.NAME_MAPPING = list, {}, {}
torch.serialization = types.SimpleNamespace(_maybe_decode_ascii=lambda s: s.decode() if isinstance(s, bytes) else s)
torch.nn = types.SimpleNamespace(Parameter=type('Parameter', (), {}))
torch.Tensor, torch._tensor_classes, torch._C = type('Tensor', (), {}), set(), types.SimpleNamespace(_is_pybind11_type=lambda c: False)
sys.modules.update({'torch': torch, 'torch._utils': torch._utils})
spec = importlib.util.spec_from_file_location('torch._weights_only_unpickler', sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
dtypes = dict(FloatStorage='<f4', DoubleStorage='<f8', HalfStorage='<f2', BFloat16Storage='<u2', LongStorage='<i8', IntStorage='<i4',
              ShortStorage='<i2', CharStorage='i1', ByteStorage='u1', BoolStorage='?')
def rebuild(storage, offset, size, stride, requires_grad, hooks):
    item = storage.itemsize
    return numpy.lib.stride_tricks.as_strided(storage[offset:], size, [s * item for s in stride]).copy()
allowed = {'collections.OrderedDict': collections.OrderedDict, 'torch._utils._rebuild_tensor_v2': rebuild}
allowed.update({'torch.' + name: name for name in dtypes})
module._get_allowed_globals = lambda: allowed
z = zipfile.ZipFile(sys.argv[2])
root = [n for n in z.namelist() if n.endswith('/data.pkl')][0][:-8]
assert z.read(root + 'byteorder') == b'little' and z.read(root + 'version').strip() == b'3'
class Unpickler(module.Unpickler):
    def persistent_load(self, pid):
        kind, storage, key, location, count = pid
        values = numpy.frombuffer(z.read(root + 'data/' + key), dtypes[storage])
        assert kind == 'storage' and location == 'cpu' and len(values) == count
        return values
weights = Unpickler(z.open(root + 'data.pkl'), encoding='utf-8').load()
assert type(weights) is dict and all(type(k) is str for k in weights)
)";

std::string read_by_torch(const fs::path& file, const std::string& checks) {
  const fs::path unpickler = fs::path(TIVIT_TORCH_PYTHON) / "_weights_only_unpickler.py";
  return fs::exists(unpickler) ? tests::python(reading + checks, {unpickler, file}) : "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(convert)

BOOST_AUTO_TEST_CASE(safetensors_become_what_torch_load_reads_and_come_back) {
  const auto from = place() / "a.safetensors", torch = place() / "a.pt", back = place() / "back.safetensors";
  data::write_safetensors(from, {model(), {{"epoch", "3"}}});
  BOOST_TEST(convert_file(from, torch, false) == torch.string() + ": 6 tensors, 14 numbers");
  BOOST_TEST(read_by_torch(torch, R"(
assert weights['embed.weight'].tolist() == [[0, 1, 2], [3, 4, 5]] and weights['embed.weight'].dtype == 'f4'
assert weights['half'].tolist() == [0.5, 0.5] and weights['brain'].tolist() == [0x3e80, 0x3e80]
assert weights['steps'].shape == () and weights['steps'] == 7 and weights['mask'].tolist() == [True] * 3
assert weights['none'].shape == (0, 4) and len(weights) == 6
)") == "");
  BOOST_TEST(same(data::read_weights(torch), model()));
  convert_file(torch, back, false);
  BOOST_TEST(same(data::read_safetensors(back).tensors, model()));
}

BOOST_AUTO_TEST_CASE(every_form_of_the_python_program_goes_both_ways) {
  const auto golden = tests::shared("golden/checkpoint");
  if (!golden) return;
  int converted = 0, refused = 0;
  for (const auto& entry : fs::directory_iterator(*golden)) {
    if (entry.path().extension() != ".pt") continue;
    const auto name = entry.path().stem().string();
    const auto tensors = place() / (name + ".safetensors"), torch = place() / (name + ".again.pt");
    if (name.starts_with("bad_")) {
      BOOST_TEST(problem(entry.path(), tensors).find(entry.path().string()) == 0, name);
      BOOST_TEST(!fs::exists(tensors), name);
      ++refused;
      continue;
    }
    const auto said = convert_file(entry.path(), tensors, false);
    BOOST_TEST((said.find("left out, as it is no weight: \"epoch\"") != std::string::npos) == name.starts_with("train_"), said);
    convert_file(tensors, torch, false);
    const auto wanted = data::read_weights(entry.path());
    BOOST_TEST(same(data::read_weights(tensors), wanted), name);
    BOOST_TEST(same(data::read_weights(torch), wanted), name);
    BOOST_TEST(read_by_torch(torch, "assert len(weights) == " + std::to_string(wanted.size())) == "", name);
    ++converted;
  }
  BOOST_TEST(converted == 9);
  BOOST_TEST(refused == 6);
}

BOOST_AUTO_TEST_CASE(nothing_is_replaced_unasked_and_nothing_left_half) {
  const auto from = place() / "b.safetensors", to = place() / "taken.pt";
  data::write_safetensors(from, {model(), {}});
  write_file(to, "mine");
  BOOST_TEST(problem(from, to) == to.string() + ": is there already; give another name, or --overwrite");
  BOOST_TEST(read_file(to) == "mine");
  write_file(place() / "broken.safetensors", "not weights");
  BOOST_TEST(problem(place() / "broken.safetensors", to, true).find("broken.safetensors: holds no weights") != std::string::npos);
  BOOST_TEST(read_file(to) == "mine");
  BOOST_TEST(problem(from, to, true) == "");
  BOOST_TEST(same(data::read_weights(to), model()));
  BOOST_TEST(problem(from, place() / "x.onnx") == (place() / "x.onnx").string() +
                                                      ": its ending names no form that can be written; end it in one of \".pt\", \".pth\", "
                                                      "\".safetensors\"");
  BOOST_TEST(problem(place() / "no.pt", place() / "x.pt") == (place() / "no.pt").string() + ": there is no such file; check the name");
  // A file may be made new in its own place.
  BOOST_TEST(problem(to, to, true) == "");
  BOOST_TEST(same(data::read_weights(to), model()));
}

BOOST_AUTO_TEST_SUITE_END()
