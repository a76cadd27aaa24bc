#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bridge.h"

static const __int128 ten19 = (__int128)10000000000000000000ULL;
const __int128 weir_bound = (__int128)10000000000000000000ULL * 10000000000000000000ULL;

bool weir_power_of_ten(int exponent, __int128 *result) {
  if (exponent < 0 || exponent > 38) return false;
  __int128 power = 1;
  if (exponent >= 19) {
    power = ten19;
    exponent -= 19;
  }
  uint64_t rest = 1;
  while (exponent-- > 0) rest *= 10;
  *result = power * (__int128)rest;
  return true;
}

static bool fits(__int128 value) { return value < weir_bound && value > -weir_bound; }

void weir_push_object(lua_State *L, weir_state *S, int kind, int scale, int64_t high, uint64_t low) {
  weir_object *object = lua_newuserdatauv(L, sizeof *object, 0);
  *object = (weir_object){.kind = kind, .scale = scale, .high = high, .low = low};
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->metatable[kind]);
  lua_setmetatable(L, -2);
}

void weir_push_decimal(lua_State *L, weir_state *S, __int128 coefficient, int scale) {
  weir_push_object(L, S, WEIR_DECIMAL, scale, (int64_t)(coefficient >> 64), (uint64_t)coefficient);
}

/// The decimal that a float was written as: its digits, where 15 of them say it all.
static bool decimal_of_float(weir_state *S, double value, weir_object *out) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  literal_entry *entry = &S->literals[(bits * 0x9E3779B97F4A7C15ULL) >> 58];
  if (entry->bits == bits && entry->decimal.kind) {
    *out = entry->decimal;
    return true;
  }
  if (!isfinite(value)) return false;
  char text[40];
  snprintf(text, sizeof text, "%.14e", value);
  if (strtod(text, NULL) != value) return false;
  char *mark = strchr(text, 'e');
  int scale = -atoi(mark + 1);
  __int128 coefficient = 0;
  bool fraction = false;
  for (char *p = text; p < mark; p++) {
    if (*p == '.') fraction = true;
    if (*p < '0' || *p > '9') continue;
    coefficient = coefficient * 10 + (*p - '0');
    if (fraction) scale++;
  }
  while (coefficient && coefficient % 10 == 0) {
    coefficient /= 10;
    scale--;
  }
  if (!coefficient) scale = 0;
  __int128 power;
  if (scale < 0) {
    if (!weir_power_of_ten(-scale, &power) || __builtin_mul_overflow(coefficient, power, &coefficient)) return false;
    scale = 0;
  }
  if (scale > 38 || !fits(coefficient)) return false;
  if (value < 0) coefficient = -coefficient;
  *out = (weir_object){WEIR_DECIMAL, scale, (int64_t)(coefficient >> 64), (uint64_t)coefficient};
  *entry = (literal_entry){bits, *out};
  return true;
}

/// The value as a decimal: a decimal, an int, or a float as it is written. Raises for a float of more than 15 digits.
bool weir_to_decimal(lua_State *L, weir_state *S, int index, weir_object *out) {
  weir_object *object = object_of(L, index, WEIR_DECIMAL);
  if (object) {
    *out = *object;
    return true;
  }
  if (lua_type(L, index) != LUA_TNUMBER) return false;
  if (lua_isinteger(L, index)) {
    int64_t value = lua_tointeger(L, index);
    *out = (weir_object){WEIR_DECIMAL, 0, value < 0 ? -1 : 0, (uint64_t)value};
    return true;
  }
  if (!decimal_of_float(S, lua_tonumber(L, index), out))
    luaL_error(L, "a computed float of more than 15 digits meets a decimal: write decimal(...) or round earlier");
  return true;
}

static void operands(lua_State *L, weir_object *a, weir_object *b, const char *verb) {
  weir_state *S = state_of(L);
  if (weir_to_decimal(L, S, 1, a) && weir_to_decimal(L, S, 2, b)) return;
  luaL_error(L, "attempt to %s a %s and a %s value", verb, weir_type_name(L, 1), weir_type_name(L, 2));
}

static int overflow(lua_State *L) { return luaL_error(L, "the exact result needs more than 38 digits"); }

/// A magnitude of 256 bits, which holds every product, and every sum at one scale, of two decimals.
typedef struct {
  unsigned __int128 high, low;
} wide;

