#include <math.h>

#include "bridge.h"

static int compare_numbers(lua_State *L, int a, int b) {
  if (lua_type(L, a) == LUA_TNUMBER && lua_type(L, b) == LUA_TNUMBER)
    return lua_compare(L, a, b, LUA_OPLT) ? -1 : lua_compare(L, b, a, LUA_OPLT);
  weir_object *first = object_at(L, a), *second = object_at(L, b);
  if (first && second && first->kind == second->kind && first->kind != WEIR_DECIMAL)
    return first->high < second->high ? -1 : first->high > second->high;
  weir_object x, y;
  weir_state *S = state_of(L);
  if (!weir_to_decimal(L, S, a, &x) || !weir_to_decimal(L, S, b, &y))
    luaL_error(L, "attempt to compare a %s and a %s value", weir_type_name(L, a), weir_type_name(L, b));
  return weir_compare_decimals(S, &x, &y);
}

static int extreme(lua_State *L, int sign) {
  int count = lua_gettop(L), best = 1;
  luaL_argcheck(L, count >= 1, 1, "number expected");
  weir_charge(L, state_of(L), count);
  bool plain = true; // no decimal among them
  for (int i = 1; i <= count; i++) plain &= lua_type(L, i) == LUA_TNUMBER;
  if (plain) {
    for (int i = 2; i <= count; i++)
      if (sign > 0 ? lua_compare(L, best, i, LUA_OPLT) : lua_compare(L, i, best, LUA_OPLT)) best = i;
    return lua_pushvalue(L, best), 1;
  }
  compare_numbers(L, 1, 1); // checks the type of a single argument
  bool has_decimal = object_of(L, 1, WEIR_DECIMAL);
  for (int i = 2; i <= count; i++) {
    if (compare_numbers(L, i, best) * sign > 0) best = i;
    has_decimal |= object_of(L, i, WEIR_DECIMAL) != NULL;
  }
  weir_object decimal;
  if (has_decimal && lua_type(L, best) == LUA_TNUMBER && weir_to_decimal(L, state_of(L), best, &decimal))
    weir_push_object(L, state_of(L), WEIR_DECIMAL, decimal.scale, decimal.high, decimal.low);
  else lua_pushvalue(L, best);
  return 1;
}

static int maths_max(lua_State *L) { return extreme(L, 1); }
static int maths_min(lua_State *L) { return extreme(L, -1); }

static int maths_abs(lua_State *L) {
  weir_object *object = object_of(L, 1, WEIR_DECIMAL);
  if (object) {
    __int128 value = coefficient_of(object);
    weir_push_decimal(L, state_of(L), value < 0 ? -value : value, object->scale);
  } else if (lua_isinteger(L, 1)) {
    lua_Integer value = lua_tointeger(L, 1);
    lua_pushinteger(L, value < 0 ? (lua_Integer)(0u - (lua_Unsigned)value) : value);
  } else {
    lua_pushnumber(L, fabs(luaL_checknumber(L, 1)));
  }
  return 1;
}

/// floor and ceil: an int where it fits. Of a decimal a decimal: an int of it would become a float when divided.
static int to_whole(lua_State *L, bool up) {
  weir_object *object = object_of(L, 1, WEIR_DECIMAL);
  if (object) {
    __int128 power, value = coefficient_of(object);
    weir_power_of_ten(object->scale, &power);
    __int128 whole = value / power, rest = value % power;
    if (!up && rest < 0) whole--;
    if (up && rest > 0) whole++;
    weir_push_decimal(L, state_of(L), whole, 0);
    return 1;
  }
  if (lua_isinteger(L, 1)) return lua_settop(L, 1), 1;
  double value = up ? ceil(luaL_checknumber(L, 1)) : floor(luaL_checknumber(L, 1));
  if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) lua_pushinteger(L, (lua_Integer)value);
  else lua_pushnumber(L, value);
  return 1;
}

static int maths_floor(lua_State *L) { return to_whole(L, false); }
static int maths_ceil(lua_State *L) { return to_whole(L, true); }

static int maths_sqrt(lua_State *L) { return lua_pushnumber(L, sqrt(luaL_checknumber(L, 1))), 1; }
static int maths_exp(lua_State *L) { return lua_pushnumber(L, exp(luaL_checknumber(L, 1))), 1; }

static int maths_log(lua_State *L) {
  double value = luaL_checknumber(L, 1);
  if (lua_isnoneornil(L, 2)) return lua_pushnumber(L, log(value)), 1;
  double base = luaL_checknumber(L, 2);
  return lua_pushnumber(L, base == 2 ? log2(value) : base == 10 ? log10(value) : log(value) / log(base)), 1;
}

static int maths_fmod(lua_State *L) {
  if (lua_isinteger(L, 1) && lua_isinteger(L, 2)) {
    lua_Integer divisor = lua_tointeger(L, 2);
    luaL_argcheck(L, divisor != 0, 2, "zero");
    // The least int by -1 traps in C.
    return lua_pushinteger(L, divisor == -1 ? 0 : lua_tointeger(L, 1) % divisor), 1;
  }
  return lua_pushnumber(L, fmod(luaL_checknumber(L, 1), luaL_checknumber(L, 2))), 1;
}

static int maths_type(lua_State *L) {
  luaL_checkany(L, 1);
  if (lua_type(L, 1) == LUA_TNUMBER) lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
  else if (object_of(L, 1, WEIR_DECIMAL)) lua_pushliteral(L, "decimal");
  else lua_pushnil(L);
  return 1;
}

static int maths_tointeger(lua_State *L) {
  weir_object *object = object_of(L, 1, WEIR_DECIMAL);
  if (object) {
    __int128 power, value = coefficient_of(object);
    weir_power_of_ten(object->scale, &power);
    if (value % power == 0 && value / power >= INT64_MIN && value / power <= INT64_MAX)
      lua_pushinteger(L, (lua_Integer)(value / power));
    else lua_pushnil(L);
    return 1;
  }
  int exact = 0;
  lua_Integer value = lua_type(L, 1) == LUA_TNUMBER ? lua_tointegerx(L, 1, &exact) : 0;
  if (exact) lua_pushinteger(L, value);
  else lua_pushnil(L);
  return 1;
}

void weir_open_maths(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"max", maths_max}, {"min", maths_min}, {"abs", maths_abs}, {"floor", maths_floor}, {"ceil", maths_ceil},
      {"sqrt", maths_sqrt}, {"exp", maths_exp}, {"log", maths_log}, {"fmod", maths_fmod}, {"type", maths_type},
      {"tointeger", maths_tointeger}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  lua_pushnumber(L, 3.141592653589793);
  lua_setfield(L, -2, "pi");
  lua_pushnumber(L, HUGE_VAL);
  lua_setfield(L, -2, "huge");
  lua_pushinteger(L, LUA_MAXINTEGER);
  lua_setfield(L, -2, "maxinteger");
  lua_pushinteger(L, LUA_MININTEGER);
  lua_setfield(L, -2, "mininteger");
}
