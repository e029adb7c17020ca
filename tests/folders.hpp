#pragma once
// Where the tree and its build lie. Only folders.cpp is compiled with these paths in it, so that every other test object of one checkout
// serves the next from ccache.
#include <filesystem>

namespace tivit::tests {

const std::filesystem::path& source_folder();
const std::filesystem::path& build_folder();

}  // namespace tivit::tests
