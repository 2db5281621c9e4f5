/**
 * Copies between devices and the processor's memory that hold nobody up. To and from pinned memory, which a device reads and
 * writes by itself, they run on streams of their own beside what the device computes; all others take a thread of the pool.
 * Nothing here is CUDA's own but the pinning, so that the addon is built without CUDA's headers.
 */
#pragma once
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <dlfcn.h>

#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include "bytes.h"

namespace decentlab {

/** How often a thread of the pool asks whether a copy has ended. */
constexpr std::chrono::microseconds kAsking(20);

/** One copy; the promise ends on the thread of JavaScript, with the memory that it kept meanwhile. */
struct Transfer {
  at::Tensor from;
  at::Tensor to;
  /** Of a copy that the device does by itself; without it a thread of the pool copies. */
  std::optional<c10::Event> end;
  const char* code = "ATEN";
  std::string error;
  napi_ref kept = nullptr;
  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;
};

inline void finishTransfer(napi_env, void* data) {
  auto& transfer = *static_cast<Transfer*>(data);
  try {
    const c10::InferenceMode guard;
    if (transfer.end.has_value()) {
      while (!transfer.end->query()) std::this_thread::sleep_for(kAsking);
    } else {
      transfer.to.copy_(transfer.from);
    }
  } catch (const c10::Error& error) {
    if (isOutOfMemory(error)) transfer.code = "OUT_OF_MEMORY";
    transfer.error = error.what_without_backtrace();
  } catch (const std::exception& error) {
    transfer.error = error.what();
  }
}

inline void endTransfer(napi_env env, napi_status, void* data) {
  const std::unique_ptr<Transfer> transfer(static_cast<Transfer*>(data));
  napi_value kept = nullptr, code = nullptr, text = nullptr, error = nullptr;
  napi_get_reference_value(env, transfer->kept, &kept);
  if (transfer->error.empty()) {
    napi_resolve_deferred(env, transfer->deferred, kept);
  } else {
    napi_create_string_utf8(env, transfer->code, NAPI_AUTO_LENGTH, &code);
    napi_create_string_utf8(env, transfer->error.data(), transfer->error.size(), &text);
    napi_create_error(env, code, text, &error);
    napi_reject_deferred(env, transfer->deferred, error);
  }
  napi_delete_reference(env, transfer->kept);
  napi_delete_async_work(env, transfer->work);
}

/** A promise of `kept`, the memory that a transfer reads or writes, for when it has ended. */
inline napi_value promiseOf(napi_env env, std::unique_ptr<Transfer> transfer, napi_value kept) {
  napi_value promise = nullptr;
  check(env, napi_create_reference(env, kept, 1, &transfer->kept), "memory that can be kept");
  check(env, napi_create_promise(env, &transfer->deferred, &promise), "a promise");
  check(env, napi_create_async_work(env, nullptr, fromText(env, "decentlab:transfer"), finishTransfer, endTransfer, transfer.get(), &transfer->work), "a thread");
  check(env, napi_queue_async_work(env, transfer->work), "a thread");
  transfer.release();
  return promise;
}

enum class Direction { kOut, kIn };

/** The stream for copies of one direction: a device has an engine for each, beside those that compute. */
inline c10::Stream copyStream(const c10::Device& device, Direction direction) {
  thread_local std::map<std::pair<c10::DeviceIndex, Direction>, c10::Stream> streams;
  const auto key = std::make_pair(device.index(), direction);
  const auto known = streams.find(key);
  if (known != streams.end()) return known->second;
  const auto stream = c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device, true);
  return streams.emplace(key, stream).first->second;
}

/** Whether devices can read and write this memory of the processor by themselves. */
inline bool isDirect(const c10::Device& device, const at::Tensor& memory) { return !device.is_cpu() && memory.is_pinned(); }

/** Has the device copy a tensor out, once all that it was given so far is computed. Only the device waits. */
inline c10::Event copyOut(const at::Tensor& to, const at::Tensor& from) {
  const auto device = from.device();
  const auto copying = copyStream(device, Direction::kOut);
  c10::Event before(device.type()), after(device.type());
  before.record(c10::impl::VirtualGuardImpl(device.type()).getStream(device));
  before.block(copying);
  const c10::StreamGuard guard(copying);
  to.copy_(from, /*non_blocking=*/true);
  after.record(copying);
  return after;
}

/**
 * Has the device copy values in, beside what it computes: to memory of the copying stream's own, so that it waits for
 * nothing. Whatever the device is given from now on comes after the copy.
 */
