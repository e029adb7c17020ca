// Files of arrays: what NumPy writes is read, what is written NumPy reads, and damaged files are refused by name.
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <stages/data/npy.hpp>
#include <stages/data/npz.hpp>
#include <stages/data/zip.hpp>
#include <tests/data/python.hpp>
#include <tivit/atomic_file.hpp>

#include <boost/test/unit_test.hpp>
#include <tivit/error.hpp>

using namespace tivit;
using tests::folder;
using tests::python;

namespace {

std::string error_of(const std::string& bytes) {
  try {
    data::parse_npy(bytes, "x.npy");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string npy(const std::string& dictionary, const std::string& data) {
  std::string text = dictionary + "\n";
  return std::string("\x93NUMPY\x01\x00", 8) + char(text.size() & 0xff) + char(text.size() >> 8) + text + data;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(npz)

BOOST_AUTO_TEST_CASE(numpy_reads_what_is_written) {
  const auto path = folder("npz") / "ours.npz";
  data::Npz content;
  content.arrays.set("roll", at::arange(12, at::kFloat).reshape({3, 4}).t());
  for (const auto type : {at::kBool, at::kByte, at::kChar, at::kShort, at::kInt, at::kLong, at::kHalf, at::kDouble})
    content.arrays.set(dtype_name(type), at::arange(2, at::kLong).to(type));
  content.arrays.set("scalar", at::full({}, 2.5));
  content.arrays.set("empty", at::empty({0, 88}));
  content.texts.emplace_back("meta", "{\"key\": \"C♯\"}");
  for (const bool deflate : {false, true}) {
    data::write_npz(path, content, deflate);
    BOOST_TEST(python(R"(
import numpy, sys
z = numpy.load(sys.argv[1], allow_pickle=False)
assert z['roll'].dtype == 'f4' and z['roll'].shape == (4, 3) and (z['roll'] == numpy.arange(12).reshape(3, 4).T).all()
for name, dtype in dict(bool='?', u8='u1', i8='i1', i16='i2', i32='i4', i64='i8', f16='f2', f64='f8').items():
    assert z[name].dtype == dtype and z[name].tolist() == [0, 1], name
assert z['scalar'].shape == () and float(z['scalar']) == 2.5
assert z['empty'].shape == (0, 88)
assert str(z['meta']) == '{"key": "C♯"}'
)",
                      {path}) == "");
    const auto back = data::read_npz(path);
    BOOST_TEST(back.texts.at(0).second == content.texts[0].second);
    BOOST_TEST(back.arrays.names() == content.arrays.names(), boost::test_tools::per_element());
    for (const auto& [name, array] : content.arrays) BOOST_TEST(at::equal(array, back.arrays.at(name)), name);
  }
}

BOOST_AUTO_TEST_CASE(the_same_arrays_give_the_same_bytes) {
  const auto path = folder("npz") / "same.npz";
  const data::Npz content{{{"a", at::arange(1000, at::kFloat)}}, {}};
  data::write_npz(path, content, true);
  const auto first = read_file(path);
  data::write_npz(path, content, true);
  BOOST_TEST((first == read_file(path)));
  for (const auto& file : std::filesystem::directory_iterator(path.parent_path()))
    BOOST_TEST(file.path().string().find(".part") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_numpy_writes_is_read) {
  const auto path = folder("npz") / "theirs.npz";
  for (const std::string save : {"savez", "savez_compressed"}) {
    BOOST_REQUIRE(python("import numpy, sys\nnumpy." + save + R"((sys.argv[1], f=numpy.asfortranarray(numpy.arange(24.).reshape(2, 3, 4)),
  big=numpy.arange(5).astype('>i4'), half=numpy.float16([.5, -2]), flags=numpy.array([True, False]), text=numpy.array('Grüße'), none=numpy.zeros((3, 0))))",
                         {path}) == "");
    const auto content = data::read_npz(path);
    BOOST_TEST(at::equal(content.arrays.at("f"), at::arange(24, at::kDouble).reshape({2, 3, 4})));
    BOOST_TEST(content.arrays.at("f").is_contiguous());
    BOOST_TEST(at::equal(content.arrays.at("big"), at::arange(5, at::kInt)));
    BOOST_TEST(content.arrays.at("half")[1].item<float>() == -2);
    BOOST_TEST(content.arrays.at("flags")[0].item<bool>());
    BOOST_TEST(content.arrays.at("none").size(0) == 3);
    BOOST_TEST(content.texts.at(0).second == "Grüße");
  }
}

BOOST_AUTO_TEST_CASE(malformed_arrays_are_refused_with_the_reason) {
  const std::string four(16, '\0');
  BOOST_TEST(error_of(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", four)) == "");
  BOOST_TEST(error_of(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }", four)) ==
             "x.npy: the shape asks for 20 bytes, there are 16; the file is incomplete or damaged");
  BOOST_TEST(error_of(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8), }", four)) ==
             "x.npy: the shape asks for more than 2^64 bytes, there are 16; the file is incomplete or damaged");
  BOOST_TEST(error_of(npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", four)) ==
             "x.npy: holds Python objects, which are not read because reading them runs code; store plain arrays");
  BOOST_TEST(error_of(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4,), }", four)).find("structured arrays") !=
             std::string::npos);
  BOOST_TEST(error_of(npy("{'descr': '<c8', 'fortran_order': False, 'shape': (2,), }", four)).find("element type \"<c8\"") !=
             std::string::npos);
  BOOST_TEST(error_of(npy("{'descr': '<f4', 'shape': (4,), }", four)).find("it must name descr, fortran_order and shape") !=
             std::string::npos);
  BOOST_TEST(error_of(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-4,), }", four)).find("something other than sizes") !=
             std::string::npos);
  BOOST_TEST(error_of(npy("__import__('os').system('echo pwned')", four)).find("expected \"{\"") != std::string::npos);
  BOOST_TEST(error_of("\x93NUMPY") == "x.npy: is not a NumPy array");
  BOOST_TEST(error_of(std::string("\x93NUMPY\x01\x00\xff\x00{", 11)) == "x.npy: the array ends inside its header; the file is incomplete");
}

BOOST_AUTO_TEST_CASE(damaged_archives_are_refused) {
  const auto path = folder("npz") / "damaged.npz";
  data::write_npz(path, {{{"a", at::arange(1000, at::kFloat)}}, {}});
  auto bytes = read_file(path);
  write_file(path, bytes.substr(0, bytes.size() / 2));
  BOOST_CHECK_EXCEPTION(data::read_npz(path), Error,
                        [](const Error& e) { return e.problem().starts_with("cannot be read as a zip container"); });
  bytes[bytes.size() / 2] ^= 1;
  write_file(path, bytes);
  BOOST_CHECK_EXCEPTION(data::read_npz(path), Error,
                        [](const Error& e) { return e.problem() == "entry \"a.npy\" cannot be read: CRC error"; });
  data::write_zip(path, {{"notes.txt", "hello"}}, false);
  BOOST_CHECK_EXCEPTION(data::read_npz(path), Error,
                        [](const Error& e) { return e.problem() == "an .npz holds arrays only; this entry is none"; });
  BOOST_CHECK_THROW(data::read_npz(path.parent_path() / "missing.npz"), Error);
}

BOOST_AUTO_TEST_SUITE_END()
