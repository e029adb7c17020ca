#pragma once
// oneTBB is not instrumented: what one thread gives it and another takes from it is ordered by atomics that the thread sanitizer
// cannot see. These say it in its place, at the two ends of the way. They stand for the way itself, not for an item: whoever takes over
// has read nothing yet that could tell them apart. Nothing is hidden so: both ends also take the mutex of the run.
#if defined(__SANITIZE_THREAD__)
#define TIVIT_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TIVIT_THREAD_SANITIZER 1
#endif
#endif

#ifdef TIVIT_THREAD_SANITIZER
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

namespace tivit::detail {

#ifdef TIVIT_THREAD_SANITIZER
inline char way_through_tbb = 0;
/// All that this thread did so far is known to those who take over.
inline void hand_over() { __tsan_release(&way_through_tbb); }
inline void take_over() { __tsan_acquire(&way_through_tbb); }
#else
inline void hand_over() {}
inline void take_over() {}
#endif

}  // namespace tivit::detail
