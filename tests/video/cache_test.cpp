// The cache: what was made is found, what changed is never found, and the bytes stay bounded.
#include <ATen/core/Tensor.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <fstream>
#include <memory>
#include <stages/video/chunk_store.hpp>
#include <stages/video/frame_cache.hpp>
#include <thread>
#include <tivit/contract.hpp>
#include <tivit/error.hpp>

#include "tests/folders.hpp"

namespace fs = std::filesystem;
using tivit::video::CacheKey;
using tivit::video::FrameCache;

namespace {

fs::path fresh(const std::string& name) {
  const fs::path folder = tivit::tests::build_folder() / "tests/cache" / name;
  fs::remove_all(folder);
  return folder;
}

/// Row r is 64 bytes that count from r + salt.
at::Tensor made(std::int64_t first, std::int64_t count, int salt = 0) {
  const auto rows = at::arange(first, first + count, at::kLong).unsqueeze(1).add(at::arange(64, at::kLong).unsqueeze(0)).add(salt);
  return rows.remainder(251).to(at::kByte);
}

struct Maker {
  std::atomic<int> calls{0}, rows{0};
  at::Tensor operator()(std::int64_t first, std::int64_t count) {
    ++calls, rows += static_cast<int>(count);
    return made(first, count);
  }
};

std::uint64_t bytes_on_disk(const fs::path& folder) {
  std::uint64_t total = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".rows") total += entry.file_size();
  return total;
}

const CacheKey key("test", 1);

}  // namespace

BOOST_AUTO_TEST_SUITE(cache)

BOOST_AUTO_TEST_CASE(the_hash_is_the_published_one) {
  BOOST_TEST(tivit::hash_of("hello") == "b5e9c1ad071b3e7fc779cfaa5e523818");
  tivit::Hash128 pieces;
  for (const auto* text : {"a piece ", "and one that is longer than a block, ", "", "and an end"}) pieces.add(text);
  BOOST_TEST(pieces.hex() == tivit::hash_of("a piece and one that is longer than a block, and an end"));
}

BOOST_AUTO_TEST_CASE(a_second_epoch_makes_nothing) {
  for (const bool disk : {true, false}) {
    const auto folder = fresh("second_epoch");
    const auto open = [&] { return disk ? tivit::video::disk_store(folder, 1 << 20) : tivit::video::memory_store(1 << 20); };
    auto cache = std::make_unique<FrameCache>(open(), 8);
    Maker maker;
    const auto epoch = [&] {
      for (const auto& [first, count] : {std::pair{0, 5}, {3, 20}, {17, 30}, {60, 40}, {98, 2}, {0, 100}})
        BOOST_TEST(at::equal(cache->rows(key, first, count, 100, std::ref(maker)), made(first, count)));
    };
    epoch();
    BOOST_TEST(maker.rows == 100);
    BOOST_TEST(cache->counts().made == 13u);
    // The next run finds the files of this one.
    if (disk) cache = std::make_unique<FrameCache>(open(), 8);
    epoch();
    BOOST_TEST(maker.rows == 100);
  }
}

BOOST_AUTO_TEST_CASE(whatever_changes_gets_an_entry_of_its_own) {
  const auto folder = fresh("changes");
  fs::create_directories(folder);
  std::ofstream(folder / "a.mp4") << "one";
  FrameCache cache(tivit::video::disk_store(folder / "cache", 1 << 20), 8);
  const auto made_by = [&](const CacheKey& k, int salt) {
    return cache.rows(k, 0, 4, 10, [&](auto first, auto count) { return made(first, count, salt); })[0][0].item<int>();
  };
  const auto with = [&](const std::string& size, double rate) {
    return CacheKey("decode", 1).file(folder / "a.mp4").add("size", size).add("times", tivit::data::FrameTimes{rate, 0, 0});
  };
  BOOST_TEST(made_by(with("64x48", 20), 1) == 1);
  BOOST_TEST(made_by(with("64x48", 20), 2) == 1);
  BOOST_TEST(made_by(with("64x49", 20), 3) == 3);
  BOOST_TEST(made_by(with("64x48", 20.0000001), 4) == 4);
  BOOST_TEST(made_by(CacheKey("decode", 2), 5) == 5);
  std::ofstream(folder / "a.mp4") << "other content";
  BOOST_TEST(made_by(with("64x48", 20), 6) == 6);
  // Same content under another name is the same entry.
  std::ofstream(folder / "b.mp4") << "other content";
  BOOST_TEST(
      made_by(
          CacheKey("decode", 1).file(folder / "b.mp4").add("size", std::string("64x48")).add("times", tivit::data::FrameTimes{20, 0, 0}),
          7) == 6);
}

