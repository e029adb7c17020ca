#pragma once
// The framework's whole-file writing and reading, under the name by which this area's formats call it.
#include <tivit/atomic_file.hpp>

namespace tivit::data {
using tivit::AtomicFile;
using tivit::read_file;
using tivit::write_file;
}  // namespace tivit::data
