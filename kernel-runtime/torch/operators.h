/** Any operator of PyTorch by name, through its boxed dispatcher. */
#pragma once
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/InferenceMode.h>

#include <array>

#include "parameters.h"
#include "room.h"
#include "written.h"

namespace decentlab {

/** One operator as JavaScript has looked it up. */
struct Operator {
  explicit Operator(const c10::OperatorHandle& handle) : handle(handle) {
    for (const auto& argument : handle.schema().arguments()) {
      const auto* alias = argument.alias_info();
      writes = writes || (alias != nullptr && alias->isWrite());
    }
  }
  c10::OperatorHandle handle;
  /** Whether it changes one of its arguments, which it then gives back. */
  bool writes = false;
};

/** More arguments than any operator has. */
constexpr size_t kMostArguments = 64;

inline napi_value describeParameters(napi_env env, const std::vector<c10::Argument>& arguments) {
  napi_value list = newList(env);
  for (uint32_t k = 0; k < arguments.size(); k++) {
    const auto& argument = arguments[k];
    napi_value entry = newObject(env), flag = nullptr;
    setProperty(env, entry, "name", fromText(env, argument.name()));
    setProperty(env, entry, "type", fromText(env, argument.real_type()->str()));
    check(env, napi_get_boolean(env, argument.kwarg_only(), &flag), "a boolean");
    setProperty(env, entry, "isNamed", flag);
    check(env, napi_get_boolean(env, argument.default_value().has_value(), &flag), "a boolean");
    setProperty(env, entry, "hasDefault", flag);
    setProperty(env, entry, "size", fromNumber(env, argument.N().value_or(0)));
    append(env, list, k, entry);
  }
  return list;
}

/** The operators that sort dimensions by name end the process where they are given none: they are not offered. */
inline bool isRefused(const std::string& name) { return name.rfind("aten::align_", 0) == 0; }

/** find(name, overload): { index, parameters, results } */
inline napi_value findOperator(napi_env env, State& state, const napi_value* arguments) {
  const auto name = toText(env, arguments[0]), overload = toText(env, arguments[1]);
  const auto found = c10::Dispatcher::singleton().findSchema({name, overload});
  if (!found.has_value() || isRefused(name)) throw Failure("UNKNOWN", "PyTorch has no operator " + name + (overload.empty() ? "" : "." + overload));
  state.operators.push_back(std::make_unique<Operator>(*found));
  napi_value value = newObject(env);
  setProperty(env, value, "index", fromNumber(env, static_cast<double>(state.operators.size() - 1)));
  setProperty(env, value, "parameters", describeParameters(env, found->schema().arguments()));
  setProperty(env, value, "results", describeParameters(env, found->schema().returns()));
  return value;
}

/** names(): every operator as "name.overload" */
inline napi_value operatorNames(napi_env env, State&, const napi_value*) {
  napi_value list = newList(env);
  uint32_t index = 0;
  for (const auto& name : c10::Dispatcher::singleton().getAllOpNames())
    if (!isRefused(name.name)) append(env, list, index++, fromText(env, name.overload_name.empty() ? name.name : name.name + "." + name.overload_name));
  return list;
}

/** An operator that changes a tensor gives that tensor back: the handle stays the one that it has. */
inline napi_value sameOrNew(napi_env env, State& state, const IValue& result, const std::vector<Written>& written) {
  if (result.isTensor())
    for (const auto& [tensor, handle] : written)
      if (tensor.is_same(result.toTensor())) return fromNumber(env, handle);
  return toJavaScript(env, state, result);
}

/** An operator, and what JavaScript has given it: its index first. */
struct Called {
  const Operator& op;
  const napi_value* arguments;
};

/** Its arguments by its schema, and those that it changes. */
inline void fillStack(napi_env env, State& state, const Called& called, torch::jit::Stack& stack, std::vector<Written>& written) {
  const auto& [op, arguments] = called;
  const auto& parameters = op.handle.schema().arguments();
  stack.clear();
  stack.reserve(std::max<size_t>(parameters.size(), 4));
  for (size_t k = 0; k < parameters.size(); k++) {
    try {
      stack.push_back(toArgument(env, state, arguments[k + 1], parameters[k]));
    } catch (const std::exception& error) {
      const auto* failure = dynamic_cast<const Failure*>(&error);
      throw Failure(failure ? failure->code : "ARGUMENT", "argument " + std::to_string(k) + " (" + parameters[k].name() + "): " + (failure ? error.what() : "not valid: " + std::string(error.what()).substr(0, 200)));
    }
    if (op.writes && stack.back().isTensor() && stack.back().toTensor().defined())
      written.push_back({stack.back().toTensor(), toNumber(env, arguments[k + 1])});
  }
}

/** call(index, ...arguments): the result, or a list of several */
inline napi_value callOperator(napi_env env, State& state, const napi_value* arguments, size_t count) {
  const double index = toNumber(env, arguments[0]);
  if (!isWhole(index) || index < 0 || index >= static_cast<double>(state.operators.size())) throw wrongArgument("expected an operator");
  const Operator& op = *state.operators[static_cast<size_t>(index)];
  const auto& parameters = op.handle.schema().arguments();
  if (count > parameters.size() + 1)
    throw wrongArgument("it takes " + std::to_string(parameters.size()) + " arguments, and " + std::to_string(count - 1) + " were given");
  const c10::InferenceMode guard;
  torch::jit::Stack stack;
  std::vector<Written> written;
  fillStack(env, state, {op, arguments}, stack, written);
  try {
    op.handle.callBoxed(&stack);
  } catch (const std::exception& error) {
    const bool isBroken = emptyBroken(written);
    // One that changes its arguments may have begun to.
    if (isBroken || op.writes || !isOutOfMemory(error)) throw;
    // Filled before the collection: it may take the objects of its arguments.
    fillStack(env, state, {op, arguments}, stack, written);
    if (!state.garbage.collect(env)) throw;
    op.handle.callBoxed(&stack);
  } catch (...) {
    emptyBroken(written);
    throw;
  }
  if (emptyBroken(written)) throw Failure("ARGUMENT", "no tensor has this shape: the one that was to get it is empty now");
  if (stack.size() == 1) return sameOrNew(env, state, stack[0], written);
  napi_value list = newList(env);
  for (uint32_t k = 0; k < stack.size(); k++) append(env, list, k, sameOrNew(env, state, stack[k], written));
  return list;
}

}  // namespace decentlab