BOOST_AUTO_TEST_CASE(bytes_stay_bounded_and_the_oldest_go_first) {
  const auto folder = fresh("bounded");
  const std::uint64_t chunk = 8 * 64 + 4096;
  FrameCache cache(tivit::video::disk_store(folder, 10 * chunk), 8);
  Maker maker;
  for (int i = 0; i < 30; ++i) {
    cache.rows(key, i * 8, 8, 400, std::ref(maker));
    cache.rows(key, 0, 8, 400, std::ref(maker));  // used all the time
    BOOST_TEST(bytes_on_disk(folder) <= 10 * chunk);
    BOOST_TEST(cache.bytes() == bytes_on_disk(folder));
  }
  BOOST_TEST(maker.calls == 30);
  FrameCache memory(tivit::video::memory_store(10 * 8 * 64), 8);
  for (int i = 0; i < 30; ++i) {
    memory.rows(key, i * 8, 8, 400, std::ref(maker));
    memory.rows(key, 0, 8, 400, std::ref(maker));
    BOOST_TEST(memory.bytes() <= 10u * 8 * 64);
  }
  BOOST_TEST(maker.calls == 60);
}

BOOST_AUTO_TEST_CASE(what_the_cache_did_not_write_is_left_alone) {
  const auto folder = fresh("others");
  const std::string hash(32, 'a');
  const auto old = [&](const fs::path& name) {
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << std::string(8000, 'x');
    fs::last_write_time(folder / name, fs::file_time_type::clock::now() - std::chrono::hours(2));
    return folder / name;
  };
  std::vector<fs::path> theirs;
  for (const fs::path name : {"concert.part1.mp4", "sub/thesis.partial.docx", "notes.rows", "0.rows", "aa/0.rows", "ab/tables/0.rows",
                              "tables/01/0.rows.part7.1"})
    theirs.push_back(old(name));
  for (const char* name : {"names.rows", "0.rows.part", "0.rows.part1", "0.rows.partial", "x0.rows.part7.1", "deep/0.rows"})
    theirs.push_back(old(fs::path("aa") / hash / name));
  fs::create_symlink(theirs[0], folder / "aa" / hash / "1.rows");
  const auto left_over = old(fs::path("aa") / hash / "3.rows.part4711.12"), evicted = old(fs::path("aa") / hash / "3.rows");
  {
    FrameCache cache(tivit::video::disk_store(folder, 8 * (8 * 64 + 4096)), 8);
    Maker maker;
    cache.rows(key, 0, 128, 128, std::ref(maker));
    BOOST_TEST(cache.bytes() <= 8u * (8 * 64 + 4096));
  }
  for (const auto& file : theirs) BOOST_TEST(fs::exists(file), file << " is gone");
  BOOST_TEST(fs::is_symlink(folder / "aa" / hash / "1.rows"));
  BOOST_TEST(!fs::exists(left_over));
  BOOST_TEST(!fs::exists(evicted));
  std::ofstream(folder / "usage") << "of the hall in May";
  BOOST_CHECK_EXCEPTION(tivit::video::disk_store(folder, 1 << 20), tivit::Error, [&](const tivit::Error& error) {
    return error.what() == folder.string() + ": there is a file \"usage\" that is not the cache's; give another `directory`";
  });
}

BOOST_AUTO_TEST_CASE(damaged_files_are_made_again) {
  const auto folder = fresh("damaged");
  FrameCache cache(tivit::video::disk_store(folder, 1 << 20), 8);
  Maker maker;
  cache.rows(key, 0, 8, 8, std::ref(maker));
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".rows") {
      std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(4096 + 100);
      file.put('x');
    }
  BOOST_TEST(at::equal(cache.rows(key, 0, 8, 8, std::ref(maker)), made(0, 8)));
  BOOST_TEST(maker.calls == 2);
}

