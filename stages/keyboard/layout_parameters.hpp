#pragma once
// The parameters of every stage that makes strips.
#include <stages/keyboard/geometry.hpp>
#include <tivit/contract.hpp>

namespace tivit::keyboard {

struct LayoutParameters {
  int white_px = 12;
  int height = 64;
  int margin = 1;
  double top = -0.06;
  double bottom = 1.14;

  StripLayout layout() const { return {white_px, margin, height, top, bottom}; }
  void check(Faults& faults) const {
    if (bottom <= top)
      faults.add("bottom", "bottom = " + ParameterValue{bottom}.text() + " is not below top = " + ParameterValue{top}.text(),
                 "give a larger bottom, or a smaller top");
  }

  template <class T>
  static void declare(Contract<T>& c) {
    c.param("white_px", static_cast<int T::*>(&T::white_px)).range(4, 64).unit("pixels").doc("width of a white key");
    c.param("height", static_cast<int T::*>(&T::height)).range(8, 512).unit("pixels").doc("height of the strip");
    c.param("margin", static_cast<int T::*>(&T::margin))
        .range(0, widest_margin)
        .unit("white keys")
        .doc("room beside the keyboard, at either end");
    c.param("top", static_cast<double T::*>(&T::top)).range(-0.2, 1).unit("key lengths").doc("first row: 0 is the far end of the keys");
    c.param("bottom", static_cast<double T::*>(&T::bottom)).range(0, 1.2).unit("key lengths").doc("last row: 1 is the near end");
  }
};

}  // namespace tivit::keyboard
