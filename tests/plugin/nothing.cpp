// A plugin without a stage.
extern "C" int nothing() { return 0; }
