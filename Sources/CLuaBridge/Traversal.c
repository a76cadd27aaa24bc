#include "bridge.h"

// pairs, ipairs and what a script may hang on a table.

static int pairs_step(lua_State *L) {
  lua_Integer position = lua_tointeger(L, lua_upvalueindex(3));
  for (;;) {
    lua_pushinteger(L, ++position);
    lua_replace(L, lua_upvalueindex(3));
    if (lua_isinteger(L, lua_upvalueindex(2))) { // a list: its keys are the positions
      if (position > lua_tointeger(L, lua_upvalueindex(2))) return lua_pushnil(L), 1;
      lua_pushinteger(L, position);
    } else if (lua_rawgeti(L, lua_upvalueindex(2), position) == LUA_TNIL) {
      return 1;
    }
    lua_pushvalue(L, -1);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 2;
    lua_settop(L, 0); // removed meanwhile
  }
}

int weir_pairs(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  weir_push_contents(L, 1);
  int contents = lua_gettop(L);
  lua_Integer entries = 0, length = (lua_Integer)lua_rawlen(L, -1);
  for (lua_pushnil(L); lua_next(L, -2) && entries <= length; lua_pop(L, 1)) entries++;
  lua_settop(L, contents);
  weir_charge(L, state_of(L), entries / 4 + 4);
  if (entries == length) lua_pushinteger(L, length);
  else weir_push_sorted_keys(L, state_of(L), -1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, pairs_step, 3);
  return 1;
}

static int ipairs_step(lua_State *L) {
  lua_Integer index = luaL_checkinteger(L, 2) + 1;
  lua_pushinteger(L, index);
  return lua_geti(L, 1, index) == LUA_TNIL ? 1 : 2;
}

int weir_ipairs(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushcfunction(L, ipairs_step);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  return 3;
}

/// Whether the C function at `index` remembers its place from call to call.
bool weir_is_iterator(lua_State *L, int index) {
  lua_CFunction function = lua_tocfunction(L, index);
  return function == pairs_step || function == weir_gmatch_step;
}

/// Sets a copy of the metatable that holds only what a script may define.
int weir_setmetatable(lua_State *L) {
  static const char *const allowed[] = {"__index", "__newindex", "__call", "__eq", "__lt", "__le", "__len", "__unm",
                                        "__add", "__sub", "__mul", "__div", "__idiv", "__mod", "__pow", "__metatable"};
  luaL_checktype(L, 1, LUA_TTABLE);
  if (!lua_isnil(L, 2)) luaL_checktype(L, 2, LUA_TTABLE);
  if (lua_getmetatable(L, 1)) {
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, -2) != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable: it is read-only");
  }
  lua_settop(L, 2);
  if (!lua_isnil(L, 2)) {
    weir_push_contents(L, 2);
    lua_createtable(L, 0, 4);
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
      lua_pushstring(L, allowed[i]);
      lua_pushvalue(L, -1);
      if (lua_rawget(L, 3) == LUA_TNIL || lua_iscfunction(L, -1)) lua_pop(L, 2);
      else lua_rawset(L, 4);
    }
  }
  lua_setmetatable(L, 1);
  lua_settop(L, 1);
  return 1;
}