BOOST_AUTO_TEST_CASE(what_was_written_before_the_machine_started_is_checked) {
  // The page before the bytes: 24 bytes on is the start of the machine, 32 on the file's time.
  for (const bool spoilt : {false, true}) {
    const auto folder = fresh("restarted");
    FrameCache cache(tivit::video::disk_store(folder, 1 << 20), 8);
    Maker maker;
    cache.rows(key, 0, 8, 8, std::ref(maker));
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".rows") {
        const auto time = entry.last_write_time();
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(24).put('x');
        if (spoilt) file.seekp(4096 + 100).put('x');
        file.close();
        fs::last_write_time(entry.path(), time);
      }
    BOOST_TEST(at::equal(cache.rows(key, 0, 8, 8, std::ref(maker)), made(0, 8)));
    BOOST_TEST(maker.calls == (spoilt ? 2 : 1));
  }
}

BOOST_AUTO_TEST_CASE(a_window_is_seen_across_files_without_a_copy) {
  const auto folder = fresh("joined");
  FrameCache cache(tivit::video::disk_store(folder, 1 << 24), 8);
  for (const std::int64_t side : {64, 48, 5}) {  // rows of a page, rows whose chunks are whole pages, and others
    const CacheKey own = CacheKey("joined", 1).add("side", side);
    const auto make = [&](std::int64_t first, std::int64_t count) {
      return made(first, count).narrow(1, 0, 1).expand({count, side * side}).reshape({count, side, side}).contiguous();
    };
    const auto all = make(0, 100);
    cache.rows(own, 0, 100, 100, make);
    const auto nothing = [](std::int64_t, std::int64_t) -> at::Tensor { throw tivit::Error("a row was lost"); };
    for (std::int64_t first = 0; first < 100; first += 3)
      for (const std::int64_t count : {1, 5, 8, 20, 70})
        if (first + count <= 100) {
          const at::Tensor window = cache.rows(own, first, count, 100, nothing);
          BOOST_TEST(at::equal(window, all.narrow(0, first, count)));
          window.fill_(7);  // spoils nobody else's
        }
    BOOST_TEST(at::equal(cache.rows(own, 0, 100, 100, nothing), all));
  }
}

BOOST_AUTO_TEST_CASE(threads_that_want_one_chunk_make_it_once) {
  FrameCache cache(tivit::video::memory_store(1 << 20), 8);
  Maker maker;
  std::atomic<int> failures{0}, wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const auto slow = [&](std::int64_t first, std::int64_t count) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (t == 0) throw tivit::Error("this one fails");
        return maker(first, count);
      };
      try {
        if (!at::equal(cache.rows(key, t, 40, 64, slow), made(t, 40))) ++wrong;
      } catch (const tivit::Error&) {
        ++failures;
      }
    });
  for (auto& thread : threads) thread.join();
  BOOST_TEST(failures <= 1);  // none, where the others had made every chunk it wants
  BOOST_TEST(wrong == 0);
  BOOST_TEST(maker.rows == 48);
}

BOOST_AUTO_TEST_CASE(a_fault_elsewhere_in_a_chunk_is_no_fault_of_the_window) {
  FrameCache cache(tivit::video::memory_store(1 << 20), 8);
  const auto make = [&](std::int64_t first, std::int64_t count) {
    if (first <= 13 && first + count > 13) throw tivit::Error("row 13 is damaged");
    return made(first, count);
  };
  BOOST_TEST(at::equal(cache.rows(key, 4, 9, 64, make), made(4, 9)));
  BOOST_CHECK_THROW(cache.rows(key, 12, 2, 64, make), tivit::Error);
}

BOOST_AUTO_TEST_CASE(what_a_full_disk_cannot_keep_is_made_once_each_time) {
  struct Full : tivit::video::ChunkStore {
    at::Tensor find(const std::string&) override { return {}; }
    at::Tensor joined(std::span<const std::string>, std::int64_t, std::int64_t) override { return {}; }
    void put(const std::string&, const at::Tensor&) override { throw tivit::Error("the cache cannot be written: No space left on device"); }
    std::uint64_t bytes() override { return 0; }
  };
  FrameCache cache(std::make_unique<Full>(), 8);
  Maker maker;
  for (int time = 1; time < 3; ++time) {
    BOOST_TEST(at::equal(cache.rows(key, 3, 10, 40, std::ref(maker)), made(3, 10)));
    BOOST_TEST(maker.calls == time);
  }
}

