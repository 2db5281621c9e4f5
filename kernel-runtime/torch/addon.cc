/** The door between JavaScript and PyTorch: its functions, and the one place where errors become JavaScript's. */
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>

#include "memory.h"
#include "operators.h"
#include "room.h"
#include "transfers.h"

namespace decentlab {

/** Lets a tensor go with the JavaScript object that stands for it. */
struct Guard {
  std::weak_ptr<State> state;
  double handle;
};

/** Ties a tensor to an object; false if it is gone already. */
static bool guardTensor(napi_env env, const std::shared_ptr<State>& state, napi_value owner, double handle) {
  if (!state->tensors.has(handle)) return false;
  if (typeOf(env, owner) != napi_object) throw wrongArgument("expected an object");
  auto guard = std::make_unique<Guard>(Guard{state, handle});
  // Called within the collection, so that a loop which never waits gives memory back too.
  const auto release = [](node_api_basic_env, void* data, void*) {
    const std::unique_ptr<Guard> guard(static_cast<Guard*>(data));
    if (const auto state = guard->state.lock()) state->tensors.release(guard->handle);
  };
  check(env, napi_add_finalizer(env, owner, guard.get(), release, nullptr, nullptr), "an object");
  guard.release();
  return true;
}

/** guard(owners, handles): ties each tensor that is alive to its owner; how many those are */
static napi_value guardTensors(napi_env env, State&, const napi_value* arguments) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  const auto& state = *static_cast<std::shared_ptr<State>*>(data);
  const uint32_t count = lengthOf(env, arguments[0]);
  double guarded = 0;
  for (uint32_t k = 0; k < count; k++) {
    const double handle = toNumber(env, elementOf(env, arguments[1], k));
    guarded += guardTensor(env, state, elementOf(env, arguments[0], k), handle);
  }
  return fromNumber(env, guarded);
}

static napi_value release(napi_env env, State& state, const napi_value* arguments) {
  napi_value value = nullptr;
  napi_get_boolean(env, state.tensors.release(toNumber(env, arguments[0])), &value);
  return value;
}

/** describe(tensor): its type and sizes into the description */
static napi_value describe(napi_env env, State& state, const napi_value* arguments) {
  state.describe(state.tensors.at(toNumber(env, arguments[0])));
  return nullptr;
}

/** device(tensor): where it lies, as PyTorch names it */
static napi_value deviceOf(napi_env env, State& state, const napi_value* arguments) {
  return fromText(env, state.tensors.at(toNumber(env, arguments[0])).device().str());
}

static napi_value memory(napi_env env, State& state, const napi_value*) {
  const auto [tensors, bytes] = state.tensors.count();
  napi_value value = newObject(env);
  setProperty(env, value, "tensors", fromNumber(env, static_cast<double>(tensors)));
  setProperty(env, value, "bytes", fromNumber(env, static_cast<double>(bytes)));
  return value;
}

/** told(): bytes outside of its heap that V8 knows of */
static napi_value told(napi_env env, State& state, const napi_value*) {
  return fromNumber(env, static_cast<double>(state.tensors.told()));
}

/** threads(count?): how many threads one operator may use */
static napi_value threads(napi_env env, State&, const napi_value* arguments) {
  if (!isMissing(env, arguments[0])) {
    const int64_t count = toInteger(env, arguments[0]);
    if (count < 1 || count > 1024) throw wrongArgument("expected 1 to 1024 threads");
    at::set_num_threads(static_cast<int>(count));
  }
  return fromNumber(env, at::get_num_threads());
}

static napi_value seed(napi_env env, State&, const napi_value* arguments) {
  at::manual_seed(static_cast<uint64_t>(toInteger(env, arguments[0])));
  return nullptr;
}

/** loadCuda(file): PyTorch's part for GPUs; the number of GPUs that can be used */
static napi_value loadCuda(napi_env env, State&, const napi_value* arguments) {
  const auto file = toText(env, arguments[0]);
  if (dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) throw Failure("CUDA", dlerror());
  return fromNumber(env, static_cast<double>(at::detail::getCUDAHooks().deviceCount()));
}

