// The same work for many things, some at a time.
#ifndef DFE_BASE_IN_PARALLEL_H_
#define DFE_BASE_IN_PARALLEL_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace dfe {

// Runs `jobs` calls of `work` at a time for 0 … count-1, and returns when all
// are done. Without threads where one is enough.
inline void InParallel(size_t count, int jobs,
                       const std::function<void(size_t)>& work) {
  const size_t wanted = std::min(count, static_cast<size_t>(std::max(jobs, 1)));
  if (wanted == 1) {
    for (size_t at = 0; at < count; ++at) work(at);
    return;
  }
  std::atomic<size_t> next{0};
  std::vector<std::thread> threads;
  threads.reserve(wanted);
  for (size_t i = 0; i < wanted; ++i) {
    threads.emplace_back([&] {
      for (size_t at = next++; at < count; at = next++) work(at);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace dfe

#endif  // DFE_BASE_IN_PARALLEL_H_
