#pragma once
// A stage may throw what it likes: behind this line it is always a std::exception.
#include <exception>
#include <tivit/error.hpp>

namespace tivit::detail {

template <class Call>
decltype(auto) native(Call&& call) try {
  return call();
} catch (const std::exception&) {
  throw;
} catch (...) {
  throw Error("the stage threw something that is no std::exception", "throw tivit::Error");
}

}  // namespace tivit::detail
