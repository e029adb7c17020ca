#pragma once
// A stage may throw what it likes: behind this line it is always a std::exception.
#include <exception>
#include <string>
#include <tivit/error.hpp>
#include <utility>

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

/// What goes wrong in `call` is an Error that names the place.
template <class Call>
void located(const std::string& where, Call&& call) try {
  native(std::forward<Call>(call));
} catch (const Cancelled&) {
  throw;
} catch (const Error& error) {
  throw error.located(where);
} catch (const std::exception& error) {
  throw Error(short_text(error), "", where);
}

}  // namespace tivit::detail