static unsigned __int128 magnitude_of(__int128 value) {
  return value < 0 ? -(unsigned __int128)value : (unsigned __int128)value;
}

static wide wide_product(unsigned __int128 p, unsigned __int128 q) {
  unsigned __int128 mask = UINT64_MAX, low = (p & mask) * (q & mask);
  unsigned __int128 middle = (p >> 64) * (q & mask) + (low >> 64), cross = (p & mask) * (q >> 64) + (middle & mask);
  return (wide){(p >> 64) * (q >> 64) + (middle >> 64) + (cross >> 64), cross << 64 | (low & mask)};
}

static wide wide_sum(wide a, wide b) {
  wide sum = {a.high + b.high, a.low + b.low};
  sum.high += sum.low < a.low;
  return sum;
}

static wide wide_difference(wide a, wide b) { return (wide){a.high - b.high - (a.low < b.low), a.low - b.low}; }
static bool wide_less(wide a, wide b) { return a.high < b.high || (a.high == b.high && a.low < b.low); }

/// Pushes an exact result, without zeros behind its last digit where that makes it fit; raises past 38 digits.
static int push_wide(lua_State *L, wide magnitude, int scale, bool is_negative) {
  while (scale > 0 && (magnitude.high || magnitude.low >= (unsigned __int128)weir_bound || scale > 38)) {
    uint64_t parts[4] = {(uint64_t)(magnitude.high >> 64), (uint64_t)magnitude.high, (uint64_t)(magnitude.low >> 64),
                         (uint64_t)magnitude.low};
    unsigned __int128 rest = 0;
    for (int i = 0; i < 4; i++) {
      rest = rest << 64 | parts[i];
      parts[i] = (uint64_t)(rest / 10);
      rest %= 10;
    }
    if (rest) return overflow(L);
    magnitude = (wide){(unsigned __int128)parts[0] << 64 | parts[1], (unsigned __int128)parts[2] << 64 | parts[3]};
    scale--;
  }
  if (magnitude.high || magnitude.low >= (unsigned __int128)weir_bound) return overflow(L);
  weir_push_decimal(L, state_of(L), is_negative ? -(__int128)magnitude.low : (__int128)magnitude.low, scale);
  return 1;
}

/// A coefficient at a larger scale.
static wide scaled(__int128 coefficient, int by) {
  __int128 power = 1;
  weir_power_of_ten(by, &power);
  return wide_product(magnitude_of(coefficient), (unsigned __int128)power);
}

static int add_signed(lua_State *L, int sign, const char *verb) {
  weir_object a, b;
  operands(L, &a, &b, verb);
  __int128 x = coefficient_of(&a), y = coefficient_of(&b) * sign, sum, power;
  int scale = a.scale > b.scale ? a.scale : b.scale;
  __int128 p = x, q = y;
  bool is_narrow = true; // at one scale they fit 128 bits
  if (a.scale < scale) is_narrow = weir_power_of_ten(scale - a.scale, &power) && !__builtin_mul_overflow(p, power, &p);
  if (b.scale < scale) is_narrow &= weir_power_of_ten(scale - b.scale, &power) && !__builtin_mul_overflow(q, power, &q);
  if (is_narrow && !__builtin_add_overflow(p, q, &sum) && fits(sum))
    return weir_push_decimal(L, state_of(L), sum, scale), 1;
  wide first = scaled(x, scale - a.scale), second = scaled(y, scale - b.scale);
  if ((x < 0) == (y < 0)) return push_wide(L, wide_sum(first, second), scale, x < 0);
  bool is_less = wide_less(first, second);
  return push_wide(L, is_less ? wide_difference(second, first) : wide_difference(first, second), scale,
                   is_less ? y < 0 : x < 0);
}

static int decimal_add(lua_State *L) { return add_signed(L, 1, "add"); }
static int decimal_subtract(lua_State *L) { return add_signed(L, -1, "subtract"); }

static int decimal_multiply(lua_State *L) {
  weir_object a, b;
  operands(L, &a, &b, "multiply");
  __int128 x = coefficient_of(&a), y = coefficient_of(&b), product;
  int scale = a.scale + b.scale;
  if (!__builtin_mul_overflow(x, y, &product) && fits(product) && scale <= 38)
    return weir_push_decimal(L, state_of(L), product, scale), 1;
  return push_wide(L, wide_product(magnitude_of(x), magnitude_of(y)), scale, (x < 0) != (y < 0));
}

