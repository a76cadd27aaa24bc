#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"

static size_t width_of(int kind) {
  switch (kind) {
  case WEIR_BOOL: return 1;
  case WEIR_DATE: return 4;
  case WEIR_DECIMAL: return 16;
  default: return 8;
  }
}

static bool is_variable(int kind) { return kind == WEIR_STRING || kind == WEIR_LIST; }

static bool reserve(weir_result *result) {
  if (result->count < result->capacity) return true;
  size_t capacity = result->capacity ? result->capacity * 2 : 1024;
  uint8_t *present = realloc(result->present, capacity);
  if (!present) return false;
  result->present = present;
  if (is_variable(result->kind)) {
    int64_t *ends = realloc(result->ends, capacity * sizeof *ends);
    if (!ends) return false;
    result->ends = ends;
  } else {
    void *values = realloc(result->values, capacity * width_of(result->kind));
    if (!values) return false;
    result->values = values;
  }
  result->capacity = capacity;
  return true;
}

/// A missing value, or the stand-in of a row that failed.
void weir_append_placeholder(weir_result *result) {
  if (!reserve(result)) return;
  size_t row = result->count++;
  result->present[row] = 0;
  if (is_variable(result->kind)) result->ends[row] = row ? result->ends[row - 1] : 0;
  else memset((char *)result->values + row * width_of(result->kind), 0, width_of(result->kind));
  result->has_missing = true;
}

static const char *const kind_names[] = {"nil", "bool", "int", "float", "string", "decimal", "date", "timestamp",
                                         "table", "function", "list"};

/// Raises what is wrong with a result, whose name and type are the definition's.
static int complain(lua_State *L, const weir_result *result, const char *why) {
  char type[40];
  if (result->kind == WEIR_DECIMAL) snprintf(type, sizeof type, "decimal(%d,%d)", result->precision, result->scale);
  else snprintf(type, sizeof type, "%s", kind_names[result->kind]);
  return luaL_error(L, "result '%s' is to be %s %s: %s", result->name, *type == 'i' ? "an" : "a", type, why);
}

/// What the status becomes where a value of the right type does not do. A rule's row, or a source's, fails alone;
/// anything else stops the run.
static int32_t value_status(const weir_state *S) {
  return S->source || (S->batch && S->batch->mode == WEIR_MAP) ? WEIR_OK : WEIR_RESULT;
}

/// A value that this row came to: nil, NaN, too many digits.
static int refuse_value(lua_State *L, weir_state *S, const weir_result *result, const char *why) {
  S->status = value_status(S);
  return complain(L, result, why);
}

/// A value of another type: the script is wrong.
static int refuse(lua_State *L, weir_state *S, const weir_result *result, const char *why) {
  S->status = WEIR_RESULT;
  return complain(L, result, why);
}

static int refuse_type(lua_State *L, weir_state *S, const weir_result *result, int index) {
  return refuse(L, S, result, lua_pushfstring(L, "the script gave a %s", weir_type_name(L, index)));
}

static void append_decimal(lua_State *L, weir_state *S, weir_result *result, int index) {
  weir_object decimal;
  bool is_number = lua_type(L, index) == LUA_TNUMBER;
  if (is_number && !lua_isinteger(L, index)) {
    double value = lua_tonumber(L, index);
    if (!isfinite(value)) refuse_value(L, S, result, isnan(value) ? "the script gave NaN" : "the script gave an infinity");
    if (value == 0 && signbit(value)) refuse_value(L, S, result, "the script gave a negative zero");
    S->status = value_status(S); // kept where the float has too many digits
  }
  bool good = weir_to_decimal(L, S, index, &decimal);
  S->status = WEIR_OK;
  if (!good) refuse_type(L, S, result, index);
  __int128 coefficient = coefficient_of(&decimal), power, bound;
  int shift = result->scale - decimal.scale;
  bool exact = true, is_negative = coefficient < 0;
  if (shift > 0) {
    if (!weir_power_of_ten(shift, &power) || __builtin_mul_overflow(coefficient, power, &coefficient))
      refuse_value(L, S, result, "the number has more than 38 digits at its scale");
  } else if (shift < 0) {
    weir_power_of_ten(-shift, &power);
    exact = coefficient % power == 0;
    coefficient /= power;
    if (!exact && result->rounds_later) {
      // What was cut is told by a last digit that is neither 0 nor 5: it makes no tie, and no exact number.
      if (coefficient % 5 == 0) coefficient += is_negative ? -1 : 1;
      exact = true;
    }
  }
  if (!exact) {
    char text[64];
    weir_object_text(&decimal, text);
    refuse_value(L, S, result, lua_pushfstring(L, "%s has more than %d decimals: write round(x, %d)", text,
                                               result->scale, result->scale));
  }
  if (!weir_power_of_ten(result->precision, &bound) || coefficient >= bound || coefficient <= -bound)
    refuse_value(L, S, result, lua_pushfstring(L, "the number has more than %d digits", result->precision));
  uint64_t halves[2] = {(uint64_t)coefficient, (uint64_t)(coefficient >> 64)};
  memcpy((char *)result->values + result->count * 16, halves, 16);
}

