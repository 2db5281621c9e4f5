/** JavaScript values in C++: checked reads which throw, so that no wrong argument goes unnoticed. */
#pragma once
#include <node_api.h>

#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace decentlab {

/** JavaScript has already an exception to throw; nothing is to be added. */
struct Pending {};

/** An error with a code for the caller in JavaScript, beside the sentence. */
struct Failure : std::runtime_error {
  Failure(const char* code, const std::string& sentence) : std::runtime_error(sentence), code(code) {}
  const char* code;
};

inline Failure wrongArgument(const std::string& sentence) { return Failure("ARGUMENT", sentence); }

/** Throws when N-API refused: a getter or a proxy of the caller may have thrown in between. */
inline void check(napi_env env, napi_status status, const char* expected) {
  if (status == napi_ok) return;
  bool pending = false;
  napi_is_exception_pending(env, &pending);
  if (pending) throw Pending{};
  throw wrongArgument(std::string("expected ") + expected);
}

inline napi_valuetype typeOf(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  check(env, napi_typeof(env, value, &type), "a value");
  return type;
}

inline bool isMissing(napi_env env, napi_value value) {
  const auto type = typeOf(env, value);
  return type == napi_undefined || type == napi_null;
}

inline double toNumber(napi_env env, napi_value value) {
  double number = 0;
  check(env, napi_get_value_double(env, value, &number), "a number");
  return number;
}

/** The largest whole number up to which every whole number is a double. */
constexpr double kSafe = 9007199254740991.0;

inline bool isWhole(double number) { return std::fabs(number) <= kSafe && std::floor(number) == number; }

inline int64_t toInteger(napi_env env, napi_value value) {
  if (typeOf(env, value) == napi_bigint) {
    int64_t integer = 0;
    bool lossless = false;
    check(env, napi_get_value_bigint_int64(env, value, &integer, &lossless), "a bigint");
    if (!lossless) throw wrongArgument("expected a bigint of 64 bits");
    return integer;
  }
  const double number = toNumber(env, value);
  if (!isWhole(number)) throw wrongArgument("expected a whole number, received " + std::to_string(number));
  return static_cast<int64_t>(number);
}

inline bool toBool(napi_env env, napi_value value) {
  bool result = false;
  check(env, napi_get_value_bool(env, value, &result), "true or false");
  return result;
}

inline std::string toText(napi_env env, napi_value value) {
  size_t length = 0;
  check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length), "a string");
  std::string text(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, text.data(), length + 1, &length), "a string");
  return text;
}

inline uint32_t lengthOf(napi_env env, napi_value array) {
  bool isArray = false;
  check(env, napi_is_array(env, array, &isArray), "a list");
  if (!isArray) throw wrongArgument("expected a list");
  uint32_t length = 0;
  check(env, napi_get_array_length(env, array, &length), "a list");
  return length;
}

inline napi_value elementOf(napi_env env, napi_value array, uint32_t index) {
  napi_value element = nullptr;
  check(env, napi_get_element(env, array, index, &element), "an entry of the list");
  return element;
}

inline napi_value propertyOf(napi_env env, napi_value object, const char* name) {
  napi_value value = nullptr;
  check(env, napi_get_named_property(env, object, name, &value), "an object");
  return value;
}

inline napi_value fromNumber(napi_env env, double number) {
  napi_value value = nullptr;
  check(env, napi_create_double(env, number, &value), "room for a number");
  return value;
}

inline napi_value fromText(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  check(env, napi_create_string_utf8(env, text.data(), text.size(), &value), "room for a string");
  return value;
}

inline napi_value newList(napi_env env) {
  napi_value list = nullptr;
  check(env, napi_create_array(env, &list), "room for a list");
  return list;
}

inline void append(napi_env env, napi_value list, uint32_t index, napi_value entry) {
  check(env, napi_set_element(env, list, index, entry), "room in the list");
}

inline napi_value newObject(napi_env env) {
  napi_value object = nullptr;
  check(env, napi_create_object(env, &object), "room for an object");
  return object;
}

inline void setProperty(napi_env env, napi_value object, const char* name, napi_value value) {
  check(env, napi_set_named_property(env, object, name, value), "room in the object");
}

}  // namespace decentlab