static int decimal_divide(lua_State *L) {
  weir_object a, b;
  operands(L, &a, &b, "divide");
  weir_state *S = state_of(L);
  if (coefficient_of(&b) == 0) return luaL_error(L, "division by zero");
  uint64_t low;
  int64_t high;
  if (!S->host.divide(a.low, a.high, a.scale, b.low, b.high, b.scale, &low, &high)) return overflow(L);
  weir_push_object(L, S, WEIR_DECIMAL, 18, high, low);
  return 1;
}

static int decimal_negate(lua_State *L) {
  weir_object *a = object_of(L, 1, WEIR_DECIMAL);
  weir_push_decimal(L, state_of(L), -coefficient_of(a), a->scale);
  return 1;
}

static int decimal_refused(lua_State *L) {
  return luaL_error(L, "decimals have no '//', '%%' or '^': write div(a, b, scale, mode) or a - b * div(a, b, 0, \"floor\")");
}

int weir_compare_decimals(weir_state *S, const weir_object *a, const weir_object *b) {
  if (a->scale == b->scale) {
    __int128 x = coefficient_of(a), y = coefficient_of(b);
    return x < y ? -1 : x > y;
  }
  return S->host.compare(a->low, a->high, a->scale, b->low, b->high, b->scale);
}

static int decimal_order(lua_State *L) {
  weir_object a, b;
  operands(L, &a, &b, "compare");
  return weir_compare_decimals(state_of(L), &a, &b);
}

static int decimal_less(lua_State *L) { return lua_pushboolean(L, decimal_order(L) < 0), 1; }
static int decimal_less_equal(lua_State *L) { return lua_pushboolean(L, decimal_order(L) <= 0), 1; }

bool weir_objects_equal(weir_state *S, const weir_object *a, const weir_object *b) {
  if (a->kind + b->kind == WEIR_DATE + WEIR_TIMESTAMP && a->kind != b->kind) // a day beside a timestamp
    return weir_instant(a) == weir_instant(b);
  if (a->kind != b->kind) return a->kind == WEIR_GUARD || b->kind == WEIR_GUARD;
  return a->kind == WEIR_DECIMAL ? weir_compare_decimals(S, a, b) == 0 : a->high == b->high;
}

static int object_equal(lua_State *L) {
  weir_object *a = object_at(L, 1), *b = object_at(L, 2);
  lua_pushboolean(L, a && b && weir_objects_equal(state_of(L), a, b));
  return 1;
}

static void set_functions(lua_State *L, weir_state *S, int kind, const char *name, const luaL_Reg *functions) {
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name"); // what Lua's own messages call it
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  S->metatable[kind] = luaL_ref(L, LUA_REGISTRYINDEX);
}

int weir_date_add(lua_State *L);
int weir_date_subtract(lua_State *L);
int weir_date_less(lua_State *L);
int weir_date_less_equal(lua_State *L);
int weir_date_field(lua_State *L);

void weir_open_objects(lua_State *L, weir_state *S) {
  static const luaL_Reg decimals[] = {
      {"__add", decimal_add}, {"__sub", decimal_subtract}, {"__mul", decimal_multiply}, {"__div", decimal_divide},
      {"__unm", decimal_negate}, {"__idiv", decimal_refused}, {"__mod", decimal_refused}, {"__pow", decimal_refused},
      {"__lt", decimal_less}, {"__le", decimal_less_equal}, {"__eq", object_equal}, {NULL, NULL}};
  static const luaL_Reg dates[] = {{"__add", weir_date_add}, {"__sub", weir_date_subtract}, {"__lt", weir_date_less},
                                   {"__le", weir_date_less_equal}, {"__eq", object_equal}, {"__index", weir_date_field},
                                   {NULL, NULL}};
  set_functions(L, S, WEIR_DECIMAL, "decimal", decimals);
  set_functions(L, S, WEIR_DATE, "date", dates);
  set_functions(L, S, WEIR_TIMESTAMP, "timestamp", dates);
}

const char *weir_type_name(lua_State *L, int index) {
  weir_object *object = object_at(L, index);
  if (!object) return luaL_typename(L, index);
  switch (object->kind) {
  case WEIR_DECIMAL: return "decimal";
  case WEIR_DATE: return "date";
  case WEIR_TIMESTAMP: return "timestamp";
  case WEIR_ROW: return "row";
  default: return "value";
  }
}