static void append_text(lua_State *L, weir_state *S, weir_result *result, int index) {
  if (lua_type(L, index) != LUA_TSTRING) refuse_type(L, S, result, index);
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  if (!weir_text_is_utf8(text, length))
    refuse_value(L, S, result, "the script gave a text that is no UTF-8");
  size_t start = result->count ? (size_t)result->ends[result->count - 1] : 0;
  if ((int64_t)(start + length) > S->limits.output) weir_fail_memory(L, REFUSED_OUTPUT);
  if (start + length > result->byte_capacity) {
    size_t capacity = (start + length) * 2 + 4096;
    void *bytes = realloc(result->values, capacity);
    if (!bytes) weir_fail_memory(L, REFUSED_NOTHING);
    result->values = bytes;
    result->byte_capacity = capacity;
  }
  memcpy((char *)result->values + start, text, length);
  result->ends[result->count] = (int64_t)(start + length);
}

/// Raises where the table at the top, of `length` elements, is no list: an element would be left out in silence.
static void check_list(lua_State *L, weir_state *S, const weir_result *result, lua_Integer length) {
  lua_Integer entries = 0, expected = 1;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) entries++;
  if (entries == length) return;
  weir_push_sorted_keys(L, S, -1);
  for (;; expected++) {
    lua_rawgeti(L, -1, expected);
    if (lua_isinteger(L, -1) && lua_tointeger(L, -1) == expected) lua_pop(L, 1);
    else break;
  }
  if (lua_isinteger(L, -1) && lua_tointeger(L, -1) > expected)
    refuse_value(L, S, result, lua_pushfstring(L, "the script gave a table with a value at %I and none at %I",
                                               lua_tointeger(L, -1), expected));
  lua_pushcfunction(L, weir_tostring);
  lua_insert(L, -2);
  lua_call(L, 1, 1);
  refuse(L, S, result, lua_pushfstring(L, "the script gave a table with the key '%s'", lua_tostring(L, -1)));
}

static void append_list(lua_State *L, weir_state *S, weir_result *result, int index) {
  if (lua_type(L, index) != LUA_TTABLE) refuse_type(L, S, result, index);
  weir_push_contents(L, index);
  lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
  weir_charge(L, S, count);
  check_list(L, S, result, count);
  int64_t elements = (result->count ? result->ends[result->count - 1] : 0) + count;
  int64_t held = elements * (int64_t)width_of(result->element->kind);
  if (S->used + held > S->limits.memory) weir_fail_memory(L, REFUSED_MEMORY);
  result->element->count = result->count ? (size_t)result->ends[result->count - 1] : 0;
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, -1, i);
    weir_append(L, S, result->element, -1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  result->ends[result->count] = (int64_t)result->element->count;
}

/// Appends a value of exactly the result's type, or raises.
void weir_append(lua_State *L, weir_state *S, weir_result *result, int index) {
  index = lua_absindex(L, index);
  if (!reserve(result)) weir_fail_memory(L, REFUSED_NOTHING);
  if (lua_isnil(L, index)) {
    if (!result->nullable) refuse_value(L, S, result, "the script gave nil");
    weir_append_placeholder(result);
    return;
  }
  size_t row = result->count;
  weir_object *object;
  switch (result->kind) {
  case WEIR_BOOL:
    if (!lua_isboolean(L, index)) refuse_type(L, S, result, index);
    ((uint8_t *)result->values)[row] = (uint8_t)lua_toboolean(L, index);
    break;
  case WEIR_INT:
    if (!lua_isinteger(L, index)) refuse_type(L, S, result, index);
    ((int64_t *)result->values)[row] = lua_tointeger(L, index);
    break;
  case WEIR_FLOAT: {
    if (lua_type(L, index) != LUA_TNUMBER) refuse_type(L, S, result, index);
    double value = lua_tonumber(L, index);
    if (!isfinite(value)) refuse_value(L, S, result, isnan(value) ? "the script gave NaN" : "the script gave an infinity");
    if (value == 0 && signbit(value)) refuse_value(L, S, result, "the script gave a negative zero");
    ((double *)result->values)[row] = value;
    break;
  }
  case WEIR_DECIMAL: append_decimal(L, S, result, index); break;
  case WEIR_STRING: append_text(L, S, result, index); break;
  case WEIR_LIST: append_list(L, S, result, index); break;
  case WEIR_DATE:
  case WEIR_TIMESTAMP:
    object = object_of(L, index, result->kind);
    if (!object) refuse_type(L, S, result, index);
    else if (result->kind == WEIR_DATE) ((int32_t *)result->values)[row] = (int32_t)object->high;
    else ((int64_t *)result->values)[row] = object->high;
    break;
  default: refuse_type(L, S, result, index);
  }
  result->present[row] = 1;
  result->count++;
}

void weir_result_free(weir_result *result) {
  free(result->values);
  free(result->present);
  free(result->ends);
  result->values = NULL;
  result->present = NULL;
  result->ends = NULL;
}
