#include "bridge.h"

// Decimals and dates beside other values, and as keys: by value, and never unequal in silence.

/// The same object for the same value: without zeros behind its last digit.
static weir_object normal_form(const weir_object *object) {
  weir_object result = *object;
  if (object->kind != WEIR_DECIMAL) return result;
  __int128 coefficient = coefficient_of(object);
  while (result.scale > 0 && coefficient % 10 == 0) {
    coefficient /= 10;
    result.scale--;
  }
  result.high = (int64_t)(coefficient >> 64);
  result.low = (uint64_t)coefficient;
  return result;
}

/// Pushes the one object that stands for a value wherever it is a key. One that is no key any more is forgotten.
void weir_push_key(lua_State *L, weir_state *S, const weir_object *object) {
  weir_object key = normal_form(object);
  char bytes[24];
  memcpy(bytes, &key.kind, 4);
  memcpy(bytes + 4, &key.scale, 4);
  memcpy(bytes + 8, &key.high, 8);
  memcpy(bytes + 16, &key.low, 8);
  luaL_checkstack(L, 6, NULL);
  weir_charge(L, S, 4);
  lua_rawgeti(L, LUA_REGISTRYINDEX, S->keys);
  lua_pushlstring(L, bytes, sizeof bytes);
  lua_pushvalue(L, -1);
  if (lua_rawget(L, -3) == LUA_TNIL) {
    lua_pop(L, 1);
    weir_push_object(L, S, key.kind, key.scale, key.high, key.low);
    lua_pushvalue(L, -2);
    lua_pushvalue(L, -2);
    lua_rawset(L, -5);
  }
  lua_replace(L, -3);
  lua_pop(L, 1);
}

/// The order of keys of one kind.
int weir_compare_keys(weir_state *S, const weir_object *a, const weir_object *b) {
  if (a->kind == WEIR_DECIMAL) return weir_compare_decimals(S, a, b);
  return a->high < b->high ? -1 : a->high > b->high;
}

static weir_object *value_at(lua_State *L, int index) {
  weir_object *object = object_at(L, index);
  return object && object->kind >= WEIR_DECIMAL && object->kind <= WEIR_TIMESTAMP ? object : NULL;
}

/// `a == b` where one is a decimal, a date or a timestamp. Raises where Lua's answer would be no for any value.
static int compare_values(lua_State *L) {
  weir_object *a = value_at(L, 2), *b = value_at(L, 3);
  bool goes_by_instant = a && b && a->kind != WEIR_DECIMAL && b->kind != WEIR_DECIMAL;
  if (a && b && (a->kind == b->kind || goes_by_instant)) {
    lua_pushboolean(L, weir_objects_equal(state_of(L), a, b));
    return 1;
  }
  int other = lua_type(L, a ? 3 : 2);
  if (!(a && b) && other != LUA_TNUMBER && other != LUA_TSTRING) return lua_pushboolean(L, 0), 1;
  const char *advice = "";
  int32_t kind = a ? a->kind : b->kind;
  if (kind == WEIR_DECIMAL && other == LUA_TNUMBER) advice = ": write eq(a, b)";
  else if (kind == WEIR_DECIMAL && other == LUA_TSTRING) advice = ": make the text a number with decimal(...)";
  else if (kind == WEIR_DATE && other == LUA_TSTRING) advice = ": make the text a date with date(...)";
  else if (kind == WEIR_TIMESTAMP && other == LUA_TSTRING) advice = ": compare its day: date(x) == date(\"2026-10-31\")";
  return luaL_error(L, "a %s never equals a %s in Lua%s", weir_type_name(L, a ? 2 : 3), weir_type_name(L, a ? 3 : 2),
                    advice);
}

/// What guarded code asks: with two values whether they are equal, with one the key that it is.
static int guard_call(lua_State *L) {
  weir_charge(L, state_of(L), 4);
  if (lua_gettop(L) == 3) return compare_values(L);
  weir_object *object = value_at(L, 2);
  if (object) weir_push_key(L, state_of(L), object);
  return 1;
}

/// The guard equals every decimal, date and timestamp: guarded code finds them by that.
static int guard_equal(lua_State *L) {
  lua_pushboolean(L, value_at(L, 1) || value_at(L, 2));
  return 1;
}

void weir_open_guard(lua_State *L, weir_state *S) {
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  S->keys = luaL_ref(L, LUA_REGISTRYINDEX);
  weir_object *guard = lua_newuserdatauv(L, sizeof *guard, 0);
  *guard = (weir_object){.kind = WEIR_GUARD};
  lua_createtable(L, 0, 3);
  lua_pushcfunction(L, guard_equal);
  lua_setfield(L, -2, "__eq");
  lua_pushcfunction(L, guard_call);
  lua_setfield(L, -2, "__call");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  S->guard = luaL_ref(L, LUA_REGISTRYINDEX);
}
