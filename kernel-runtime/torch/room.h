/** Memory that has run out: how it is told from other errors, and what is tried before it becomes one. */
#pragma once
#include <c10/util/Exception.h>

#include <new>

#include "tensors.h"

namespace decentlab {

/** Whether an error says that the processor or a device had no memory left. */
inline bool isOutOfMemory(const std::exception& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) || dynamic_cast<const std::bad_alloc*>(&error)) return true;
  const auto* own = dynamic_cast<const c10::Error*>(&error);
  const std::string said = own ? own->what_without_backtrace() : error.what();
  for (const char* words : {"DefaultCPUAllocator", "CUDA error: out of memory", "_STATUS_ALLOC_FAILED"})
    if (said.find(words) != std::string::npos) return true;
  return false;
}

/** Makes something again, where it had no room, once the memory of collected objects is back. */
template <typename Make>
auto withRoom(napi_env env, const State& state, Make make) -> decltype(make()) {
  try {
    return make();
  } catch (const std::exception& error) {
    if (!isOutOfMemory(error) || !state.garbage.collect(env)) throw;
  }
  return make();
}

}  // namespace decentlab
