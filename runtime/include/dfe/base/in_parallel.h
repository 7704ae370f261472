// The same work for many things, some at a time.
#ifndef DFE_BASE_IN_PARALLEL_H_
#define DFE_BASE_IN_PARALLEL_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace dfe {

// Runs `jobs` calls of `work` at a time for 0 … count-1, and returns when all
// are done.
inline void InParallel(size_t count, int jobs,
                       const std::function<void(size_t)>& work) {
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(jobs));
  for (int i = 0; i < jobs; ++i) {
    threads.emplace_back([&] {
      for (size_t at = next++; at < count; at = next++) work(at);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace dfe

#endif  // DFE_BASE_IN_PARALLEL_H_
