#pragma once
// A stage may throw what it likes: behind this line it is always a std::exception.
#include <exception>
#include <string>
#include <tivit/error.hpp>

namespace tivit::detail {

/// What it says; tensor libraries append a stack to what(), which is left out.
std::string short_text(const std::exception& error);

template <class Call>
decltype(auto) native(Call&& call) try {
  return call();
} catch (const std::exception&) {
  throw;
} catch (...) {
  throw Error("the stage threw something that is no std::exception", "throw tivit::Error");
}

}  // namespace tivit::detail
