#include <tivit/testing/conformance.hpp>

#include <tivit/registry.hpp>
#include <tivit/testing/detail/checks.hpp>

namespace tivit::testing {

std::vector<Broken> broken_promises(const Subject& subject) {
  Checks checks(subject);
  if (!checks.items()) return checks.broken;
  checks.order();
  checks.end_of_scope();
  checks.tombstones();
  checks.exception();
  checks.exception_between();
  checks.threads();
  checks.empty_input();
  checks.save_and_restore();
  checks.cancel();  // last, because a stage that hangs keeps a worker
  return checks.broken;
}

void must_conform(const Subject& subject) {
  const auto broken = broken_promises(subject);
  if (broken.empty()) return;
  std::string text = "stage " + subject.use + " does not conform:";
  for (const auto& one : broken) text += "\n  " + one.where();
  throw Error(text);
}

}  // namespace tivit::testing
