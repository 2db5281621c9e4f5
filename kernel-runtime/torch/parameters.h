/** The argument for one parameter of an operator: its default, and what PyTorch's kernels trust without a look. */
#pragma once
#include <ATen/core/function_schema.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/ScalarType.h>

#include "values.h"

namespace decentlab {

inline const c10::Type& withoutOptional(const c10::Type& type) {
  return type.kind() == TypeKind::OptionalType ? *type.castRaw<c10::OptionalType>()->getElementType() : type;
}

/** How many members an enumeration has that travels as a number; 0 for what is none. */
inline int64_t membersOf(const c10::Type& type) {
  switch (type.kind()) {
    case TypeKind::ScalarTypeType:
      return static_cast<int64_t>(c10::ScalarType::Undefined);
    case TypeKind::LayoutType:
      return static_cast<int64_t>(c10::Layout::NumOptions);
    case TypeKind::MemoryFormatType:
      return static_cast<int64_t>(c10::MemoryFormat::NumOptions);
    default:
      return 0;
  }
}

/** Kernels read as many numbers as the schema says: one stands for all of them, and none for a default of none. */
inline IValue ofDeclaredLength(IValue value, const c10::Argument& parameter) {
  const auto declared = static_cast<size_t>(*parameter.N());
  const auto given = value.toListRef().size();
  const auto& usual = parameter.default_value();
  const bool mayBeEmpty = usual.has_value() && usual->isList() && usual->toListRef().empty();
  if (given == declared || (given == 0 && mayBeEmpty)) return value;
  if (given != 1) throw wrongArgument("expected a list of " + std::to_string(declared) + ", and it has " + std::to_string(given));
  auto list = std::move(value).toList();
  while (list.size() < declared) list.push_back(list.get(0));
  return list;
}

/** The argument for one parameter: a default where nothing is given, one number for a list of known length. */
inline IValue toArgument(napi_env env, State& state, napi_value value, const c10::Argument& parameter) {
  if (parameter.type()->kind() == TypeKind::TensorType) {
    double handle = 0;
    // Most arguments are tensors: what is no number is looked at below.
    if (napi_get_value_double(env, value, &handle) == napi_ok) return state.tensors.at(handle);
  }
  const auto type = typeOf(env, value);
  if (type == napi_undefined) {
    if (parameter.default_value().has_value()) return *parameter.default_value();
    if (parameter.type()->kind() == TypeKind::OptionalType) return {};
    throw wrongArgument("it is missing");
  }
  const auto& inner = withoutOptional(*parameter.type());
  if (type == napi_number && parameter.N().has_value() && inner.kind() == TypeKind::ListType) {
    const auto element = inner.castRaw<c10::ListType>()->getElementType()->kind();
    if (element == TypeKind::IntType || element == TypeKind::SymIntType)
      return c10::List<int64_t>(std::vector<int64_t>(static_cast<size_t>(*parameter.N()), toInteger(env, value)));
  }
  auto argument = toIValue(env, state, value, *parameter.type());
  if (const auto members = membersOf(withoutOptional(*parameter.real_type())); members > 0 && argument.isInt()) {
    const auto number = argument.toInt();
    if (number < 0 || number >= members) throw wrongArgument("expected a number from 0 to " + std::to_string(members - 1));
  }
  // A declared length of 1 only says that a number may stand for a list.
  if (parameter.N().value_or(0) > 1 && argument.isList()) return ofDeclaredLength(std::move(argument), parameter);
  return argument;
}

}  // namespace decentlab
