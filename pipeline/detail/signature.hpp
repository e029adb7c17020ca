#pragma once
// Which arguments a stage's call takes, read off its member function.
#include <tivit/stage.hpp>
#include <tuple>
#include <type_traits>

namespace tivit::detail {

template <class F>
struct Signature;
template <class T, class R, class... A>
struct Signature<R (T::*)(A...)> {
  using Result = R;
  using Arguments = std::tuple<A...>;
  static constexpr bool is_const = false;
};
template <class T, class R, class... A>
struct Signature<R (T::*)(A...) const> : Signature<R (T::*)(A...)> {
  static constexpr bool is_const = true;
};

template <class A>
constexpr bool is_context = std::is_same_v<std::remove_cvref_t<A>, Context>;
template <class A>
constexpr bool is_emit = std::is_same_v<std::remove_cvref_t<A>, Emit>;
template <class A>
constexpr bool is_inputs = std::is_same_v<std::remove_cvref_t<A>, Inputs>;
template <class A>
constexpr bool is_port = !is_context<A> && !is_emit<A>;

/// The C++ type behind a port argument: `const A&`, `A` or `const A*`.
template <class A>
using PortValue = std::remove_cv_t<std::remove_pointer_t<std::remove_cvref_t<A>>>;

/// What a C++ type is as the type of a port.
struct ValueKind {
  std::string name;
  bool parts = true;  ///< its parts can be asked for by name
};
template <class V>
concept HasParts = requires(const V& value) { PortTraits<V>::field(value, ""); };
template <class V>
ValueKind kind_of() {
  if constexpr (std::is_same_v<V, Payload> || std::is_same_v<V, Inputs>)
    return {"any"};
  else
    return {std::string(PortTraits<V>::name), HasParts<V>};
}

/// Number of port arguments before position N.
template <class Arguments, std::size_t N>
constexpr std::size_t ports_before() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return (std::size_t{0} + ... + (is_port<std::tuple_element_t<I, Arguments>> ? 1 : 0));
  }(std::make_index_sequence<N>{});
}
template <class Arguments>
constexpr std::size_t port_count = ports_before<Arguments, std::tuple_size_v<Arguments>>();

/// Turns inputs into one argument of the call.
template <class A>
decltype(auto) argument(const Inputs& inputs, std::size_t port, Emit* emit, Context& context) {
  using V = PortValue<A>;
  if constexpr (is_context<A>) {
    return (context);
  } else if constexpr (is_emit<A>) {
    return (*emit);
  } else if constexpr (is_inputs<A>) {
    return (inputs);
  } else if constexpr (std::is_pointer_v<std::remove_cvref_t<A>>) {
    const Payload& payload = inputs[port].second;
    if constexpr (std::is_same_v<V, Payload>)
      return payload ? &payload : static_cast<const Payload*>(nullptr);
    else
      return payload ? &payload.as<V>() : static_cast<const V*>(nullptr);
  } else if constexpr (std::is_same_v<V, Payload>) {
    return static_cast<const Payload&>(inputs[port].second);
  } else {
    return static_cast<const V&>(inputs[port].second.as<V>());
  }
}

template <class T, class F>
decltype(auto) invoke(T& self, F member, const Inputs& inputs, Emit* emit, Context& context) {
  using Arguments = typename Signature<F>::Arguments;
  return [&]<std::size_t... I>(std::index_sequence<I...>) -> decltype(auto) {
    return (self.*member)(argument<std::tuple_element_t<I, Arguments>>(inputs, ports_before<Arguments, I>(), emit, context)...);
  }(std::make_index_sequence<std::tuple_size_v<Arguments>>{});
}

inline Payload to_payload(Payload payload) { return payload; }
template <class V>
Payload to_payload(V value) {
  return Payload::of(std::move(value));
}
template <class V>
struct Outputs {
  static std::vector<Payload> pack(V value) { return {to_payload(std::move(value))}; }
  static std::vector<ValueKind> kinds() { return {kind_of<V>()}; }
};
template <class... V>
struct Outputs<std::tuple<V...>> {
  static std::vector<Payload> pack(std::tuple<V...> values) {
    return std::apply([](auto&... value) { return std::vector<Payload>{to_payload(std::move(value))...}; }, values);
  }
  static std::vector<ValueKind> kinds() { return {kind_of<V>()...}; }
};
template <>
struct Outputs<void> {
  static std::vector<ValueKind> kinds() { return {}; }
};

/// The kinds of the port arguments, in order.
template <class Arguments>
std::vector<ValueKind> argument_kinds() {
  std::vector<ValueKind> kinds;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (
        [&] {
          using A = std::tuple_element_t<I, Arguments>;
          if constexpr (is_port<A>) kinds.push_back(kind_of<PortValue<A>>());
        }(),
        ...);
  }(std::make_index_sequence<std::tuple_size_v<Arguments>>{});
  return kinds;
}

}  // namespace tivit::detail