BOOST_AUTO_TEST_CASE(long_windows_do_not_open_every_file_at_once) {
  const auto folder = fresh("many");
  const auto store = tivit::video::disk_store(folder, 1 << 24);
  std::vector<std::string> names;
  for (int i = 0; i < 65; ++i) {
    names.push_back(std::string(32, 'a') + "/" + std::to_string(i));
    store->put(names.back(), made(64 * i, 64));
  }
  const auto joined = store->joined(std::span(names).first(64), 5, 4090);
  BOOST_REQUIRE(joined.defined());
  BOOST_TEST(at::equal(joined, made(5, 4090)));
  BOOST_TEST(!store->joined(names, 5, 4150).defined());
  // What is longer comes all the same.
  FrameCache cache(tivit::video::disk_store(folder, 1 << 24), 1);
  Maker maker;
  cache.rows(key, 0, 100, 100, std::ref(maker));
  BOOST_TEST(at::equal(cache.rows(key, 10, 80, 100, std::ref(maker)), made(10, 80)));
  BOOST_TEST(maker.rows == 100);
}

BOOST_AUTO_TEST_CASE(a_signal_does_not_end_waiting_for_the_folder) {
  const auto folder = fresh("signal");
  tivit::video::disk_store(folder, 1 << 20);
  const int held = open((folder / "usage").c_str(), O_RDWR | O_CLOEXEC);
  BOOST_REQUIRE(flock(held, LOCK_EX) == 0);
  struct sigaction quiet {
  }, usual{};
  quiet.sa_handler = [](int) {};  // without SA_RESTART
  sigaction(SIGUSR1, &quiet, &usual);
  std::string fault;
  std::atomic<bool> done{false};
  std::thread waiting([&] {
    try {
      tivit::video::disk_store(folder, 1 << 20);
    } catch (const tivit::Error& error) {
      fault = error.what();
    }
    done = true;
  });
  for (int i = 0; i < 20 && !done; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    pthread_kill(waiting.native_handle(), SIGUSR1);
  }
  BOOST_TEST(!done);
  close(held);
  waiting.join();
  sigaction(SIGUSR1, &usual, nullptr);
  BOOST_TEST(fault == "");
}

BOOST_AUTO_TEST_CASE(processes_share_a_folder) {
  const auto folder = fresh("processes");
  const std::uint64_t limit = 20 * (8 * 64 + 4096);
  std::vector<pid_t> children;
  for (int child = 0; child < 3; ++child) {
    const pid_t pid = fork();
    if (pid == 0) {
      bool right = true;
      FrameCache cache(tivit::video::disk_store(folder, limit), 8);
      Maker maker;
      for (int i = 0; i < 300; ++i) {
        const std::int64_t first = (i * 37 + child * 11) % 380;
        right &= at::equal(cache.rows(key, first, 20, 400, std::ref(maker)), made(first, 20));
      }
      _exit(right ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const auto pid : children) {
    int status = 1;
    waitpid(pid, &status, 0);
    BOOST_TEST(status == 0);
  }
  BOOST_TEST(bytes_on_disk(folder) <= limit);
}

BOOST_AUTO_TEST_CASE(the_resource_is_opened_from_its_parameters) {
  const auto& spec = tivit::Registry::instance().find("video/cache");
  BOOST_TEST(spec.interface == "cache");
  const auto resource = spec.make_resource([&](const auto& set) {
    set("where", spec.parameter("where")->checked({std::string("memory")}));
    set("rows_per_chunk", spec.parameter("rows_per_chunk")->checked({std::int64_t{4}}));
  });
  tivit::RunContext run;
  resource->open(run);
  auto& cache = dynamic_cast<FrameCache&>(*resource);
  Maker maker;
  cache.rows(key, 3, 2, 100, std::ref(maker));
  BOOST_TEST(maker.rows == 8);
}

BOOST_AUTO_TEST_SUITE_END()
