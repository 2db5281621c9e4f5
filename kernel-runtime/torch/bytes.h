/** The bytes of tensors: typed arrays in, typed arrays out; without a copy where the memory allows it. */
#pragma once
#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <c10/core/InferenceMode.h>

#include <cstring>

#include "room.h"

namespace decentlab {

struct Bytes {
  void* data = nullptr;
  size_t length = 0;
  napi_value buffer = nullptr;
};

inline size_t widthOf(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      return 1;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    case napi_float64_array:
    case napi_bigint64_array:
    case napi_biguint64_array:
      return 8;
    default:
      return 2;
  }
}

inline Bytes bytesOf(napi_env env, napi_value array) {
  bool isTyped = false;
  check(env, napi_is_typedarray(env, array, &isTyped), "a typed array");
  if (!isTyped) throw wrongArgument("expected a typed array");
  Bytes bytes;
  napi_typedarray_type type = napi_uint8_array;
  size_t length = 0;
  check(env, napi_get_typedarray_info(env, array, &type, &length, &bytes.data, &bytes.buffer, nullptr), "a typed array");
  bytes.length = length * widthOf(type);
  return bytes;
}

/** The bytes of an array over a SharedArrayBuffer, which stay where they are. */
inline Bytes sharedBytesOf(napi_env env, napi_value array) {
  const auto bytes = bytesOf(env, array);
  bool canBeTaken = true;
  check(env, napi_is_arraybuffer(env, bytes.buffer, &canBeTaken), "a typed array");
  if (canBeTaken) throw wrongArgument("expected an array over a SharedArrayBuffer: other memory can be transferred away");
  return bytes;
}

inline at::ScalarType toType(napi_env env, napi_value value) {
  const int64_t code = toInteger(env, value);
  if (code < 0 || code >= static_cast<int64_t>(at::ScalarType::Undefined)) throw wrongArgument("expected the number of a type of PyTorch");
  return static_cast<at::ScalarType>(code);
}

inline std::vector<int64_t> toShape(napi_env env, napi_value value) {
  const uint32_t rank = lengthOf(env, value);
  if (rank > 64) throw wrongArgument("expected at most 64 dimensions");
  std::vector<int64_t> shape(rank);
  for (uint32_t k = 0; k < rank; k++) {
    shape[k] = toInteger(env, elementOf(env, value, k));
    if (shape[k] < 0) throw wrongArgument("expected sizes of 0 and more");
  }
  return shape;
}

/** The sizes must be those of the memory. */
inline void assertFits(const Bytes& bytes, at::ScalarType type, const std::vector<int64_t>& shape) {
  double needed = static_cast<double>(c10::elementSize(type));
  for (const auto size : shape) needed *= static_cast<double>(size);
  if (needed != static_cast<double>(bytes.length))
    throw wrongArgument("the shape needs " + std::to_string(static_cast<int64_t>(needed)) + " bytes, and the array has " + std::to_string(bytes.length));
}

/** A tensor over memory that somebody else keeps. */
inline at::Tensor over(const Bytes& bytes, at::ScalarType type, const std::vector<int64_t>& shape, std::function<void(void*)> done) {
  return at::from_blob(bytes.data, shape, std::move(done), at::TensorOptions(type));
}

/** from(array, type, shape, device?): a tensor with a copy of the values, on the processor if no device is named */
inline napi_value fromArray(napi_env env, State& state, const napi_value* arguments) {
  const c10::InferenceMode guard;
  const auto type = toType(env, arguments[1]);
  const auto shape = toShape(env, arguments[2]);
  const auto bytes = bytesOf(env, arguments[0]);
  assertFits(bytes, type, shape);
  if (isMissing(env, arguments[3])) {
    const at::Tensor tensor(withRoom(env, state, [&] { return at::detail::empty_cpu(shape, type); }));
    if (bytes.length > 0) std::memcpy(tensor.mutable_data_ptr(), bytes.data, bytes.length);
    return fromNumber(env, hold(state, tensor));
  }
  const auto device = c10::Device(toText(env, arguments[3]));
  const auto source = over(bytes, type, shape, [](void*) {});
  return fromNumber(env, hold(state, withRoom(env, state, [&] { return source.to(at::TensorOptions(type).device(device), false, true); })));
}

/** A tensor in the memory of an array, which lives as long as the tensor does. */
inline double holdArray(napi_env env, State& state, const napi_value* arguments, const Bytes& bytes) {
  const c10::InferenceMode guard;
  const auto type = toType(env, arguments[1]);
  const auto shape = toShape(env, arguments[2]);
  assertFits(bytes, type, shape);
  if (reinterpret_cast<uintptr_t>(bytes.data) % c10::elementSize(type) != 0) throw wrongArgument("expected an array that begins at a multiple of its element size");
  napi_ref reference = nullptr;
  check(env, napi_create_reference(env, arguments[0], 1, &reference), "a typed array");
  const auto done = [reference, leftovers = state.leftovers](void*) { leftovers->add(reference); };
  return hold(state, over(bytes, type, shape, done), true);
}

/** share(array, type, shape): a tensor in the memory of an array over a SharedArrayBuffer, which cannot be taken away */
inline napi_value shareArray(napi_env env, State& state, const napi_value* arguments) {
  return fromNumber(env, holdArray(env, state, arguments, sharedBytesOf(env, arguments[0])));
}

/** adopt(array, type, shape): a tensor in the memory of an array that nobody else may have, or transfer away */
inline napi_value adoptArray(napi_env env, State& state, const napi_value* arguments) {
  return fromNumber(env, holdArray(env, state, arguments, bytesOf(env, arguments[0])));
}

/** copyTo(tensor, array): the values into memory that is there */
inline napi_value copyTo(napi_env env, State& state, const napi_value* arguments) {
  const c10::InferenceMode guard;
  const auto& tensor = state.tensors.at(toNumber(env, arguments[0]));
  const auto bytes = bytesOf(env, arguments[1]);
  const auto shape = tensor.sizes().vec();
  assertFits(bytes, tensor.scalar_type(), shape);
  over(bytes, tensor.scalar_type(), shape, [](void*) {}).copy_(tensor);
  return nullptr;
}

/** view(tensor): its own memory as an ArrayBuffer; null where it lies elsewhere or in another order */
inline napi_value viewOf(napi_env env, State& state, const napi_value* arguments) {
  const auto& tensor = state.tensors.at(toNumber(env, arguments[0]));
  napi_value value = nullptr;
  const bool isPlain = tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.is_contiguous() && tensor.numel() > 0 && !tensor.is_conj() && !tensor.is_neg();
  if (isPlain) {
    const auto release = [](node_api_basic_env, void*, void* owner) { delete static_cast<at::Tensor*>(owner); };
    auto* owner = new at::Tensor(tensor);
    const auto status = napi_create_external_arraybuffer(env, tensor.data_ptr(), tensor.nbytes(), release, owner, &value);
    if (status == napi_ok) return value;
    delete owner;
  }
  check(env, napi_get_null(env, &value), "null");
  return value;
}

}  // namespace decentlab
