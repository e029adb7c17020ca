// What tests/bench/decode.py starts: makes inputs, reads files, and prints lines "NAME SECONDS FRAMES" (of the processor).
//
//   bench_decode make SOURCE OUT WIDTH HEIGHT FRAMES   H.264 with GOP 250 and B-frames
//   bench_decode whole FILE X,Y,…                      a new file as tiles, as strips (by these corners), and into fakesink: by decodebin,
//                                                      and by the bare elements it would choose, in one thread
//   bench_decode windows FILE FIRST,… [check]          windows of 96 frames of a new file as tiles; check adds "wrong 0": frames that
//                                                      differ from a decode from the start, and "sums …": of every frame's luma
#include <ATen/ops/equal.h>
#include <ATen/ops/sum.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <stages/data/clip.hpp>
#include <stages/video/video_file.hpp>
#include <tivit/execution_context.hpp>
#include <tivit/make_plan.hpp>
#include <tivit/run.hpp>
#include <tivit/tensor/stage.hpp>

#include "tests/bench/cpu_seconds.hpp"
#include "tests/bench/play.hpp"
#include "tests/folders.hpp"

namespace {

namespace fs = std::filesystem;
using namespace tivit;

constexpr std::int64_t window = 96;

struct Drop {
  static void contract(Contract<Drop>& c) {
    c.sink("takes what comes");
    c.in("value", "any");
    c.example("[stages.drop]\nuse = \"bench/drop\"\nin = \"batch\"\n");
  }
  void operator()(const Payload&) {}
};
TIVIT_STAGE("bench/drop", Drop)

/// A name that nothing is known of, for a file that is there.
struct NewName {
  fs::path path;
  explicit NewName(const fs::path& file) {
    static int number = 0;
    path = file.parent_path() / ("new-" + std::to_string(getpid()) + "-" + std::to_string(number++) + file.extension().string());
    fs::create_symlink(fs::absolute(file), path);
  }
  ~NewName() { fs::remove(path); }
};

void make(const std::string& source, const std::string& out, const std::string& width, const std::string& height,
          const std::string& frames) {
  bench::play("filesrc location=" + source + " ! decodebin ! videoconvertscale ! video/x-raw,format=I420,width=" + width +
              ",height=" + height + " ! identity eos-after=" + frames +
              " ! x264enc speed-preset=medium pass=qual quantizer=23 key-int-max=250 bframes=3 threads=1 ! h264parse ! mp4mux ! "
              "filesink location=" +
              out + ".part");
  fs::rename(out + ".part", out);
}

/// The processor's seconds for a graph over one file.
double run_graph(const fs::path& file, const std::string& corners, const std::string& stages) {
  const NewName fresh(file);
  const fs::path text = tests::build_folder() / "bench" / ("decode." + std::to_string(getpid()) + ".toml");
  std::ofstream(text) << "[stages.clips]\nuse = \"data/clips\"\nfiles = [\"" << fresh.path.string() << "\"]\ncorners = [" << corners
                      << "]\n[stages.windows]\nuse = \"video/windows\"\nin = \"clips\"\nrows = " << window << "\nhop = " << window << "\n"
                      << stages << "[stages.drop]\nuse = \"bench/drop\"\nin = \"last\"\n";
  const Plan plan = make_plan(GraphRequest{text, {}, {}});
  fs::remove(text);
  RunContext context;
  Run run(plan, context);
  const bench::CpuSeconds cpu;
  run.execute();
  return cpu.passed();
}

const char* const to_tiles = R"(
[stages.frames]
use = "video/decode"
in = "windows"
size = [128, 384]
[stages.tiles]
use = "video/tiles"
in = "frames"
[stages.last]
use = "batch/stack"
in = "tiles"
size = 1
scope = "run"
)";
const char* const to_strips = "[stages.last]\nuse = \"keyboard/strips\"\nin = \"windows\"\n";

