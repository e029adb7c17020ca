#include <ATen/ATen.h>
#include <ATen/record_function.h>
#include <ATen/autocast_mode.h>
#include <c10/core/InferenceMode.h>
#include <ATen/Parallel.h>
#include <malloc.h>
#include <stages/model/model.hpp>
#include <stages/model/autocast.hpp>
#include <tivit/registry.hpp>
#include <tivit/parameter.hpp>
#include <ctime>
#include <cstdio>
#include <map>
#include <algorithm>
using namespace tivit;
double cpu() { timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
struct Ctx : at::ObserverContext { double begin, *child; double mine = 0; };
thread_local double* current = nullptr;
std::map<std::string, std::pair<double, int>> table;
int main(int argc, char** argv) {
  at::set_num_threads(1);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  const auto& spec = Registry::instance().find("model/perkey");
  auto made = spec.make_resource([](const auto&) {});
  auto model = std::dynamic_pointer_cast<model::Model>(made);
  RunContext run; run.seed = 1;
  model->open(run);
  const long b = argc > 1 ? atol(argv[1]) : 1, t = argc > 2 ? atol(argv[2]) : 200;
  const bool bf16 = argc > 3 ? atoi(argv[3]) : 1;
  const bool profile = argc > 4 && atoi(argv[4]);
  const long width = 648, keys = 88;
  auto frames = at::randint(256, {b, t, 64, width}, at::kLong).to(at::kByte);
  auto centre = at::arange(keys).to(at::kFloat).mul(624.0 / keys).add(15).expand({b, keys}).contiguous();
  auto pc = at::arange(keys, at::kLong).add(21).remainder(12).expand({b, keys}).contiguous();
  auto black = (pc == 1).logical_or(pc == 3).logical_or(pc == 6).logical_or(pc == 8).logical_or(pc == 10);
  Fields batch{{"frames", frames}, {"background", frames.select(1, 0).contiguous()}, {"keys.centre", centre}, {"keys.pitch_class", pc}, {"keys.black", black}, {"keys.mask", at::ones({b, keys}, at::kBool)}};
  [[maybe_unused]] at::CallbackHandle handle = 0;
  if (profile) {
    handle = at::addGlobalCallback(at::RecordFunctionCallback(
        [](const at::RecordFunction& f) -> std::unique_ptr<at::ObserverContext> {
          auto c = std::make_unique<Ctx>(); c->begin = cpu(); c->child = current; current = &c->mine; return c; },
        [](const at::RecordFunction& f, at::ObserverContext* p) {
          auto* c = static_cast<Ctx*>(p); double d = cpu() - c->begin; current = c->child; if (current) *current += d;
          auto& e = table[f.name()]; e.first += d - c->mine; e.second++; })
        .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
  }
  std::vector<double> times;
  const int reps = argc > 5 ? atoi(argv[5]) : 5;
  for (int r = 0; r < reps; ++r) {
    const double begin = cpu();
    {
      c10::NoGradGuard guard;
      model::Autocast cast(at::kCPU, bf16);
      auto out = model->forward(batch);
    }
    times.push_back(cpu() - begin);
    if (r == 0) table.clear();
  }
  std::sort(times.begin() + 1, times.end());
  const double median = times[1 + (reps - 1) / 2];
  std::printf("b %ld t %ld bf16 %d: first %.3f median %.3f s, %.0f frames/CPU s\n", b, t, bf16, times[0], median, b * t / median);
  if (profile) {
    std::vector<std::pair<double, std::string>> rows;
    for (auto& [n, e] : table) rows.push_back({e.first / (reps - 1), n + " x" + std::to_string(e.second / (reps - 1))});
    std::sort(rows.rbegin(), rows.rend());
    for (size_t i = 0; i < std::min<size_t>(rows.size(), 25); ++i) std::printf("%8.2f ms  %s\n", rows[i].first * 1e3, rows[i].second.c_str());
  }
  struct mallinfo2 m = mallinfo2();
  std::printf("in use %zu MB\n", m.uordblks >> 20);
}
