/**
 * The tensors that JavaScript holds. JavaScript sees a number, the handle: slot and generation. A handle that is not one,
 * or whose tensor is gone, is therefore an error and never a pointer to freed memory.
 */
#pragma once
#include <ATen/core/Tensor.h>

#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "javascript.h"

namespace decentlab {

/** The most dimensions that PyTorch's kernels take. */
constexpr size_t kMostDimensions = 64;
/** Words of `description`: type, bytes, number of dimensions, then the sizes. */
constexpr size_t kDescription = 3 + kMostDimensions;

/** The tensors of one JavaScript thread; only that thread touches them. */
class Tensors {
 public:
  /** @param isForeign whether V8 knows of its memory: it lies in an array */
  double add(at::Tensor tensor, bool isForeign = false) {
    if (isForeign || !tensor.unsafeGetTensorImpl()->has_storage() || tensor.storage().use_count() > 1) return place(std::move(tensor), 0);
    const auto bytes = static_cast<int64_t>(tensor.storage().nbytes());
    return place(std::move(tensor), tensor.device().is_cpu() ? bytes : bytes / kDeviceShare);
  }

  bool has(double handle) const { return find(handle) != nullptr; }

  const at::Tensor& at(double handle) const {
    const auto* slot = find(handle);
    if (slot == nullptr) throw Failure(wasGiven(handle) ? "DISPOSED" : "ARGUMENT", wasGiven(handle) ? "the tensor has been disposed" : "expected a tensor");
    return slot->tensor;
  }

  /** Lets a tensor go; false when it has gone before. */
  bool release(double handle) {
    auto* slot = const_cast<Slot*>(find(handle));
    if (slot == nullptr) return false;
    unreported_ -= slot->bytes;
    slot->generation += 1;
    slot->isUsed = false;
    free_.push_back(static_cast<uint32_t>(slot - slots_.data()));
    // Last: a destructor of shared memory may come back here.
    const at::Tensor gone = std::move(slot->tensor);
    return true;
  }

  /** How many tensors there are, and the bytes that they keep: memory that views share is counted once. */
  std::pair<size_t, size_t> count() const {
    std::unordered_set<const void*> seen;
    size_t tensors = 0, bytes = 0;
    for (const auto& slot : slots_) {
      if (!slot.isUsed) continue;
      tensors += 1;
      if (!slot.tensor.unsafeGetTensorImpl()->has_storage()) continue;
      const auto& storage = slot.tensor.storage();
      if (seen.insert(storage.unsafeGetStorageImpl()).second) bytes += storage.nbytes();
    }
    return {tensors, bytes};
  }

  /** Tells V8 what lies outside of its heap, in steps that keep the telling cheap; V8 collects sooner for it. */
  void report(napi_env env) {
    if (std::llabs(unreported_) < kReportStep) return;
    int64_t total = 0;
    napi_adjust_external_memory(env, unreported_, &total);
    told_ += unreported_;
    unreported_ = 0;
  }

  /** The bytes that V8 has been told of. */
  int64_t told() const { return told_; }

 private:
  struct Slot {
    at::Tensor tensor;
    int64_t bytes = 0;
    uint32_t generation = 1;
    bool isUsed = false;
  };

  static constexpr int64_t kReportStep = 1 << 20;
  /** V8 is told of this part of a device's memory: it collects for it too, and less often, as steps there are larger. */
  static constexpr int64_t kDeviceShare = 16;
  static constexpr double kSlots = 16777216;

  double place(at::Tensor tensor, int64_t bytes) {
    if (free_.empty()) {
      if (slots_.size() >= kSlots) throw Failure("TOO_MANY", "16 million tensors are alive: dispose of those that are done with");
      free_.push_back(static_cast<uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const uint32_t index = free_.back();
    free_.pop_back();
    auto& slot = slots_[index];
    slot.tensor = std::move(tensor);
    slot.bytes = bytes;
    slot.isUsed = true;
    unreported_ += bytes;
    return slot.generation * kSlots + index;
  }

  const Slot* find(double handle) const {
    if (!isWhole(handle) || handle < kSlots) return nullptr;
    const double generation = std::floor(handle / kSlots);
    const auto index = static_cast<size_t>(handle - generation * kSlots);
    if (index >= slots_.size() || !slots_[index].isUsed || slots_[index].generation != generation) return nullptr;
    return &slots_[index];
  }

  bool wasGiven(double handle) const {
    if (!isWhole(handle) || handle < kSlots) return false;
    const double generation = std::floor(handle / kSlots);
    const auto index = static_cast<size_t>(handle - generation * kSlots);
    return index < slots_.size() && generation <= slots_[index].generation;
  }

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  int64_t unreported_ = 0;
  int64_t told_ = 0;
};

/** References to shared buffers whose tensors are gone: they are dropped on the thread of JavaScript. */
class Leftovers {
 public:
  void add(napi_ref reference) {
    const std::lock_guard<std::mutex> lock(mutex_);
    references_.push_back(reference);
    some_ = true;
  }

  void drop(napi_env env) {
    if (!some_) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const auto reference : references_) napi_delete_reference(env, reference);
    references_.clear();
    some_ = false;
  }

 private:
  std::mutex mutex_;
  std::vector<napi_ref> references_;
  std::atomic<bool> some_{false};
};

/** Has JavaScript give back the tensors that nothing refers to any more. */
class Garbage {
 public:
  /** @param collect a function of JavaScript, kept for the life of the thread */
  void become(napi_env env, napi_value collect) {
    if (typeOf(env, collect) != napi_function) throw wrongArgument("expected a function");
    if (collect_ != nullptr) napi_delete_reference(env, collect_);
    check(env, napi_create_reference(env, collect, 1, &collect_), "a function");
  }

  /** False if it could not. */
  bool collect(napi_env env) const {
    napi_value function = nullptr, global = nullptr, error = nullptr;
    if (collect_ == nullptr || napi_get_reference_value(env, collect_, &function) != napi_ok) return false;
    if (napi_get_global(env, &global) != napi_ok) return false;
    if (napi_call_function(env, global, function, 0, nullptr, nullptr) == napi_ok) return true;
    napi_get_and_clear_last_exception(env, &error);
    return false;
  }

 private:
  napi_ref collect_ = nullptr;
};

struct Operator;

/** What one JavaScript thread has. */
struct State {
  Tensors tensors;
  std::shared_ptr<Leftovers> leftovers = std::make_shared<Leftovers>();
  std::vector<std::unique_ptr<Operator>> operators;
  Garbage garbage;
  /** What the latest tensor result is, for JavaScript to read without another call. */
  double* description = nullptr;

  void describe(const at::Tensor& tensor) {
    const auto sizes = tensor.sizes();
    if (sizes.size() > kMostDimensions) throw wrongArgument("expected at most 64 dimensions");
    description[0] = static_cast<double>(tensor.scalar_type());
    description[1] = static_cast<double>(tensor.numel()) * static_cast<double>(tensor.element_size());
    description[2] = static_cast<double>(sizes.size());
    for (size_t k = 0; k < sizes.size(); k++) description[3 + k] = static_cast<double>(sizes[k]);
  }
};

inline State& stateOf(napi_env env) {
  void* state = nullptr;
  napi_get_instance_data(env, &state);
  return **static_cast<std::shared_ptr<State>*>(state);
}

/** Registers a tensor and describes it. */
inline double hold(State& state, at::Tensor tensor, bool isForeign = false) {
  state.describe(tensor);
  return state.tensors.add(std::move(tensor), isForeign);
}

}  // namespace decentlab
