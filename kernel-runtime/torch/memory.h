/**
 * Memory for tensors on the processor. A training step makes as many tensors as the one before it, of the same sizes, and
 * lets go of them all: malloc spends a twentieth of the step on joining and cutting their pieces, and hands pages to the
 * system which the next step has to get back. Here a freed piece waits for the next tensor of its size class.
 */
#pragma once
#include <c10/core/CPUAllocator.h>

#include <bit>
#include <mutex>

namespace decentlab {

class Reusing final : public c10::Allocator {
 public:
  /** One for the process; PyTorch asks it from now on. It is never destroyed: tensors may outlive everything else. */
  static void install() {
    static Reusing* const one = [] {
      auto* made = new Reusing;
      c10::SetCPUAllocator(made, 1);
      return made;
    }();
    (void)one;
  }

  c10::DataPtr allocate(size_t bytes) override {
    void* data = bytes == 0 ? nullptr : take(bytes);
    return {data, data, &giveBack, c10::Device(c10::DeviceType::CPU)};
  }

  c10::DeleterFnPtr raw_deleter() const override { return &giveBack; }

  void copy_data(void* to, const void* from, size_t bytes) const override { default_copy_data(to, from, bytes); }

 private:
  /** Stands before the data, in a line of the cache of its own. */
  struct alignas(c10::gAlignment) Block {
    Reusing* owner;
    Block* next;
    uint32_t sizeClass;
    void* data() { return this + 1; }
    static Block* of(void* data) { return static_cast<Block*>(data) - 1; }
  };

  /** Classes are 2^k and three steps between: at most a quarter of a piece stays empty. */
  static constexpr uint32_t kSteps = 4;
  static constexpr size_t kSmallest = 64;
  /** What is larger goes to the system at once. */
  static constexpr size_t kLargest = 32 << 20;
  /** The most that waits. */
  static constexpr size_t kMostWaiting = 512 << 20;
  static constexpr uint32_t kClasses = kSteps * 20;
  static constexpr uint32_t kNoClass = kClasses;

  static uint32_t classOf(size_t bytes) {
    if (bytes > kLargest) return kNoClass;
    if (bytes <= kSmallest) return 0;
    const uint32_t power = std::bit_width(bytes - 1) - 1;
    const auto step = static_cast<uint32_t>((bytes - 1) >> (power - 2)) - kSteps;
    return kSteps * (power - 6) + step + 1;
  }

  static size_t sizeOf(uint32_t sizeClass) {
    const uint32_t power = sizeClass / kSteps + 6;
    return (kSteps + sizeClass % kSteps) << (power - 2);
  }

  void* take(size_t bytes) {
    const uint32_t sizeClass = classOf(bytes);
    if (sizeClass != kNoClass) {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (Block* block = waiting_[sizeClass]) {
        waiting_[sizeClass] = block->next;
        waitingBytes_ -= sizeOf(sizeClass);
        return block->data();
      }
    }
    auto* block = static_cast<Block*>(fromSystem(sizeof(Block) + (sizeClass == kNoClass ? bytes : sizeOf(sizeClass))));
    *block = {this, nullptr, sizeClass};
    return block->data();
  }

  /** Where the system has no more, what waits is given back to it first. */
  void* fromSystem(size_t bytes) {
    try {
      return system_->raw_allocate(bytes);
    } catch (const c10::Error&) {
      if (!empty()) throw;
      return system_->raw_allocate(bytes);
    }
  }

  bool empty() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const bool isAny = waitingBytes_ > 0;
    for (auto& first : waiting_)
      while (Block* block = first) {
        first = block->next;
        system_->raw_deallocate(block);
      }
    waitingBytes_ = 0;
    return isAny;
  }

  static void giveBack(void* data) {
    if (data == nullptr) return;
    Block* block = Block::of(data);
    block->owner->keep(block);
  }

  void keep(Block* block) {
    if (block->sizeClass != kNoClass) {
      const std::lock_guard<std::mutex> lock(mutex_);
      const size_t size = sizeOf(block->sizeClass);
      if (waitingBytes_ + size <= kMostWaiting) {
        block->next = waiting_[block->sizeClass];
        waiting_[block->sizeClass] = block;
        waitingBytes_ += size;
        return;
      }
    }
    system_->raw_deallocate(block);
  }

  c10::Allocator* const system_ = c10::GetDefaultCPUAllocator();
  std::mutex mutex_;
  Block* waiting_[kClasses] = {};
  size_t waitingBytes_ = 0;
};

}  // namespace decentlab
