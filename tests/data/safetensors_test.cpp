// safetensors files: byte layout checked by a reader written in Python, damage refused.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <stages/data/safetensors.hpp>
#include <tests/data/python.hpp>
#include <tivit/atomic_file.hpp>

#include <boost/test/unit_test.hpp>
#include <tivit/error.hpp>

using namespace tivit;

namespace {

std::string with_header(std::string header, const std::string& data) {
  std::string out;
  for (int i = 0; i < 8; ++i) out += static_cast<char>(header.size() >> (8 * i));
  return out + header + data;
}

std::string error_of(const std::string& bytes) {
  const auto path = tests::folder("safetensors") / "bad.safetensors";
  write_file(path, bytes);
  for (const bool map : {true, false}) {
    try {
      data::read_safetensors(path, map);
      return "";
    } catch (const Error& error) {
      if (!map) return error.problem();
    }
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(safetensors)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_by_others_and_by_us) {
  const auto path = tests::folder("safetensors") / "ours.safetensors";
  data::Safetensors content;
  content.metadata = {{"format", "pt"}, {"note", "C♯ \"quoted\""}};
  content.tensors.set("b", at::arange(3, at::kByte));
  content.tensors.set("weight", at::arange(12, at::kFloat).reshape({3, 4}).t());
  content.tensors.set("scalar", at::full({}, -1.5, at::kDouble));
  content.tensors.set("none", at::empty({0, 4}));
  content.tensors.set("half", at::full({3}, 0.5, at::kBFloat16));
  data::write_safetensors(path, content);
  BOOST_TEST(tests::python(R"(
import json, struct, sys, numpy
raw = open(sys.argv[1], 'rb').read()
n, = struct.unpack('<Q', raw[:8])
assert (8 + n) % 64 == 0
h = json.loads(raw[8:8 + n])
assert h.pop('__metadata__') == {'format': 'pt', 'note': 'C♯ "quoted"'}
get = lambda k, t: numpy.frombuffer(raw[8 + n + h[k]['data_offsets'][0]:8 + n + h[k]['data_offsets'][1]], t).reshape(h[k]['shape'])
assert h['weight']['dtype'] == 'F32' and (get('weight', '<f4') == numpy.arange(12).reshape(3, 4).T).all()
assert get('scalar', '<f8').shape == () and get('scalar', '<f8') == -1.5 and h['none']['shape'] == [0, 4]
assert get('b', 'u1').tolist() == [0, 1, 2] and h['half']['dtype'] == 'BF16' and get('half', '<u2').tolist() == [0x3f00] * 3
assert sorted(sum((v['data_offsets'] for v in h.values()), []))[-1] == len(raw) - 8 - n
)",
                           {path}) == "");
  for (const bool map : {false, true}) {
    const auto back = data::read_safetensors(path, map);
    BOOST_TEST((back.metadata == content.metadata));
    BOOST_TEST(back.tensors.size() == content.tensors.size());
    for (const auto& [name, tensor] : content.tensors) BOOST_TEST(at::equal(back.tensors.at(name), tensor), name);
    // The file stays as it is whatever is done to the tensors, and they outlive the reader.
    back.tensors.at("weight").fill_(7);
  }
  BOOST_TEST(data::read_safetensors(path).tensors.at("weight")[0][1].item<float>() == 4);
  BOOST_TEST(data::looks_like_safetensors(path));
}

BOOST_AUTO_TEST_CASE(odd_headers_are_read_even_where_the_data_is_not_aligned) {
  const auto path = tests::folder("safetensors") / "odd.safetensors";
  const float values[] = {1, 2};
  write_file(path, with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
                               std::string(reinterpret_cast<const char*>(values), 8)));
  BOOST_TEST(data::read_safetensors(path, true).tensors.at("a")[1].item<float>() == 2);
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused) {
  const std::string eight(8, '\0');
  BOOST_TEST(error_of("1,2,3\n") == "cannot be read as safetensors: it has no header");
  BOOST_TEST(error_of(std::string(8, '\xff') + "{}") == "cannot be read as safetensors: it has no header");
  BOOST_TEST(error_of(with_header("{]", "")) == "cannot be read as safetensors: its header is not JSON");
  BOOST_TEST(error_of(with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", "1234")) ==
             "cannot be read as safetensors: tensor \"a\" lies outside its place");
  BOOST_TEST(error_of(with_header(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", eight)) ==
             "cannot be read as safetensors: 4 bytes belong to no tensor");
  BOOST_TEST(
      error_of(with_header(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
                           eight)) == "cannot be read as safetensors: tensor \"b\" lies outside its place");
  BOOST_TEST(error_of(with_header(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", eight)) ==
             "tensor \"a\": its shape does not fill its bytes");
  BOOST_TEST(error_of(with_header(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})", eight)) ==
             "tensor \"a\": its shape does not fill its bytes");
  BOOST_TEST(error_of(with_header(R"({"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}})", eight)) ==
             "tensor \"a\": has the element type \"F8_E4M3\", which is not read");
  BOOST_TEST(error_of(with_header(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", eight)) ==
             "tensor \"a\": shape and data_offsets hold something other than sizes");
}

BOOST_AUTO_TEST_SUITE_END()