inline std::pair<at::Tensor, c10::Event> copyIn(const at::Tensor& from, const c10::Device& device) {
  const c10::impl::VirtualGuardImpl impl(device.type());
  const auto computing = impl.getStream(device);
  const auto copying = copyStream(computing.device(), Direction::kIn);
  c10::Event after(device.type());
  at::Tensor to;
  {
    const c10::StreamGuard guard(copying);
    to = at::empty(from.sizes(), from.options().device(computing.device()));
    to.copy_(from, /*non_blocking=*/true);
    after.record(copying);
  }
  after.block(computing);
  // The memory is not given to another copy before what is computed with it is done.
  impl.recordDataPtrOnStream(to.storage().data_ptr(), computing);
  return {std::move(to), std::move(after)};
}

/** read(tensor): a promise of an ArrayBuffer with the values */
inline napi_value readLater(napi_env env, State& state, const napi_value* arguments) {
  const c10::InferenceMode guard;
  auto transfer = std::make_unique<Transfer>();
  transfer->from = state.tensors.at(toNumber(env, arguments[0]));
  const auto& tensor = transfer->from;
  Bytes bytes;
  bytes.length = static_cast<size_t>(tensor.numel()) * tensor.element_size();
  check(env, napi_create_arraybuffer(env, bytes.length, &bytes.data, &bytes.buffer), "room for the values");
  transfer->to = over(bytes, tensor.scalar_type(), tensor.sizes().vec(), [](void*) {});
  return promiseOf(env, std::move(transfer), bytes.buffer);
}

/** fetch(tensor, array): the values into memory that is there and shared; a promise of that array */
inline napi_value fetchLater(napi_env env, State& state, const napi_value* arguments) {
  const c10::InferenceMode guard;
  auto transfer = std::make_unique<Transfer>();
  transfer->from = state.tensors.at(toNumber(env, arguments[0]));
  const auto& tensor = transfer->from;
  const auto bytes = sharedBytesOf(env, arguments[1]);
  const auto shape = tensor.sizes().vec();
  assertFits(bytes, tensor.scalar_type(), shape);
  transfer->to = over(bytes, tensor.scalar_type(), shape, [](void*) {});
  if (isDirect(tensor.device(), transfer->to)) transfer->end = copyOut(transfer->to, tensor);
  return promiseOf(env, std::move(transfer), arguments[1]);
}

/** bring(array, type, shape, device): [a tensor there with these values, a promise of the array, which is free then] */
inline napi_value bringBeside(napi_env env, State& state, const napi_value* arguments) {
  const c10::InferenceMode guard;
  const auto type = toType(env, arguments[1]);
  const auto shape = toShape(env, arguments[2]);
  const auto bytes = sharedBytesOf(env, arguments[0]);
  assertFits(bytes, type, shape);
  auto transfer = std::make_unique<Transfer>();
  transfer->from = over(bytes, type, shape, [](void*) {});
  const c10::Device device(toText(env, arguments[3]));
  napi_value list = newList(env);
  at::Tensor tensor;
  if (isDirect(device, transfer->from)) {
    auto [to, end] = withRoom(env, state, [&] { return copyIn(transfer->from, device); });
    tensor = to;
    transfer->to = std::move(to);
    transfer->end = std::move(end);
    append(env, list, 1, promiseOf(env, std::move(transfer), arguments[0]));
  } else {
    tensor = withRoom(env, state, [&] { return transfer->from.to(at::TensorOptions(type).device(device), false, true); });
    napi_deferred deferred = nullptr;
    napi_value promise = nullptr;
    check(env, napi_create_promise(env, &deferred, &promise), "a promise");
    check(env, napi_resolve_deferred(env, deferred, arguments[0]), "a promise");
    append(env, list, 1, promise);
  }
  append(env, list, 0, fromNumber(env, hold(state, tensor)));
  return list;
}

/** A function of CUDA's runtime, which PyTorch has loaded where it was set up for GPUs. */
template <typename Function>
Function* cudaFunction(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

/**
 * pin(array): whether the pages of an array over a SharedArrayBuffer stay in place from now on, for devices to use by
 * themselves. They stay so until the process ends: its memory must be kept.
 */
inline napi_value pinMemory(napi_env env, State&, const napi_value* arguments) {
  const auto bytes = sharedBytesOf(env, arguments[0]);
  constexpr unsigned kForAllContexts = 1;
  auto* registerPages = cudaFunction<int(void*, size_t, unsigned)>("cudaHostRegister");
  auto* forgetError = cudaFunction<int()>("cudaGetLastError");
  bool isPinned = false;
  if (registerPages != nullptr && bytes.length > 0 && at::detail::getCUDAHooks().deviceCount() > 0) {
    isPinned = registerPages(bytes.data, bytes.length, kForAllContexts) == 0;
    // PyTorch would take it for an error of its next kernel.
    if (!isPinned && forgetError != nullptr) forgetError();
  }
  napi_value value = nullptr;
  check(env, napi_get_boolean(env, isPinned, &value), "a boolean");
  return value;
}

}  // namespace decentlab
