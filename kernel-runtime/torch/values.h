/** JavaScript values ⇄ PyTorch's values, by the types in an operator's own schema. */
#pragma once
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <c10/core/Device.h>

#include "tensors.h"

namespace decentlab {

using c10::IValue;
using c10::TypeKind;

IValue toIValue(napi_env env, State& state, napi_value value, const c10::Type& type);

/** A number: whole ones are integers, as in Python, except for -0; `{ real, imag }` is complex. */
inline at::Scalar toScalar(napi_env env, napi_value value) {
  switch (typeOf(env, value)) {
    case napi_boolean:
      return at::Scalar(toBool(env, value));
    case napi_bigint:
      return at::Scalar(toInteger(env, value));
    case napi_object:
      return at::Scalar(c10::complex<double>(toNumber(env, propertyOf(env, value, "real")), toNumber(env, propertyOf(env, value, "imag"))));
    default: {
      const double number = toNumber(env, value);
      const bool isInteger = isWhole(number) && !(number == 0 && std::signbit(number));
      return isInteger ? at::Scalar(static_cast<int64_t>(number)) : at::Scalar(number);
    }
  }
}

inline IValue toList(napi_env env, State& state, napi_value value, const c10::Type& type) {
  const auto& declared = *type.castRaw<c10::ListType>()->getElementType();
  // Sizes are never symbols here: PyTorch takes a list of integers for them.
  const c10::TypePtr element = declared.kind() == TypeKind::SymIntType ? c10::IntType::get() : type.castRaw<c10::ListType>()->getElementType();
  const uint32_t length = lengthOf(env, value);
  c10::impl::GenericList list(element);
  for (uint32_t k = 0; k < length; k++) {
    try {
      list.push_back(toIValue(env, state, elementOf(env, value, k), declared));
    } catch (const Failure& failure) {
      throw Failure(failure.code, "entry " + std::to_string(k) + ": " + failure.what());
    }
  }
  return IValue(std::move(list));
}

/** The value of a JavaScript value where the schema says `type`. */
inline IValue toIValue(napi_env env, State& state, napi_value value, const c10::Type& type) {
  switch (type.kind()) {
    case TypeKind::TensorType:
      if (typeOf(env, value) != napi_number) throw wrongArgument("expected a tensor");
      return state.tensors.at(toNumber(env, value));
    case TypeKind::OptionalType:
      if (isMissing(env, value)) return {};
      return toIValue(env, state, value, *type.castRaw<c10::OptionalType>()->getElementType());
    case TypeKind::IntType:
    case TypeKind::SymIntType:
    case TypeKind::ScalarTypeType:
    case TypeKind::LayoutType:
    case TypeKind::MemoryFormatType:
      return toInteger(env, value);
    case TypeKind::FloatType:
      return toNumber(env, value);
    case TypeKind::BoolType:
    case TypeKind::SymBoolType:
      return toBool(env, value);
    case TypeKind::NumberType:
      return toScalar(env, value);
    case TypeKind::StringType:
      return toText(env, value);
    case TypeKind::DeviceObjType:
      return c10::Device(toText(env, value));
    case TypeKind::ListType:
      return toList(env, state, value, type);
    default:
      throw wrongArgument("an argument of type " + type.str() + " cannot be given from JavaScript");
  }
}

/** A result for JavaScript: tensors as handles, lists as lists, no tensor as null. */
inline napi_value toJavaScript(napi_env env, State& state, const IValue& result) {
  napi_value value = nullptr;
  if (result.isTensor()) {
    if (result.toTensor().defined()) return fromNumber(env, hold(state, result.toTensor()));
  } else if (result.isInt()) {
    const int64_t integer = result.toInt();
    if (isWhole(static_cast<double>(integer))) return fromNumber(env, static_cast<double>(integer));
    check(env, napi_create_bigint_int64(env, integer, &value), "room for a bigint");
    return value;
  } else if (result.isDouble()) {
    return fromNumber(env, result.toDouble());
  } else if (result.isBool()) {
    check(env, napi_get_boolean(env, result.toBool(), &value), "a boolean");
    return value;
  } else if (result.isString()) {
    return fromText(env, result.toStringRef());
  } else if (result.isComplexDouble()) {
    value = newObject(env);
    setProperty(env, value, "real", fromNumber(env, result.toComplexDouble().real()));
    setProperty(env, value, "imag", fromNumber(env, result.toComplexDouble().imag()));
    return value;
  } else if (result.isDevice()) {
    return fromText(env, result.toDevice().str());
  } else if (result.isList()) {
    const auto entries = result.toListRef();
    value = newList(env);
    for (uint32_t k = 0; k < entries.size(); k++) append(env, value, k, toJavaScript(env, state, entries[k]));
    return value;
  } else if (!result.isNone()) {
    throw Failure("RESULT", "a result of type " + result.type()->str() + " cannot be given to JavaScript");
  }
  check(env, napi_get_null(env, &value), "null");
  return value;
}

}  // namespace decentlab
