// Linked into every program of a sanitizer build: what the sanitizers are told, and what they are to overlook, each with its reason.
extern "C" {

const char* __tsan_default_suppressions() {
  return
      // oneTBB is not instrumented: its headers are compiled into our code, but its tasks and nodes are handed over inside libtbb by
      // atomics that cannot be seen from outside. Only what its own code touches is overlooked: every call of a stage has a frame
      // of it below (pipeline/detail/thread_sanitizer.hpp says where our items go through it).
      "race_top:tbb::detail\n"
      // A worker's last word to a graph; who waits for it before the graph goes does so inside libtbb.
      "race:tbb::detail::d1::graph::release_wait\n"
      "called_from_lib:libtbb.so\n";
}

const char* __lsan_default_suppressions() {
  return
      // Cairo's text: fontconfig keeps the patterns that it made until the program ends.
      "leak:libfontconfig.so\n"
      // GLib's table of names is made when the library is loaded. Who called GLib's allocator cannot be told without frame pointers, so
      // what GStreamer leaks is not seen either: GST_TRACERS=leaks shows that.
      "leak:libglib-2.0.so\n"
      // GStreamer looks at every plugin when its register is new; the SRT library keeps what it made when it was loaded.
      "leak:libsrt-gnutls.so\n"
      // OpenMP keeps its teams of threads until the process ends.
      "leak:libgomp.so\n";
}

// A report ends the program, so that a test fails by it (the build's -fno-sanitize-recover does this for the others).
const char* __tsan_default_options() { return "halt_on_error=1:second_deadlock_stack=1"; }
// Memory that is not there is refused, as it is without a sanitizer: a test asks for too much.
const char* __asan_default_options() { return "allocator_may_return_null=1"; }
const char* __ubsan_default_options() { return "print_stacktrace=1"; }
}