void whole(const fs::path& file, const std::string& corners) {
  const auto count = video::VideoFile::open(file)->table().count();
  const auto fakesink = "filesrc location=" + file.string() + " ! decodebin force-sw-decoders=true ! fakesink sync=false";
  bench::play(fakesink);               // plugins are loaded, the file lies in memory
  run_graph(file, corners, to_tiles);  // so that memory is there
  const double tiles = run_graph(file, corners, to_tiles), strips = run_graph(file, corners, to_strips);
  std::cout << "tiles " << tiles << ' ' << count << "\nstrips " << strips << ' ' << count << '\n';
  std::string chain = "filesrc location=" + file.string();
  for (const auto& element : video::VideoFile::open(file)->table().chain) chain += " ! " + element;
  for (const auto& [name, text] : {std::pair{"fakesink", fakesink}, {"chain", chain + " ! fakesink sync=false"}}) {
    const bench::CpuSeconds cpu;
    bench::play(text);
    std::cout << name << ' ' << cpu.passed() << ' ' << count << '\n';
  }
}

class Reader {
 public:
  Reader() {
    ParameterValue::List size{{std::int64_t{128}}, {std::int64_t{384}}};
    decode_->set("size", {size});
    decode_->open(run_);
    tiles_->open(run_);
  }
  /// u8[96,3,128,384] and its floats.
  std::pair<at::Tensor, at::Tensor> read(const fs::path& file, std::int64_t first) {
    data::Clip clip{.name = "bench", .video = file, .first_row = first, .rows = window};
    Context context;
    context.run_ = &run_;
    const auto frames = decode_->call({{"clip", Payload::of(clip)}}, context)[0];
    return {frames.as<at::Tensor>(), tiles_->call({{"frames", frames}}, context)[0].as<at::Tensor>()};
  }

 private:
  RunContext run_;
  std::unique_ptr<Stage> decode_ = Registry::instance().find("video/decode").make(),
                         tiles_ = Registry::instance().find("video/tiles").make();
};

void windows(const fs::path& file, const std::string& list, bool check) {
  const auto known = video::VideoFile::open(file);
  std::vector<std::int64_t> firsts;
  std::stringstream stream(list);
  for (std::string one; std::getline(stream, one, ',');) firsts.push_back(std::stoll(one));
  Reader reader;
  reader.read(file, 0);  // plugins are loaded, memory is there: what stands beside it has read the file, too
  std::vector<at::Tensor> seen;
  {
    const NewName fresh(file);
    const bench::CpuSeconds cpu;
    for (const auto first : firsts) {
      auto frames = reader.read(fresh.path, first).first;
      if (check) seen.push_back(std::move(frames));
    }
    std::cout << "windows " << cpu.passed() << ' ' << firsts.size() * window << '\n';
  }
  if (!check) return;
  std::vector<at::Tensor> all;
  for (std::int64_t first = 0; first < known->table().count(); first += window) all.push_back(reader.read(file, first).first);
  int wrong = 0;
  for (std::size_t i = 0; i < firsts.size(); ++i)
    for (std::int64_t row = 0; row < window; ++row) {
      const auto frame = firsts[i] + row;
      wrong += !at::equal(seen[i][row], all[static_cast<std::size_t>(frame / window)][frame % window]);
    }
  std::cout << "wrong " << wrong << "\nsums";
  std::vector<std::int64_t> every(static_cast<std::size_t>(known->table().count()));
  for (std::size_t i = 0; i < every.size(); ++i) every[i] = static_cast<std::int64_t>(i);
  known->each(every, {}, [](std::size_t, const at::Tensor& luma) { std::cout << ' ' << luma.sum().item<std::int64_t>(); });
  std::cout << '\n';
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> a(argv, argv + argc);
  try {
    start_runtime(RunContext{});  // before the first thread, as a run does
    video::init_gstreamer();
    if (argc == 7 && a[1] == "make") return make(a[2], a[3], a[4], a[5], a[6]), 0;
    if (argc == 4 && a[1] == "whole") return whole(a[2], a[3]), 0;
    if (argc >= 4 && a[1] == "windows") return windows(a[2], a[3], argc == 5 && a[4] == "check"), 0;
    std::cerr << "usage: bench_decode make SOURCE OUT WIDTH HEIGHT FRAMES | whole FILE CORNERS | windows FILE FIRST,... [check]\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 2;
}