/** onFull(collect): what is called where memory has run out, before that becomes an error */
static napi_value onFull(napi_env env, State& state, const napi_value* arguments) {
  state.garbage.become(env, arguments[0]);
  return nullptr;
}

using Body = napi_value (*)(napi_env, State&, const napi_value*);

static void throwError(napi_env env, const char* code, const std::string& sentence) {
  napi_throw_error(env, code, sentence.c_str());
}

/** Runs a body with its arguments; whatever it throws becomes an exception of JavaScript. */
template <typename Run>
static napi_value guarded(napi_env env, napi_callback_info info, Run run) {
  napi_value arguments[kMostArguments];
  size_t count = kMostArguments;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  try {
    if (count > kMostArguments) throw wrongArgument("expected fewer arguments");
    auto& state = stateOf(env);
    state.leftovers->drop(env);
    const napi_value result = run(state, arguments, count);
    state.tensors.report(env);
    return result;
  } catch (const Pending&) {
  } catch (const Failure& failure) {
    throwError(env, failure.code, failure.what());
  } catch (const c10::Error& error) {
    throwError(env, isOutOfMemory(error) ? "OUT_OF_MEMORY" : "ATEN", error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    throwError(env, "OUT_OF_MEMORY", "no memory is left");
  } catch (const std::exception& error) {
    throwError(env, "ATEN", error.what());
  } catch (...) {
    throwError(env, "ATEN", "PyTorch failed without a reason");
  }
  return nullptr;
}

template <Body body>
static napi_value bound(napi_env env, napi_callback_info info) {
  return guarded(env, info, [env](State& state, const napi_value* arguments, size_t) { return body(env, state, arguments); });
}

static napi_value call(napi_env env, napi_callback_info info) {
  return guarded(env, info, [env](State& state, const napi_value* arguments, size_t count) { return callOperator(env, state, arguments, count); });
}

static void define(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value value = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

/** The memory of the description, kept for the life of the thread. */
static void defineDescription(napi_env env, napi_value exports, State& state) {
  napi_value buffer = nullptr, array = nullptr;
  void* data = nullptr;
  napi_create_arraybuffer(env, kDescription * sizeof(double), &data, &buffer);
  napi_create_typedarray(env, napi_float64_array, kDescription, buffer, 0, &array);
  napi_set_named_property(env, exports, "description", array);
  napi_ref reference = nullptr;
  napi_create_reference(env, array, 1, &reference);
  state.description = static_cast<double*>(data);
}

}  // namespace decentlab

NAPI_MODULE_INIT() {
  using namespace decentlab;
  Reusing::install();
  auto* state = new std::shared_ptr<State>(std::make_shared<State>());
  napi_set_instance_data(env, state, [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<State>*>(data); }, nullptr);
  defineDescription(env, exports, **state);
  define(env, exports, "find", bound<findOperator>);
  define(env, exports, "names", bound<operatorNames>);
  define(env, exports, "call", call);
  define(env, exports, "from", bound<fromArray>);
  define(env, exports, "share", bound<shareArray>);
  define(env, exports, "adopt", bound<adoptArray>);
  define(env, exports, "copyTo", bound<copyTo>);
  define(env, exports, "view", bound<viewOf>);
  define(env, exports, "read", bound<readLater>);
  define(env, exports, "fetch", bound<fetchLater>);
  define(env, exports, "bring", bound<bringBeside>);
  define(env, exports, "pin", bound<pinMemory>);
  define(env, exports, "guard", bound<guardTensors>);
  define(env, exports, "release", bound<release>);
  define(env, exports, "describe", bound<describe>);
  define(env, exports, "device", bound<deviceOf>);
  define(env, exports, "memory", bound<memory>);
  define(env, exports, "told", bound<told>);
  define(env, exports, "onFull", bound<onFull>);
  define(env, exports, "threads", bound<threads>);
  define(env, exports, "seed", bound<seed>);
  define(env, exports, "loadCuda", bound<loadCuda>);
  napi_value version = nullptr;
  napi_create_string_utf8(env, DECENTLAB_TORCH_VERSION, NAPI_AUTO_LENGTH, &version);
  napi_set_named_property(env, exports, "version", version);
  return exports;
}
