#include <tivit/version.hpp>
namespace tivit {
const char* version() { return TIVIT_VERSION; }
}  // namespace tivit
